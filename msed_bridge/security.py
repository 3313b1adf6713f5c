"""WS-Security UsernameToken with PasswordDigest: written for what goes, checked on what comes."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from msed_bridge.soap import (
    BASE64,
    PASSWORD_DIGEST,
    WSSE,
    WSU,
    AuthenticationError,
    read_moment,
    tag,
    written,
)

FRESH = timedelta(minutes=5)
"""How far Created may be from now; source: contract, 8."""
_LONGEST_NONCE = 256


@dataclass(frozen=True)
class Credentials:
    """A partner's name and password."""

    username: str
    password: str


def token(credentials: Credentials, *, now: datetime) -> bytes:
    """A Security header; a new one for each attempt.

    Args:
        credentials: ours at the partner.
        now: the moment of sending, UTC.
    """
    nonce = secrets.token_bytes(16)
    created = written(now)
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"><wsse:UsernameToken>'
        f"<wsse:Username>{escape(credentials.username)}</wsse:Username>"
        f'<wsse:Password Type="{PASSWORD_DIGEST}">{_digest(nonce, created, credentials.password)}'
        "</wsse:Password>"
        f'<wsse:Nonce EncodingType="{BASE64}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{created}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    ).encode()


def authenticate(header: etree._Element | None, expected: Credentials, *, now: datetime) -> str:
    """Checks a message's token; the caller has yet to see that the nonce is new.

    Args:
        header: the envelope's Header.
        expected: the partner's name and password.
        now: the present moment, UTC.

    Returns:
        SHA-256 of the nonce, hexadecimal.

    Raises:
        AuthenticationError: no usable token, wrong name or password, or Created is not fresh.
    """
    path = f"{tag('Security', WSSE)}/{tag('UsernameToken', WSSE)}"
    tokens = [] if header is None else header.findall(path)
    if len(tokens) != 1:
        raise AuthenticationError("InvalidSecurity", "one UsernameToken is wanted")
    password = tokens[0].find(tag("Password", WSSE))
    created = _words(tokens[0], tag("Created", WSU))
    try:
        nonce = base64.b64decode(
            "".join(_words(tokens[0], tag("Nonce", WSSE)).split()), validate=True
        )
        moment = read_moment(created)
    except (binascii.Error, ValueError):
        raise AuthenticationError("InvalidSecurity", "unreadable Nonce or Created") from None
    if (
        not 0 < len(nonce) <= _LONGEST_NONCE
        or password is None
        or password.get("Type") != PASSWORD_DIGEST
    ):
        raise AuthenticationError("InvalidSecurity", "Nonce, Created, PasswordDigest are wanted")
    # Both are compared, always: the time taken tells nothing. An empty password fits nobody.
    right_name = hmac.compare_digest(
        _words(tokens[0], tag("Username", WSSE)).encode(), expected.username.encode()
    )
    right_digest = hmac.compare_digest(
        (password.text or "").strip().encode(),
        _digest(nonce, created, expected.password).encode(),
    )
    if not (right_name and right_digest and expected.password):
        raise AuthenticationError("FailedAuthentication", "unknown name or wrong password")
    if abs(now - moment) > FRESH:
        raise AuthenticationError("MessageExpired", "Created is more than 5 minutes away")
    return hashlib.sha256(nonce).hexdigest()


def _words(parent: etree._Element, name: str) -> str:
    return (parent.findtext(name) or "").strip()


def _digest(nonce: bytes, created: str, password: str) -> str:
    # SHA-1 is what the UsernameToken profile 1.0 prescribes.
    digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False)
    return base64.b64encode(digest.digest()).decode()
