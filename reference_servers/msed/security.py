"""WS-Security UsernameToken with PasswordDigest: checking what comes, signing what goes; TLS."""

import base64
import binascii
import hashlib
import hmac
import secrets
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree

from reference_servers.msed.soap import WSSE, SecurityFault

WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
_MESSAGES = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0"
DIGEST = f"{_PROFILE}#PasswordDigest"
BASE64 = f"{_MESSAGES}#Base64Binary"
FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class Credentials:
    username: str
    password: str


@dataclass(frozen=True)
class Tls:
    """PEM files: the certificate shown to both sides, its key, and whom to trust."""

    certificate: str
    key: str
    authority: str

    def server_context(self) -> ssl.SSLContext:
        """With an authority given, a client must show a certificate of it."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        if self.authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.authority)
        return context

    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.authority or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        return context


def _digest(nonce: bytes, created: str, password: str) -> str:
    # SHA-1 is what the UsernameToken profile 1.0 prescribes.
    hashed = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False)
    return base64.b64encode(hashed.digest()).decode()


def checked_nonce(header: etree._Element | None, expected: Credentials, *, now: datetime) -> str:
    """Authenticate a message; the caller still has to see that the returned nonce is new.

    Raises SecurityFault InvalidSecurity (no usable token), FailedAuthentication (name or password),
    MessageExpired (Created over five minutes away from now).
    """
    tokens = [] if header is None else header.findall(f"{{{WSSE}}}Security/{{{WSSE}}}UsernameToken")
    if len(tokens) != 1:
        raise SecurityFault("InvalidSecurity", "one UsernameToken is wanted")
    token = tokens[0]
    password = token.find(f"{{{WSSE}}}Password")
    created = (token.findtext(f"{{{WSU}}}Created") or "").strip()
    try:
        nonce = base64.b64decode(
            "".join((token.findtext(f"{{{WSSE}}}Nonce") or "").split()), validate=True
        )
        moment = datetime.fromisoformat(created)
    except (binascii.Error, ValueError) as error:
        raise SecurityFault("InvalidSecurity", "unreadable Nonce or Created") from error
    if not nonce or password is None or password.get("Type") != DIGEST:
        raise SecurityFault("InvalidSecurity", "Nonce, Created and a PasswordDigest are wanted")
    name_matches = hmac.compare_digest(
        (token.findtext(f"{{{WSSE}}}Username") or "").strip().encode(), expected.username.encode()
    )
    digest_matches = hmac.compare_digest(
        (password.text or "").strip().encode(),
        _digest(nonce, created, expected.password).encode(),
    )
    if not (name_matches and digest_matches):
        raise SecurityFault("FailedAuthentication", "unknown name or wrong password")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if abs(now - moment) > FRESH:
        raise SecurityFault("MessageExpired", "Created is more than 5 minutes away")
    return base64.b64encode(nonce).decode()


def security_header(credentials: Credentials, *, now: datetime) -> bytes:
    """A new token for each attempt to send."""
    nonce = secrets.token_bytes(16)
    created = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}"><wsse:UsernameToken>'
        f"<wsse:Username>{escape(credentials.username)}</wsse:Username>"
        f'<wsse:Password Type="{DIGEST}">{_digest(nonce, created, credentials.password)}'
        f"</wsse:Password>"
        f'<wsse:Nonce EncodingType="{BASE64}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{created}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    ).encode()
