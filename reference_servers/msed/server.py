"""The HTTP side: SOAP at /msed, the contract's files, control for tests and for people."""

import logging
import socket
import ssl
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from reference_servers.msed.control import Control, Page
from reference_servers.msed.pages import Pages
from reference_servers.msed.service import Dropped, Reply, Service
from reference_servers.msed.soap import CONTRACTS, MAX_MESSAGE_BYTES, MsedFault

log = logging.getLogger(__name__)
SOAP_PATH = "/msed"
# A sender of too much is heard out this far, so that it can read the refusal.
MAX_DRAINED_BYTES = 8 * MAX_MESSAGE_BYTES
_LONGEST_LINE = 4096
_ADDRESS = b"http://127.0.0.1:8080/msed"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # A load test opens its connections at once.
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        service: Service,
        control: Control,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.service = service
        self.control = control
        self.pages = Pages(control)
        self.scheme = "http" if tls is None else "https"
        super().__init__(address, Handler)
        if tls is not None:
            # The handshake is left to the thread of the connection: a silent caller blocks nobody.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # One buffered write and no Nagle: else each small reply waits for a delayed TCP ACK.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path == "/healthz":
            self._send(200, b"ok\n", "text/plain")
        elif path.path == SOAP_PATH and path.query.lower() == "wsdl":
            host = escape(self.headers.get("Host", "127.0.0.1:8080"))
            here = f"{self.server.scheme}://{host}{SOAP_PATH}"
            wsdl = (CONTRACTS / "msed.wsdl").read_bytes()
            self._send(200, wsdl.replace(_ADDRESS, here.encode()), "text/xml; charset=utf-8")
        elif path.path in ("/msed-types.xsd", f"{SOAP_PATH}/msed-types.xsd"):
            xsd = (CONTRACTS / "msed-types.xsd").read_bytes()
            self._send(200, xsd, "text/xml; charset=utf-8")
        else:
            server = self.server
            if path.path.startswith("/control/"):
                self._send_page(server.control.get(path.path))
            else:
                self._send_page(server.pages.get(path.path, path.query))

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self._body()
        if body is None:
            return
        if path in (SOAP_PATH, f"{SOAP_PATH}/"):
            self._soap(body)
        else:
            receiver = self.server.control if path.startswith("/control/") else self.server.pages
            content_type = self.headers.get("Content-Type", "")
            self._send_page(receiver.post(path, content_type, body))

    def _body(self) -> bytes | None:
        """The request's body, or None when it was answered with a refusal."""
        if self.headers.get("Transfer-Encoding", "").strip().lower() == "chunked":
            return self._chunks()
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if length < 0:
            self.close_connection = True
            self._send(411, b"Content-Length is wanted\n", "text/plain")
            return None
        if length > MAX_MESSAGE_BYTES:
            left = min(length, MAX_DRAINED_BYTES)
            while left > 0 and (piece := self.rfile.read(min(left, 65536))):
                left -= len(piece)
            self._refuse_length()
            return None
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _chunks(self) -> bytes | None:
        """A body sent in chunks (RFC 9112, 7.1), or None as `_body`."""
        body = bytearray()
        drained = 0
        try:
            while size := int(self.rfile.readline(_LONGEST_LINE).partition(b";")[0], 16):
                drained += size
                if size < 0 or drained > MAX_DRAINED_BYTES:
                    raise ValueError("too long")
                piece = self.rfile.read(size)
                if self.rfile.readline(_LONGEST_LINE).strip() or len(piece) < size:
                    raise ValueError("cut off")
                if drained <= MAX_MESSAGE_BYTES:
                    body += piece
            while self.rfile.readline(_LONGEST_LINE).strip():
                pass  # trailers
        except ValueError:
            self.close_connection = True
            return None
        if drained > MAX_MESSAGE_BYTES:
            self._refuse_length()
            return None
        return bytes(body)

    def _refuse_length(self) -> None:
        self.close_connection = True
        refusal = MsedFault("TOO_LARGE", "a message is at most 16 MiB").envelope()
        self._send(500, refusal, "text/xml; charset=utf-8")

    def _soap(self, body: bytes) -> None:
        charset = self.headers.get_content_charset()
        try:
            reply = self.server.service.reply(body, charset)
        except Dropped:
            self._cut_off()
            return
        self._send_reply(reply)

    def _send_reply(self, reply: Reply) -> None:
        if not (reply.cut or reply.drip_seconds):
            self._send(reply.status, reply.body, "text/xml; charset=utf-8")
            return
        self._head(reply.status, len(reply.body), "text/xml; charset=utf-8", {})
        if reply.cut:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self._cut_off()
            return
        pieces = 20
        size = len(reply.body) // pieces + 1
        for start in range(0, len(reply.body), size):
            self.wfile.write(reply.body[start : start + size])
            self.wfile.flush()
            time.sleep(reply.drip_seconds / pieces)

    def _cut_off(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send_page(self, page: Page) -> None:
        self._send(page.status, page.body, page.content_type, page.headers)

    def _send(
        self, status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None
    ) -> None:
        self._head(status, len(body), content_type, headers or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int, content_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError, ssl.SSLError) as error:
            log.debug("a caller went away: %s", error)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError as error:
            log.debug("a caller went away: %s", error)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        log.debug(format, *args)
