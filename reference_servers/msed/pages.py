"""The control page: the appeals in МСЭД as a clerk there would see them, in Russian, no scripts."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote

from lxml import etree

from reference_servers.msed import life
from reference_servers.msed.books import Appeal, Notification
from reference_servers.msed.control import Control, Page
from reference_servers.msed.forms import ACT_FORMS, ALL_FAULTS_FORM, FAULT_FORM, form, posted
from reference_servers.msed.soap import MsedFault, tag, text

_STYLE = Path(__file__).with_name("style.css")
_SHOWN = 200
_IMAGES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
EVENTS = {
    "documentAccepted": "Зарегистрировано",
    "documentRefused": "Отказ в регистрации",
    "executorAssigned": "Назначен исполнитель",
    "redirected": "Перенаправлено",
    "termExtended": "Срок продлён",
    "courseChanged": "Ход работ",
    "reportSent": "Ответ",
}


class Pages:
    """Reads are free; whatever changes something needs the token that this process put in forms."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._token = secrets.token_urlsafe(24)

    def get(self, path: str, query: str) -> Page:
        notice = unquote(query.removeprefix("notice=")) if query.startswith("notice=") else ""
        if path == "/":
            # The list follows the automatic plans by itself; a page with forms must stay still.
            return self._page("Обращения", self._list(notice), refresh=not notice)
        if path == "/faults":
            return self._page("Сбои", self._faults(notice))
        if path == "/style.css":
            return Page(200, _STYLE.read_bytes(), "text/css; charset=utf-8", _SAFE)
        kind, _, uid = path.strip("/").partition("/")
        if kind == "appeals" and (appeal := self._control.books.appeal(uid)):
            return self._page(appeal.number or "Обращение", self._appeal(appeal, notice))
        if kind == "messages" and (message := self._control.books.message(uid)):
            return _xml(message.body)
        if kind == "notifications" and uid.isdecimal():
            return _xml(self._notification(int(uid)))
        if kind == "files" and (file := self._control.books.file(uid)):
            return _file(self._control.books.content(uid, 0, file.received))
        return self._page("Не найдено", "<h1>Не найдено</h1>", status=404)

    def post(self, path: str, content_type: str, body: bytes) -> Page:
        try:
            values, files = posted(content_type, body)
        except ValueError:
            return self._page("Ошибка", "<h1>Форма не читается</h1>", status=400)
        if not hmac.compare_digest(values.pop("token", "").encode(), self._token.encode()):
            return self._page("Отказ", "<h1>Обновите страницу и повторите</h1>", status=403)
        act = values.pop("act", "")
        kind, _, uid = path.strip("/").partition("/")
        notice = "Сделано"
        try:
            if kind == "appeals":
                self._control.act(uid, act, values, files)
            elif path == "/auto":
                self._control.clock.automatic = act == "on"
            elif path == "/faults" and act == "clear":
                self._control.faults.clear()
            elif path == "/faults" and act == "all":
                chance, seed = float(values["probability"]), int(values["seed"])
                self._control.faults.order_all(probability=chance, seed=seed)
            elif path == "/faults":
                self._order_fault(values)
            else:
                return self._page("Не найдено", "<h1>Не найдено</h1>", status=404)
        except (life.NotAllowed, MsedFault, ValueError, KeyError) as error:
            notice = f"Не сделано: {error}"
        back = "/" if path == "/auto" else path
        return Page(303, b"", headers={"Location": f"{back}?notice={quote(notice)}"})

    def _order_fault(self, values: dict[str, str]) -> None:
        self._control.faults.order(
            {
                "kind": values.get("kind", ""),
                "operation": values.get("operation") or "*",
                "count": int(values["count"]) if values.get("count") else None,
                "probability": float(values.get("probability") or 1),
                "seconds": float(values.get("seconds") or 1),
                "code": values.get("code", ""),
                "status": int(values.get("status") or 503),
                "seed": int(values.get("seed") or 0),
            }
        )

    def _page(self, title: str, main: str, *, status: int = 200, refresh: bool = False) -> Page:
        html = (
            '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)} — МСЭД</title>"
            '<link rel="stylesheet" href="/style.css"></head><body>'
            '<header><a href="/">МСЭД — учебный стенд</a></header>'
            f"<main>{main}</main></body></html>"
        )
        headers = {**_SAFE, "Refresh": "5"} if refresh else _SAFE
        return Page(status, html.encode(), "text/html; charset=utf-8", headers)

    def _list(self, notice: str) -> str:
        books, automatic = self._control.books, self._control.clock.automatic
        counts = books.counts()
        rows = [
            (
                f'<a href="/appeals/{appeal.uid}">{escape(appeal.number or "без номера")}</a>',
                f'<span class="state">{escape(appeal.state)}</span>',
                escape(appeal.kind),
                escape(text(body := etree.fromstring(appeal.body), "annotation")),
                escape(text(body, "location/address")),
                escape(life.russian_day(appeal.control_date)),
                self._when(appeal.received_at),
            )
            for appeal in books.latest_appeals(_SHOWN)
        ]
        switch = form(
            "/auto",
            self._token,
            "Остановить автоматический ход" if automatic else "Включить автоматический ход",
            hidden="off" if automatic else "on",
        )
        headings = ("Номер", "Состояние", "Вид", "Тема", "Адрес", "Срок", "Получено")
        return (
            f"<h1>Обращения</h1>{_notice(notice)}"
            f"<p>Всего обращений: {counts['appeals']}, уведомлений: {counts['notifications']}, "
            f"ждут отправки: {counts['waiting']}. "
            f"Автоматический ход {'включён' if automatic else 'остановлен'}.</p>{switch}"
            f'<p><a href="/faults">Сбои по заказу</a> '
            f"(сейчас: {len(self._control.faults.listed())})</p>" + _table(headings, rows)
        )

    def _appeal(self, appeal: Appeal, notice: str) -> str:
        body = etree.fromstring(appeal.body)
        action = f"/appeals/{appeal.uid}"
        facts = {
            "Состояние": appeal.state + (" (закрыто)" if appeal.closed else ""),
            "Номер и дата": " от ".join(
                part for part in (appeal.number, life.russian_day(appeal.registered_on)) if part
            )
            or "ещё нет",
            "Номер на портале": " от ".join(
                (text(body, "num/number"), life.russian_day(text(body, "num/date")))
            ),
            "Вид": appeal.kind,
            "Код классификатора": text(body, "classifierCode"),
            "Адресат": text(body, "addressee/organization"),
            "Заявитель": " ".join(
                text(body, f"correspondent/{part}")
                for part in ("lastName", "firstName", "middleName")
            ),
            "Адрес": text(body, "location/address"),
            "Срок": life.russian_day(appeal.control_date),
            "Исполнитель": life.words(appeal)["executor"],
            "Тема": text(body, "annotation"),
            "Текст": text(body, "text"),
        }
        details = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
            for name, value in facts.items()
            if value
        )
        files = "".join(
            f'<p><a href="/files/{file.get("uid")}">{escape(str(file.get("localName")))}</a></p>'
            + (
                f'<img src="/files/{file.get("uid")}" alt="{escape(str(file.get("localName")))}">'
                if str(file.get("mimeType")).startswith("image/")
                else ""
            )
            for file in body.findall(tag("file"))
        )
        acts = "".join(
            form(action, self._token, *ACT_FORMS[act], hidden=act)
            for act in life.allowed_acts(appeal)
        )
        going = appeal.due_at is not None
        flow = form(
            action,
            self._token,
            "Остановить автоматический ход" if going else "Продолжить автоматически",
            hidden="pause" if going else "continue",
        )
        return (
            f"<h1>{escape(appeal.number or 'Обращение без номера')}</h1>{_notice(notice)}"
            f"<dl>{details}</dl>{files}"
            f"<h2>Что сделать</h2>{acts + flow if acts else '<p>Больше ничего.</p>'}"
            f"<h2>Сообщения портала</h2>{self._messages(appeal)}"
            f"<h2>Уведомления портала</h2>{self._notifications(appeal)}"
        )

    def _messages(self, appeal: Appeal) -> str:
        rows = []
        for message in self._control.books.messages_of(appeal.uid):
            body = etree.fromstring(message.body)
            words = [text(body, part) for part in ("purpose", "rating", "text", "controlDate")]
            rows.append(
                (
                    self._when(message.received_at),
                    f'<a href="/messages/{message.uid}">{escape(message.kind)}</a>',
                    escape(" · ".join(word for word in words if word)),
                    "принято" if message.accepted else escape(f"без действия: {message.comment}"),
                )
            )
        return _table(("Получено", "Сообщение", "Содержание", "Квитанция"), rows)

    def _notifications(self, appeal: Appeal) -> str:
        rows = [
            (
                str(notification.seq),
                f'<a href="/notifications/{notification.position}">'
                f"{escape(EVENTS[notification.kind])}</a>",
                self._when(notification.issued_at),
                self._delivery(notification),
            )
            for notification in self._control.books.notifications_of(appeal.uid)
        ]
        return _table(("№", "Событие", "Выпущено", "Доставка"), rows)

    def _delivery(self, notification: Notification) -> str:
        if notification.delivered_at:
            return f"{self._when(notification.delivered_at)}, попыток: {notification.attempts}"
        if notification.problem:
            return (
                f'<span class="bad">{escape(notification.problem)}</span>,'
                f" попыток: {notification.attempts}"
            )
        return "ждёт отправки"

    def _notification(self, position: int) -> bytes:
        found = self._control.books.queue(position - 1, 1)
        return found[0].delivery if found and found[0].position == position else b"<none/>"

    def _faults(self, notice: str) -> str:
        listed = self._control.faults.listed()
        headings = ("kind", "operation", "count", "probability", "seconds", "code", "status")
        rows = [tuple(escape(str(rule[name])) for name in headings) for rule in listed]
        clear = form("/faults", self._token, "Убрать все", hidden="clear") if listed else ""
        return (
            f"<h1>Сбои по заказу</h1>{_notice(notice)}{_table(headings, rows)}{clear}"
            f"{form('/faults', self._token, 'Заказать сбой', FAULT_FORM)}"
            f"{form('/faults', self._token, 'Все сбои наугад', ALL_FAULTS_FORM, hidden='all')}"
            '<p><a href="/">К обращениям</a></p>'
        )

    def _when(self, moment: str) -> str:
        local = datetime.fromisoformat(moment).astimezone(self._control.issuing.time_zone)
        return f"{local:%d.%m.%Y %H:%M:%S}"


def _notice(notice: str) -> str:
    return f'<p class="notice" role="status">{escape(notice)}</p>' if notice else ""


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return '<p class="quiet">Пока пусто.</p>'
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _xml(body: bytes) -> Page:
    pretty = etree.tostring(etree.fromstring(body), encoding="UTF-8", pretty_print=True)
    return Page(200, pretty, "text/plain; charset=utf-8", _SAFE)


def _file(content: bytes) -> Page:
    for start, mime_type in _IMAGES.items():
        if content.startswith(start):
            return Page(200, content, mime_type, _SAFE)
    headers = {**_SAFE, "Content-Disposition": "attachment"}
    return Page(200, content, "application/octet-stream", headers)
