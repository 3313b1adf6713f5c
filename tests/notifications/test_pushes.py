"""Pushes: encrypted for the browser alone, to nobody inside, given up when the browser is gone."""

import base64
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pytest_django import Settings

from accounts.models import User
from common import clock
from notifications import client, pushes
from notifications.client import Note, PushFailedError, PushGoneError, Receiver, WebPush
from notifications.models import Device, Push

KEY = base64.urlsafe_b64encode(b"\x01" * 32).rstrip(b"=").decode()
NOTE = Note("Яма на дороге, № 2026-1", "Новое: ведомство ответило", "/issues/2026-1/")


class PushService:
    """A real push service on the loopback, which answers as it is told."""

    def __init__(self) -> None:
        self.status = 201
        self.delay: threading.Event | None = None
        self.received: list[tuple[dict[str, str], bytes]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.received.append((dict(self.headers), body))
                if service.delay:
                    service.delay.wait(5)
                self.send_response(service.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.delay:
            self.delay.set()
        self.server.shutdown()
        self.server.server_close()


class Browser:
    """What a browser keeps for itself: its private key and its secret."""

    def __init__(self, endpoint: str) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.receiver = Receiver(endpoint, _text(point), _text(self.secret))

    def read(self, body: bytes) -> Any:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret)
        return json.loads(plain)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.stop()


@pytest.fixture
def browser(service: PushService) -> Browser:
    return Browser(f"{service.origin}/push/one")


@pytest.fixture
def transport(service: PushService) -> WebPush:
    return WebPush(KEY, trusted=[service.origin])


@pytest.fixture
def device(resident: User, browser: Browser) -> Device:
    told = browser.receiver
    return Device.objects.create(
        user=resident, endpoint=told.endpoint, p256dh=told.p256dh, auth=told.auth
    )


def test_only_the_browser_can_read_it(
    service: PushService, browser: Browser, transport: WebPush
) -> None:
    transport.send(browser.receiver, NOTE)
    [(headers, body)] = service.received
    assert b"2026-1" not in body
    assert browser.read(body) == {"title": NOTE.title, "body": NOTE.body, "path": NOTE.path}
    assert headers["Content-Encoding"] == "aes128gcm"
    assert int(headers["TTL"]) == client.TIME_TO_LIVE
    assert Vapid02.verify(headers["Authorization"])


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.django_db
def test_a_browser_that_is_gone_is_forgotten(
    service: PushService, transport: WebPush, device: Device, status: int
) -> None:
    service.status = status
    pushes.queue_pushes([(device.user_id, NOTE)])
    assert pushes.send_due(transport=transport) == 0
    assert not Device.objects.exists()
    assert not Push.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 302])
@pytest.mark.django_db
def test_what_was_not_taken_is_tried_again_and_no_redirect_is_followed(
    service: PushService, transport: WebPush, device: Device, status: int
) -> None:
    service.status = status
    pushes.queue_pushes([(device.user_id, NOTE)])
    assert pushes.send_due(transport=transport) == 0
    assert len(service.received) == 1
    push = Push.objects.get()
    assert push.attempts == 1
    service.status = 201
    with clock.told(clock.now() + timedelta(minutes=15)):
        assert pushes.send_due(transport=transport) == 1
    assert not Push.objects.exists()


@pytest.mark.django_db
def test_a_service_that_is_silent_holds_nobody_up(
    service: PushService,
    transport: WebPush,
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", (0.2, 0.2))
    service.delay = threading.Event()
    pushes.queue_pushes([(device.user_id, NOTE)])
    assert pushes.send_due(transport=transport) == 0
    assert Push.objects.get().attempts == 1


@pytest.mark.django_db
def test_yesterdays_news_is_dropped(
    service: PushService, transport: WebPush, device: Device
) -> None:
    pushes.queue_pushes([(device.user_id, NOTE)])
    with clock.told(clock.now() + timedelta(hours=13)):
        assert pushes.send_due(transport=transport) == 0
    assert not service.received
    assert not Push.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://localhost/x",
        "https://push.example.org:5432/x",
        "https://push.example.org@10.0.0.1/x",
        "https://user:word@push.example.org/x",
        "file:///etc/passwd",
        "https://push.example.org:x/",
        "",
    ],
)
@pytest.mark.django_db
def test_an_address_that_can_be_no_push_service_is_refused(resident: User, endpoint: str) -> None:
    with pytest.raises(ValueError, match="push service"):
        pushes.add_device(user=resident, receiver=Receiver(endpoint, "p", "a"))


def test_a_name_that_leads_inside_reaches_nobody(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name may be resolved to anything: who is at the other end is looked at."""
    listener = socket.create_server(("127.0.0.1", 0))
    inside = listener.getsockname()
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_args, **_more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", inside)],
    )
    told = browser.receiver
    with pytest.raises(PushFailedError):
        WebPush(KEY).send(Receiver("https://push.example.org/x", told.p256dh, told.auth), NOTE)
    connection, _address = listener.accept()
    connection.settimeout(2)
    assert connection.recv(1) == b"", "not even a greeting was sent"
    connection.close()
    listener.close()


@pytest.mark.parametrize(
    ("address", "is_outside"),
    [
        ("93.184.215.14", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("::127.0.0.1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::127.0.0.1", False),
        ("64:ff9b::93.184.215.14", True),
        ("2002:0a00:0001::1", False),
        ("2002:7f00:0001::", False),
        ("2002:5db8:d70e::1", True),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
    ],
)
def test_an_address_may_carry_another_one(address: str, is_outside: bool) -> None:
    """Behind NAT64 and 6to4 a public-looking address leads to any IPv4 address."""
    assert client._is_outside(address) is is_outside


def test_plain_http_is_not_spoken(browser: Browser, service: PushService) -> None:
    with pytest.raises(PushGoneError):
        WebPush(KEY).send(browser.receiver, NOTE)
    assert not service.received


@pytest.mark.parametrize(("p256dh", "auth"), [("nonsense", "AAAA"), ("", ""), ("A" * 87, "й")])
def test_keys_that_are_none_are_forgotten(
    service: PushService, transport: WebPush, p256dh: str, auth: str
) -> None:
    with pytest.raises(PushGoneError):
        transport.send(Receiver(f"{service.origin}/x", p256dh, auth), NOTE)


def test_without_a_key_there_is_no_push(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert client.public_key() == ""
    with pytest.raises(PushFailedError):
        client.transport().send(Receiver("https://push.example.org/x", "p", "a"), NOTE)
    settings.VAPID_PRIVATE_KEY = KEY
    point = base64.urlsafe_b64decode(client.public_key() + "=")
    assert len(point) == 65
    assert isinstance(client.transport(), WebPush)


@pytest.mark.django_db
def test_a_browser_is_its_last_owners_and_ten_are_enough(
    resident: User, make_user: Callable[..., User]
) -> None:
    other = make_user()
    for number in range(pushes.MOST_DEVICES + 2):
        told = Receiver(f"https://push.example.org/{number}", "p", "a")
        pushes.add_device(user=resident, receiver=told)
    assert resident.devices.count() == pushes.MOST_DEVICES
    last = Receiver(f"https://push.example.org/{pushes.MOST_DEVICES + 1}", "p", "a")
    pushes.add_device(user=other, receiver=last)
    assert Device.objects.get(endpoint=last.endpoint).user == other
    assert not pushes.drop_device(user=resident, endpoint=last.endpoint)
    assert pushes.drop_device(user=other, endpoint=last.endpoint)
