"""What МСЭД may do to an appeal, in which state, and the notification that tells the portal."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from reference_servers.msed.books import Appeal, Books, Notification, stamp
from reference_servers.msed.picture import after_photo
from reference_servers.msed.soap import Contract, M, serialized, text

RECEIVED = "Получено"
REGISTERED = "Зарегистрировано"
REFUSED = "Отказано в регистрации"
IN_WORK = "На исполнении"
REDIRECTED = "Перенаправлено"
DEFERRED = "Отложено"
DONE = "Исполнено"
WITHDRAWN = "Отозвано"
DEAD_ENDS = (REFUSED, WITHDRAWN)

REFUSAL_CODES = (
    "WRONG_ADDRESSEE",
    "INCOMPLETE",
    "UNREADABLE_FILE",
    "HASH_MISMATCH",
    "SIGNATURE_INVALID",
    "REPEATED",
    "OTHER",
)
DECISIONS = ("Решено", "Разъяснено", "Отложено", "Отказано")
_OPEN = (REGISTERED, IN_WORK, REDIRECTED, DEFERRED)


class NotAllowed(Exception):
    """The act does not fit the appeal's state, or its values are wrong; the text is for a person."""


@dataclass(frozen=True)
class OwnFile:
    """A file that goes out with an answer."""

    name: str
    mime_type: str
    content: bytes
    description: str = ""


@dataclass(frozen=True)
class Issuing:
    """How notifications are issued: faults may hold one back, or tell a wrong number."""

    books: Books
    contract: Contract
    time_zone: ZoneInfo
    push_delay: Callable[[str], tuple[float | None, bool]]
    told_number: Callable[[str], str]


Values = Mapping[str, Any]


@dataclass(frozen=True)
class Order:
    """An act that is asked for: what with, and when."""

    issuing: Issuing
    values: Values
    files: Sequence[OwnFile]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.issuing.time_zone).date()

    def text(self, name: str) -> str:
        value = str(self.values.get(name) or "").strip()
        if not value:
            raise NotAllowed(f"Не заполнено поле «{name}»")
        return value

    def day(self, name: str, base: date) -> str:
        """An ISO day given as `<name>_date`, or counted from base by `<name>_days` or `days`."""
        given = self.values.get(f"{name}_date")
        days = self.values.get(f"{name}_days") or self.values.get("days") or 10
        try:
            day = date.fromisoformat(str(given)) if given else base + timedelta(days=int(days))
        except (ValueError, OverflowError) as error:
            raise NotAllowed(f"Неверная дата: {error}") from error
        return day.isoformat()


@dataclass(frozen=True)
class Outcome:
    """The changed appeal, and the name, content and attributes of the event that is told."""

    appeal: Appeal
    event: str
    content: Sequence[etree._Element]
    attributes: Mapping[str, str] = field(default_factory=dict)


Act = Callable[[Order, Appeal], Outcome]


def _party(name: str, values: Values) -> etree._Element:
    organization = str(values.get("organization") or "").strip()
    if not organization:
        raise NotAllowed("Не названа организация")
    party = M(name, M.organization(organization))
    for part in ("department", "person", "post"):
        if value := str(values.get(part) or "").strip():
            party.append(M(part, value))
    return party


def _number(name: str, number: str, day: str) -> etree._Element:
    return M(name, M.number(number), M.date(day))


def _accept(order: Order, appeal: Appeal) -> Outcome:
    today, issuing = order.today, order.issuing
    count = issuing.books.next_number(f"appeals {today.year}")
    number = f"МСЭД-{today.year}-{count:06d}"
    appeal = replace(appeal, state=REGISTERED, number=number, registered_on=today.isoformat())
    told = _number("num", issuing.told_number(number), appeal.registered_on)
    return Outcome(appeal, "documentAccepted", [told])


def _refuse(order: Order, appeal: Appeal) -> Outcome:
    code = str(order.values.get("code") or "OTHER")
    refused = replace(appeal, state=REFUSED, due_at=None)
    return Outcome(refused, "documentRefused", [M.reason(order.text("reason"))], {"code": code})


def _assign(order: Order, appeal: Appeal) -> Outcome:
    party = _party("executor", order.values)
    kept = {etree.QName(part).localname: part.text for part in party}
    appeal = replace(appeal, state=IN_WORK, executor=json.dumps(kept, ensure_ascii=False))
    return Outcome(appeal, "executorAssigned", [party])


def _redirect(order: Order, appeal: Appeal) -> Outcome:
    return Outcome(replace(appeal, state=REDIRECTED), "redirected", [_party("to", order.values)])


def _extend(order: Order, appeal: Appeal) -> Outcome:
    # A date of the schema may carry a zone; the day is its first ten characters.
    until = order.day("control", date.fromisoformat(appeal.control_date[:10]))
    content = [M.controlDate(until), M.reason(order.text("reason"))]
    return Outcome(replace(appeal, control_date=until), "termExtended", content)


def _course(order: Order, appeal: Appeal) -> Outcome:
    return Outcome(appeal, "courseChanged", [M.courseText(order.text("text"))])


def _answer(order: Order, appeal: Appeal) -> Outcome:
    books, decision = order.issuing.books, order.text("decision")
    count = books.next_number(f"reports {order.today.year}")
    content = [
        _number("report", f"ОТВ-{order.today.year}-{count:06d}", order.today.isoformat()),
        M.text(order.text("text")),
        _party("signatory", order.values),
        M.decision(decision),
    ]
    if decision == "Отложено":
        content.append(M.dueDate(order.day("due", order.today)))
    files = list(order.files)
    if order.values.get("photo"):
        files.append(OwnFile("after.png", "image/png", after_photo(appeal.uid), "Фото после"))
    content += [_keep(books, file) for file in files]
    state = DEFERRED if decision == "Отложено" else DONE
    return Outcome(replace(appeal, state=state), "reportSent", content)


def _keep(books: Books, file: OwnFile) -> etree._Element:
    """Keep a file for GetFileChunk; gives its FileRef."""
    uid = str(uuid.uuid4())
    books.keep_own_file(uid, file.content)
    return M.file(
        M.group("Текст приложения"),
        *([M.description(file.description)] if file.description else []),
        M.sha256(hashlib.sha256(file.content).hexdigest()),
        uid=uid,
        localName=file.name,
        mimeType=file.mime_type,
        size=str(len(file.content)),
    )


# Name of the act, the states it is allowed in, and what does it.
ACTS: dict[str, tuple[tuple[str, ...], Act]] = {
    "accept": ((RECEIVED,), _accept),
    "refuse": ((RECEIVED,), _refuse),
    "assign": (_OPEN, _assign),
    "redirect": (_OPEN, _redirect),
    "extend": (_OPEN, _extend),
    "course": (_OPEN, _course),
    "answer": (_OPEN, _answer),
}


def allowed_acts(appeal: Appeal) -> list[str]:
    if appeal.closed:
        return []
    return [name for name, (states, _) in ACTS.items() if appeal.state in states]


def perform(
    issuing: Issuing,
    appeal: Appeal,
    act: str,
    values: Values,
    *,
    files: Sequence[OwnFile] = (),
    now: datetime,
) -> Appeal:
    """Do one act and issue its notification, within the caller's transaction.

    Raises NotAllowed, and MsedFault SCHEMA when the values make no valid notification.
    """
    if act not in allowed_acts(appeal):
        raise NotAllowed(f"«{act}» невозможно в состоянии «{appeal.state}»")
    outcome = ACTS[act][1](Order(issuing, values, files, now), appeal)
    appeal = replace(outcome.appeal, last_seq=appeal.last_seq + 1)
    comment = str(values.get("comment") or "").strip()
    event = M(
        outcome.event,
        M.time(stamp(now)),
        *([M.comment(comment)] if comment else []),
        *outcome.content,
        **outcome.attributes,
    )
    notification = M.notification(
        event, uid=str(uuid.uuid4()), appealUid=appeal.uid, seq=str(appeal.last_seq)
    )
    delivery = M.DeliverNotification(
        M.header(
            M.source(M.organization(appeal.msed_name), uid=appeal.msed_uid),
            M.destination(M.organization(appeal.portal_name), uid=appeal.portal_uid),
            type="Уведомление",
            uid=str(uuid.uuid4()),
            created=stamp(now),
            version="1.0",
        ),
        notification,
    )
    issuing.contract.check(delivery)
    delay, late = issuing.push_delay(outcome.event)
    issuing.books.add_notification(
        Notification(
            position=0,
            uid=str(notification.get("uid")),
            appeal_uid=appeal.uid,
            seq=appeal.last_seq,
            kind=outcome.event,
            body=serialized(notification),
            delivery=serialized(delivery),
            delivery_uid=str(delivery[0].get("uid")),
            issued_at=stamp(now),
            due_at=None if delay is None else now.timestamp() + delay,
            late=late,
            attempts=0,
            delivered_at="",
            problem="" if delay is not None else "не отправлялось: только в очереди",
        )
    )
    issuing.books.save_appeal(appeal)
    return appeal


def russian_day(day: str) -> str:
    """An ISO day, which may be empty or carry a zone, as people here write it."""
    return ".".join(reversed(day[:10].split("-")))


def words(appeal: Appeal) -> dict[str, str]:
    """What a scenario's texts may name in braces."""
    body = etree.fromstring(appeal.body)
    executor = json.loads(appeal.executor or "{}")
    return {
        "number": appeal.number,
        "date": russian_day(appeal.registered_on),
        "address": text(body, "location/address") or "адрес не указан",
        "topic": text(body, "annotation"),
        "executor": executor.get("organization", ""),
        "control_date": russian_day(appeal.control_date),
    }


def status(appeal: Appeal) -> etree._Element:
    """The m:status of an appeal for GetAppealStatus."""
    element = M.status(appealUid=appeal.uid)
    if appeal.number:
        element.append(_number("num", appeal.number, appeal.registered_on))
    element.append(M.controlDate(appeal.control_date))
    if appeal.executor:
        element.append(_party("executor", json.loads(appeal.executor)))
    element.append(M.lastSeq(str(appeal.last_seq)))
    element.append(M.state(appeal.state))
    return element
