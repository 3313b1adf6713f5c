"""Pushes notifications to the portal by DeliverNotification until their receipt is here."""

import http.client
import logging
import random
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from reference_servers.msed.books import Books, Notification, stamp
from reference_servers.msed.faults import Faults
from reference_servers.msed.security import Credentials, security_header
from reference_servers.msed.signature import Keys, check, signed
from reference_servers.msed.soap import (
    MAX_MESSAGE_BYTES,
    SOAP,
    Contract,
    MsedFault,
    SecurityFault,
    attribute,
    envelope,
    parse,
    tag,
    text,
)

log = logging.getLogger(__name__)
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 30.0
IDLE_SECONDS = 0.05


class NotDelivered(Exception):
    """An attempt failed; retryable says whether another can help."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


@dataclass
class Pusher:
    """Several threads, each pushing for another appeal: one appeal's notifications go in order."""

    books: Books
    contract: Contract
    faults: Faults
    url: str
    credentials: Credentials
    tls: ssl.SSLContext
    keys: Keys | None = None
    timeout_seconds: float = 20.0
    stopping: threading.Event = field(default_factory=threading.Event)
    _in_flight: list[str] = field(default_factory=list)
    _claiming: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Push what is due until told to stop; the body of each pushing thread."""
        while not self.stopping.is_set():
            notification = self._claim()
            if notification is None:
                self.stopping.wait(IDLE_SECONDS)
                continue
            try:
                self._push(notification)
            finally:
                with self._claiming:
                    self._in_flight.remove(notification.appeal_uid)

    def _claim(self) -> Notification | None:
        with self._claiming:
            found = self.books.to_deliver(datetime.now(UTC), besides=self._in_flight)
            if found is not None:
                self._in_flight.append(found.appeal_uid)
            return found

    def _push(self, notification: Notification) -> None:
        due_at, delivered_at, problem = None, "", ""
        try:
            self._send(notification)
            delivered_at = stamp(datetime.now(UTC))
            if self.faults.draw(notification.kind, "push_duplicate"):
                self._send(notification)
        except NotDelivered as error:
            problem = str(error)
            # Full jitter: a portal that comes back is not met by everything at once.
            ceiling = min(FIRST_RETRY_SECONDS * 2**notification.attempts, LAST_RETRY_SECONDS)
            wait = random.uniform(ceiling / 4, ceiling)  # noqa: S311
            if error.retryable and not delivered_at:
                due_at = datetime.now(UTC).timestamp() + wait
            log.info("%s seq %d: %s", notification.appeal_uid, notification.seq, problem)
        with self.books.transaction():
            self.books.save_delivery(
                notification.position, due_at=due_at, delivered_at=delivered_at, problem=problem
            )

    def _send(self, notification: Notification) -> None:
        """One attempt: the stored child, a new token. Raises NotDelivered."""
        now = datetime.now(UTC)
        body = envelope(notification.delivery, security_header(self.credentials, now=now))
        if self.keys is not None:
            body = signed(body, self.keys, now=now)
        if delay := self.faults.draw("DeliverNotification", "delay"):
            self.stopping.wait(delay.seconds)
        if self.faults.draw(notification.kind, "push_truncated"):
            body = body[: len(body) // 2]
        if self.faults.draw(notification.kind, "push_garbage"):
            body = b"\x00\xff<html>not SOAP at all"
        try:
            drop = self.faults.draw(notification.kind, "push_drop") is not None
            status, reply = self._exchange(body, drop=drop)
        except (OSError, http.client.HTTPException) as error:
            raise NotDelivered(f"{type(error).__name__}: {error}") from error
        self._check_receipt(status, reply, notification.delivery_uid)

    def _exchange(self, body: bytes, *, drop: bool) -> tuple[int, bytes]:
        address = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if address.scheme == "https":
            connection = http.client.HTTPSConnection(
                address.netloc, timeout=self.timeout_seconds, context=self.tls
            )
        else:
            connection = http.client.HTTPConnection(address.netloc, timeout=self.timeout_seconds)
        try:
            connection.request(
                "POST",
                address.path or "/",
                body,
                {
                    "Content-Type": "text/xml; charset=utf-8",
                    "SOAPAction": '"urn:msed:appeals:1/DeliverNotification"',
                },
            )
            if drop:
                raise ConnectionAbortedError("dropped before the receipt, as ordered")
            response = connection.getresponse()
            return response.status, response.read(MAX_MESSAGE_BYTES + 1)
        finally:
            connection.close()

    def _check_receipt(self, status: int, reply: bytes, delivery_uid: str) -> None:
        """A readable fault is obeyed whatever the status; all else but a receipt is retried."""
        try:
            _, child = parse(reply)
            if self.keys is not None:
                check(child.getroottree().getroot(), self.keys, now=datetime.now(UTC))
            if child.tag == f"{{{SOAP}}}Fault":
                raise self._portal_fault(child)
            self.contract.check(child)
        except (MsedFault, SecurityFault) as error:
            raise NotDelivered(f"HTTP {status}, not a valid reply: {error}") from error
        acknowledgment = child.find(tag("acknowledgment"))
        is_ours = acknowledgment is not None and attribute(acknowledgment, "uid") == delivery_uid
        if status >= 300 or not is_ours:
            raise NotDelivered(f"HTTP {status}, not the receipt of this message")

    def _portal_fault(self, fault: etree._Element) -> NotDelivered:
        """Only a readable MsedFault that says so ends the retries; raises MsedFault where it is none."""
        detail = fault.find(f"detail/{tag('MsedFault')}")
        if detail is None:
            return NotDelivered(f"{fault.findtext('faultcode')}: {fault.findtext('faultstring')}")
        self.contract.check(detail)
        return NotDelivered(
            f"{text(detail, 'code')}: {text(detail, 'message')}",
            retryable=text(detail, "retryable") in ("true", "1"),
        )
