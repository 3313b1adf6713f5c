"""Push services of browsers (RFC 8030): what is said to them, and how it is kept from our own network.

A browser names the address of its maker's push service, so anybody could name any address. Only HTTPS
is spoken, redirects are not followed, nothing of the answer but its status is read, and who is at the
other end is looked at once the connection stands, before a byte is sent: a name that is resolved anew
can not lead inside.
"""

import base64
import ipaddress
import json
import socket
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

TIMEOUT = (5.0, 5.0)
"""To connect, and to wait for the answer, seconds."""
TIME_TO_LIVE = 12 * 3600
"""How long a push service keeps a push for a browser that is switched off, seconds."""
SIGNED_FOR = 12 * 3600
"""How long a signature is good, seconds; at most 24 hours (RFC 8292, 2)."""


class PushFailedError(Exception):
    """The push was not taken; it may be tried again."""


class PushGoneError(Exception):
    """The browser shows no pushes any more (404 and 410: RFC 8030, 7.3), or its address is none."""


@dataclass(frozen=True)
class Receiver:
    """A browser, as it named itself.

    Attributes:
        endpoint: its address at the push service.
        p256dh, auth: its public key and secret, base64url.
    """

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Note:
    """What a browser shows; no personal data.

    Attributes:
        path: of the page that it opens.
    """

    title: str
    body: str
    path: str


class Transport(Protocol):
    """The port through which pushes leave."""

    def send(self, receiver: Receiver, note: Note) -> None:
        """Hands one push over.

        Raises:
            PushGoneError: this browser is never to be tried again.
            PushFailedError: not now.
        """


class NoPush:
    """The transport of a portal without a key: it refuses."""

    def send(self, receiver: Receiver, note: Note) -> None:
        raise PushFailedError("there is no VAPID_PRIVATE_KEY")


class WebPush:
    """The transport that speaks to push services.

    Args:
        key: the private key, 32 bytes, base64url.
        trusted: origins that may be plain and inside, for a push service of one's own.
    """

    def __init__(self, key: str, *, trusted: Collection[str] = ()) -> None:
        self._vapid = Vapid02.from_string(key)
        self._session = _NoRedirects()
        self._session.trust_env = False
        self._session.adapters.clear()
        self._session.mount("https://", _OutsideOnly())
        for origin in trusted:
            self._session.mount(origin, HTTPAdapter())

    def send(self, receiver: Receiver, note: Note) -> None:
        """Encrypts (RFC 8291), signs (RFC 8292) and hands over."""
        words = {"title": note.title, "body": note.body, "path": note.path}
        try:
            body = _encrypted(receiver, json.dumps(words, ensure_ascii=False).encode())
        except Exception as error:  # on a stranger's keys the libraries raise anything
            raise PushGoneError("the keys are none") from error
        try:
            with self._session.post(
                receiver.endpoint,
                data=body,
                headers={
                    **self._signature(receiver.endpoint),
                    "Content-Encoding": "aes128gcm",
                    "TTL": str(TIME_TO_LIVE),
                },
                timeout=TIMEOUT,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.exceptions.InvalidSchema as error:
            raise PushGoneError("not a push service") from error
        except (requests.RequestException, OSError) as error:
            raise PushFailedError(type(error).__name__) from error
        if status in (404, 410):
            raise PushGoneError(str(status))
        if status not in (200, 201, 202):
            raise PushFailedError(str(status))

    def _signature(self, endpoint: str) -> dict[str, str]:
        there = urlsplit(endpoint)
        signed: dict[str, str] = self._vapid.sign(
            {
                "aud": f"{there.scheme}://{there.netloc}",
                "exp": int(time.time()) + SIGNED_FOR,
                "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
            }
        )
        return signed


def transport() -> Transport:
    """The transport of the settings."""
    key = settings.VAPID_PRIVATE_KEY
    return _web_push(key) if key else NoPush()


@lru_cache(maxsize=1)
def _web_push(key: str) -> WebPush:
    return WebPush(key)


def public_key() -> str:
    """What browsers need to know of our key, base64url; empty when pushes are not to be had."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    public = Vapid02.from_string(settings.VAPID_PRIVATE_KEY).public_key
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def may_be_push_service(endpoint: str) -> bool:
    """Whether an address that a browser names can be one of a push service at all."""
    try:
        there = urlsplit(endpoint)
        port = there.port
    except ValueError:
        return False
    host = there.hostname or ""
    is_named = "." in host and ":" not in host and not host.rpartition(".")[2].isdecimal()
    return (
        endpoint.isascii()
        and endpoint.isprintable()
        and there.scheme == "https"
        and is_named
        and port in (None, 443)
        and there.username is None
        and there.password is None
    )


def _encrypted(receiver: Receiver, words: bytes) -> bytes:
    info = {
        "endpoint": receiver.endpoint,
        "keys": {"p256dh": receiver.p256dh, "auth": receiver.auth},
    }
    body: bytes = WebPusher(info).encode(words, "aes128gcm")["body"]
    return body


class _NoRedirects(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


_CARRIERS = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0/96")))
"""IPv6 addresses whose last 32 bits are the IPv4 address that is meant (RFC 6052, RFC 4291)."""


def _is_outside(address: str) -> bool:
    """Whether an IP address is nobody's inside, nor carries one that is."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global
    if any(found in network for network in _CARRIERS):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF).is_global
    carried = found.sixtofour  # RFC 3056
    # Some versions of Python call the whole of 2002::/16 global, others none of it.
    return found.is_global if carried is None else carried.is_global


class _OutsideConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if not _is_outside(made.getpeername()[0]):
            made.close()
            raise NewConnectionError(self, "the address is not a public one")
        return made


class _OutsidePool(HTTPSConnectionPool):
    ConnectionCls = _OutsideConnection


class _OutsideOnly(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"https": _OutsidePool}
