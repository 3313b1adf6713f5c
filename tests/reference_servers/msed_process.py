"""The МСЭД stand-in as a real process, a portal that takes its pushes, and SOAP by raw bytes."""

import base64
import contextlib
import hashlib
import http.client
import json
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, TypeVar

from lxml import etree

from reference_servers.msed.security import Credentials, security_header
from reference_servers.msed.soap import MSED, SOAP, Contract, MsedFault, envelope, parse, tag, text
from tests.ports import free_port

Found = TypeVar("Found")
ROOT = Path(__file__).resolve().parents[2]
PORTAL = Credentials("portal", "portal-secret")
CALLBACK = Credentials("msed", "msed-secret")
PORTAL_UID = "11111111-1111-1111-1111-111111111111"
MSED_UID = "22222222-2222-2222-2222-222222222222"


@dataclass
class Msed:
    """A running stand-in; start() and kill() may be called again and again on the same books."""

    database: Path
    callback_url: str = ""
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Msed":
        command = [
            sys.executable,
            "-m",
            "reference_servers.msed",
            "--port",
            str(self.port),
            "--database",
            str(self.database),
            "--callback-url",
            self.callback_url,
            "--step-seconds",
            "0.01",
            "--portal-username",
            PORTAL.username,
            "--portal-password",
            PORTAL.password,
            "--callback-username",
            CALLBACK.username,
            "--callback-password",
            CALLBACK.password,
            *self.options,
        ]
        log = self.database.with_suffix(".log")
        with log.open("w") as written:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=written)
        line = r"listens on https?://[\d.]+:(\d+)"
        self.port = int(wait_for(lambda: re.search(line, log.read_text(encoding="utf-8")))[1])
        return self

    def kill(self, by: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait(timeout=30)
            self.process = None

    def http(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post(self, body: bytes, charset: str = "utf-8") -> tuple[int, etree._Element]:
        """POST an envelope as it is; gives the HTTP status and the Body's child."""
        headers = {"Content-Type": f"text/xml; charset={charset}", "SOAPAction": '""'}
        status, reply = self.http("POST", "/msed", body, headers)
        return status, parse(reply)[1]

    def call(self, child: bytes) -> etree._Element:
        """Call as the portal; gives the response or the fault."""
        return self.post(envelope(child, signed()))[1]

    def control(self, path: str, wanted: object) -> Any:
        headers = {"Content-Type": "application/json"}
        status, reply = self.http("POST", path, json.dumps(wanted).encode(), headers)
        assert status == 200, reply
        return json.loads(reply)

    def fault(self, kind: str, operation: str = "*", **values: object) -> None:
        self.control("/control/faults", {"kind": kind, "operation": operation, **values})

    def settle(self) -> None:
        """Wait until no plan goes on and no push is due, so that a fault strikes what comes next."""

        def quiet() -> bool:
            state = self.state()
            busy = [row for row in (*state["appeals"], *state["notifications"]) if row["due_at"]]
            return not busy

        wait_for(quiet)

    def state(self) -> Any:
        return json.loads(self.http("GET", "/control/state")[1])


def signed() -> bytes:
    """A new security header of the portal."""
    return security_header(PORTAL, now=datetime.now(UTC))


def code(fault: etree._Element) -> str:
    """The code of a fault: of its MsedFault, or the faultcode where there is no detail."""
    assert fault.tag == f"{{{SOAP}}}Fault", etree.tostring(fault)
    detail = fault.find(f"detail/{tag('MsedFault')}")
    return (fault.findtext("faultcode") or "") if detail is None else text(detail, "code")


def new_uid() -> str:
    return str(uuid.uuid4())


def header(uid: str, kind: str = "Документ") -> str:
    return (
        f'<header type="{kind}" uid="{uid}" created="2026-03-01T10:00:00Z" version="1.0">'
        f'<source uid="{PORTAL_UID}"><organization>Портал</organization></source>'
        f'<destination uid="{MSED_UID}"><organization>МСЭД</organization></destination></header>'
    )


def file_ref(uid: str, content: bytes, *, sha256: str = "") -> str:
    sha256 = sha256 or hashlib.sha256(content).hexdigest()
    return (
        f'<file uid="{uid}" localName="фото.jpg" mimeType="image/jpeg" size="{len(content)}">'
        f"<group>Текст приложения</group><sha256>{sha256}</sha256></file>"
    )


def register(
    appeal: str, uid: str, *, words: str = "Яма на дороге", kind: str = "Проблема", files: str = ""
) -> bytes:
    return (
        f'<RegisterAppeal xmlns="{MSED}">{header(uid)}<appeal uid="{appeal}">'
        "<num><number>2026-000001</number><date>2026-03-01</date></num>"
        f"<kind>{kind}</kind>"
        "<addressee><organization>Администрация</organization></addressee>"
        "<correspondent><lastName>Иванов</lastName><firstName>Иван</firstName></correspondent>"
        "<classifierCode>0005.0005.0056.1164</classifierCode>"
        f"<annotation>Ямы</annotation><text>{words}</text>"
        "<location><address>г. Клин, ул. Мира, 1</address><latitude>56.33</latitude>"
        "<longitude>36.73</longitude></location>"
        f"<controlDate>2026-03-31</controlDate>{files}</appeal></RegisterAppeal>"
    ).encode()


def add(appeal: str, purpose: str, more: str = "", *, uid: str = "") -> bytes:
    return (
        f'<AddToAppeal xmlns="{MSED}">{header(uid or new_uid())}<appealUid>{appeal}</appealUid>'
        f"<purpose>{purpose}</purpose><text>Без комментария</text>{more}</AddToAppeal>"
    ).encode()


def chunk(uid: str, offset: int, total: int, content: bytes) -> bytes:
    return (
        f'<PutFileChunk xmlns="{MSED}"><fileUid>{uid}</fileUid><offset>{offset}</offset>'
        f"<totalSize>{total}</totalSize><content>{base64.b64encode(content).decode()}</content>"
        "</PutFileChunk>"
    ).encode()


def wait_for(look: Callable[[], Found | Literal[False] | None], seconds: float = 60) -> Found:
    """Look again and again until something true is seen."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)
    return found


@dataclass
class Portal:
    """A portal's end-point: checks what is pushed and gives receipts, or what it is told to."""

    deliveries: list[etree._Element] = field(default_factory=list)
    # Taken one for each call before receipts are given: an HTTP status and a body.
    refusals: list[tuple[int, bytes]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    contract: Contract = field(default_factory=Contract)
    tls: ssl.SSLContext | None = None

    def start(self) -> "Portal":
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                portal.raw.append(body)
                status, reply = portal.answer(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(reply)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    @property
    def url(self) -> str:
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.server.server_address[1]}/msed/callback/"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        if self.refusals:
            return self.refusals.pop(0)
        try:
            child = parse(body)[1]
            self.contract.check(child)
        except MsedFault:
            return 500, b"unreadable"
        self.deliveries.append(child)
        uid = child[0].get("uid")
        return 200, envelope(
            f'<DeliverNotificationResponse xmlns="{MSED}"><acknowledgment uid="{uid}">'
            "<time>2026-03-01T10:00:00Z</time><accepted>true</accepted>"
            "<duplicate>false</duplicate></acknowledgment></DeliverNotificationResponse>".encode()
        )

    def told(self, appeal: str) -> list[tuple[int, str]]:
        """(seq, event) as they came for an appeal."""
        return [
            (int(notification.get("seq", "0")), etree.QName(notification[0]).localname)
            for notification in (delivery[1] for delivery in list(self.deliveries))
            if notification.get("appealUid") == appeal
        ]
