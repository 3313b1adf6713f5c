"""The browser's side: a list, one letter, JSON for tests, and the switch that makes trouble."""

import html
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from reference_servers.mail.letters import Letter, Letters
from reference_servers.mail.smtp import Sink, Trouble

STYLE = Path(__file__).with_name("style.css")
ADDRESS = re.compile(r"https?://[^\s<>\"']+")
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
)
# A letter's HTML comes from anybody: no scripts, nothing fetched, no form; links open outside.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
)
ATTEMPT_LIMIT = 1024 * 1024  # bytes of a request's body


class MailServer(ThreadingHTTPServer):
    """The HTTP server with what its pages show."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], *, letters: Letters, sink: Sink, zone: ZoneInfo
    ) -> None:
        super().__init__(address, Handler)
        self.letters, self.sink, self.zone = letters, sink, zone


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: MailServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Pages and JSON."""
        if not self._is_local():
            return
        parts = urlsplit(self.path)
        to = parse_qs(parts.query).get("to", [""])[0]
        letters = self.server.letters
        if parts.path == "/":
            self._page("Письма", _list(letters.find(to), to, self.server.zone))
        elif parts.path == "/letters.json":
            self._json([letter.as_json() for letter in letters.find(to)])
        elif parts.path == "/control/fail":
            self._json(self.server.sink.trouble.as_json())
        elif parts.path == "/style.css":
            self._send(STYLE.read_bytes(), "text/css; charset=utf-8")
        elif match := re.fullmatch(r"/letters/(\d+)(/html|/raw)?", parts.path):
            self._letter(int(match[1]), match[2] or "")
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Control: `/control/fail` with count, code, seconds; `/control/clear`."""
        if not self._is_local():
            return
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), ATTEMPT_LIMIT))
        if self.path == "/control/fail":
            try:
                trouble = _trouble(self.headers.get_content_type(), body)
            except (ValueError, TypeError, AttributeError) as error:
                self.send_error(HTTPStatus.BAD_REQUEST, explain=str(error))
                return
            self.server.sink.make_trouble(trouble)
            self._json(trouble.as_json())
        elif self.path == "/control/clear":
            self.server.letters.clear()
            self._json([])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: addresses of recipients stand in the requests."""

    def _is_local(self) -> bool:
        # A foreign page must not read letters by giving its own name our address.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origin = urlsplit(self.headers.get("Origin", "")).hostname
        if host in {"127.0.0.1", "localhost"} and origin in {None, "127.0.0.1", "localhost"}:
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def _letter(self, number: int, form: str) -> None:
        letter = self.server.letters.get(number)
        if letter is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif form == "/html":
            content = f'<!doctype html><base target="_blank">{letter.html}'.encode()
            self._send(
                content, "text/html; charset=utf-8", {"Content-Security-Policy": LETTER_POLICY}
            )
        elif form == "/raw":
            self._send(self.server.letters.raw(number), "text/plain; charset=utf-8")
        else:
            self._page(letter.subject or "Без темы", _one(letter, self.server.zone))

    def _page(self, title: str, body: str) -> None:
        page = (
            '<!doctype html><html lang="ru"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(title)}</title>"
            '<link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">'
            f"<header><a href='/'>Почта стенда</a><p>Письма никуда не уходят: они остаются здесь.</p></header>"
            f"<main>{body}</main></html>"
        )
        self._send(
            page.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": PAGE_POLICY}
        )

    def _json(self, value: object) -> None:
        self._send(json.dumps(value, ensure_ascii=False).encode(), "application/json")

    def _send(self, content: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _trouble(kind: str, body: bytes) -> Trouble:
    """Read what shall go wrong, from JSON or from a form; raises ValueError, naming what is wrong."""
    if kind == "application/json":
        given = dict(json.loads(body))
    else:
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    trouble = Trouble(
        count=int(given.get("count", 1)),
        code=int(given.get("code", 451)),
        seconds=float(given.get("seconds", 0)),
    )
    if trouble.code != 250 and not 400 <= trouble.code <= 599:
        raise ValueError("code is 250, 4xx or 5xx")
    if not 0 <= trouble.seconds <= 600:
        raise ValueError("seconds are between 0 and 600")
    return trouble


def _list(letters: list[Letter], to: str, zone: ZoneInfo) -> str:
    rows = "".join(
        f"<tr><td><a href='/letters/{letter.number}'>{html.escape(letter.subject or 'Без темы')}</a></td>"
        f"<td>{html.escape(', '.join(letter.recipients))}</td>"
        f"<td><time datetime='{letter.received_at.isoformat()}'>{_time(letter, zone)}</time></td></tr>"
        for letter in letters
    )
    table = (
        f"<table><thead><tr><th scope='col'>Тема</th><th scope='col'>Кому</th>"
        f"<th scope='col'>Получено</th></tr></thead><tbody>{rows}</tbody></table>"
        if letters
        else "<p>Писем нет.</p>"
    )
    return (
        f"<h1>Письма</h1><form><label for='to'>Получатель</label>"
        f"<input id='to' name='to' type='search' value='{html.escape(to)}'>"
        f"<button>Найти</button></form>{table}"
    )


def _one(letter: Letter, zone: ZoneInfo) -> str:
    facts = {
        "От": letter.sender,
        "Кому": ", ".join(letter.recipients),
        "Получено": _time(letter, zone),
        **({"Вложения": ", ".join(letter.attachments)} if letter.attachments else {}),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{html.escape(value)}</dd>" for name, value in facts.items())
    parts = [f"<h1>{html.escape(letter.subject or 'Без темы')}</h1><dl>{rows}</dl>"]
    if letter.text:
        parts.append(f"<h2>Текст</h2><pre>{_linked(letter.text)}</pre>")
    if letter.html:
        parts.append(
            "<h2>HTML</h2><iframe title='HTML письма' "
            "sandbox='allow-popups allow-popups-to-escape-sandbox' "
            f"src='/letters/{letter.number}/html'></iframe>"
        )
    parts.append(f"<p><a href='/letters/{letter.number}/raw'>Исходный вид</a></p>")
    return "".join(parts)


def _linked(text: str) -> str:
    """The text escaped, with web addresses made into links."""
    pieces, end = [], 0
    for match in ADDRESS.finditer(text):
        address = match[0].rstrip(".,;:!?)»")
        pieces.append(html.escape(text[end : match.start()]))
        pieces.append(f"<a href='{html.escape(address)}'>{html.escape(address)}</a>")
        end = match.start() + len(address)
    return "".join([*pieces, html.escape(text[end:])])


def _time(letter: Letter, zone: ZoneInfo) -> str:
    return letter.received_at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")
