"""Calls of МСЭД: the only module that knows zeep.

zeep writes messages by the WSDL and is not trusted beyond that: facets are checked by XSD both ways, the
bytes that are kept are the bytes that are sent, and a reply is read by our own hardened parser.
"""

import base64
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests
import urllib3
import zeep
from django.conf import settings
from lxml import etree
from requests.adapters import HTTPAdapter

from common import clock
from msed_bridge import security, signature, soap
from msed_bridge.soap import MSED, SOAP, MessageRefusedError, attribute, is_true, tag, text

CONNECT_SECONDS = 5.0
OPERATION_SECONDS = 20.0
"""How long one call may take from the first byte to the last, seconds."""


class CallError(Exception):
    """A call brought no valid reply.

    Attributes:
        retryable: whether the same call may succeed later.
        code: for the books: a code of the contract, or what happened.
    """

    retryable = True

    def __init__(self, code: str, words: str = "") -> None:
        self.code, self.words = code, words
        super().__init__(f"{code}: {words}")


class UnreachableError(CallError):
    """No valid reply: broken connection, time-out, HTTP error, no SOAP, against the schema."""


class AuthenticationRefusedError(CallError):
    """МСЭД does not accept our token; every call would fail alike, so the breaker opens at once."""


class FaultError(CallError):
    """МСЭД refuses by a fault of the contract, which is obeyed (contract, 7)."""

    def __init__(self, code: str, words: str, *, retryable: bool) -> None:
        super().__init__(code, words)
        self.retryable = retryable


@dataclass(frozen=True)
class Receipt:
    """МСЭД has the message (contract, 1).

    Attributes:
        accepted: whether it had an effect.
        comment: why not.
        xml: the acknowledgment as it came, canonical.
    """

    accepted: bool
    comment: str
    xml: bytes


@dataclass(frozen=True)
class Queued:
    """A notification in МСЭД's queue."""

    position: int
    notification: etree._Element


def compose(operation: str, **values: Any) -> bytes:
    """The Body's child of a message, canonical bytes to be kept and sent.

    Args:
        operation: name of the operation in the WSDL.
        values: its parts, as zeep takes them.

    Raises:
        soap.MessageRefusedError: it is against the schema.
    """
    try:
        message = _zeep().create_message(_service(), operation, **values)
    except zeep.exceptions.Error as error:
        raise MessageRefusedError("SCHEMA", type(error).__name__) from error
    child = soap.canonical(message.find(tag("Body", SOAP))[0])
    soap.check(soap.element(child))
    return child


def send(operation: str, child: bytes, *, uid: str) -> Receipt:
    """Sends a message with a header.

    Args:
        operation: `RegisterAppeal` or `AddToAppeal`.
        child: what `compose` gave, byte for byte the same at each attempt.
        uid: the message's identity, which the receipt must name.

    Raises:
        CallError: says whether a retry helps.
    """
    reply = _call(operation, child)
    acknowledgment = reply.find(tag("acknowledgment"))
    if acknowledgment is None or attribute(acknowledgment, "uid") != uid:
        raise UnreachableError("WRONG_RECEIPT", "the receipt is of another message")
    return Receipt(
        accepted=is_true(acknowledgment, "accepted"),
        comment=text(acknowledgment, "comment"),
        xml=soap.canonical(acknowledgment),
    )


def put_chunk(*, uid: str, offset: int, total: int, content: bytes) -> int:
    """Puts a piece of a file; without content at offset 0 it only asks.

    Args:
        uid: the file's identity.
        offset: where the piece begins, bytes.
        total: size of the whole file, bytes.
        content: at most `soap.MAX_CHUNK_BYTES`.

    Returns:
        How many bytes МСЭД holds.

    Raises:
        CallError: says whether a retry helps.
    """
    child = compose("PutFileChunk", fileUid=uid, offset=offset, totalSize=total, content=content)
    return int(text(_call("PutFileChunk", child), "received"))


def get_chunk(*, uid: str, offset: int) -> tuple[int, bytes]:
    """Fetches a piece of a file of МСЭД.

    Returns:
        Size of the whole file, bytes, and the piece.

    Raises:
        CallError: says whether a retry helps.
    """
    child = compose("GetFileChunk", fileUid=uid, offset=offset, limit=soap.MAX_CHUNK_BYTES)
    reply = _call("GetFileChunk", child)
    return int(text(reply, "totalSize")), _bytes(reply)


def get_notifications(*, after: int, limit: int) -> tuple[list[Queued], bool]:
    """Reads the queue.

    Args:
        after: the last position that was read.
        limit: notifications at most, up to 500.

    Returns:
        Notifications in the order of the queue, and whether there are more.

    Raises:
        CallError: says whether a retry helps.
    """
    reply = _call("GetNotifications", compose("GetNotifications", afterPosition=after, limit=limit))
    queued = [
        Queued(int(found.get("position", "0")), found[0]) for found in reply.findall(tag("queued"))
    ]
    return queued, is_true(reply, "more")


@dataclass(frozen=True)
class AppealStatus:
    """An appeal as МСЭД sees it."""

    uid: str
    last_seq: int
    state: str
    number: str


def get_statuses(uids: list[str]) -> tuple[list[AppealStatus], list[str]]:
    """Asks after appeals, at most 500 at once.

    Returns:
        What МСЭД knows, and the uids it does not know.

    Raises:
        CallError: says whether a retry helps.
    """
    reply = _call("GetAppealStatus", compose("GetAppealStatus", appealUid=uids))
    known = [
        AppealStatus(
            uid=attribute(found, "appealUid"),
            last_seq=int(text(found, "lastSeq")),
            state=text(found, "state"),
            number=text(found, "num/number"),
        )
        for found in reply.findall(tag("status"))
    ]
    unknown = [(found.text or "").strip() for found in reply.findall(tag("unknownAppealUid"))]
    return known, unknown


def _bytes(reply: etree._Element) -> bytes:
    return base64.b64decode(text(reply, "content"))


# --- One call -------------------------------------------------------------------------------------


def _call(operation: str, child: bytes) -> etree._Element:
    """Sends the bytes in a fresh envelope; gives the reply's child, checked."""
    ours = security.Credentials(settings.MSED_USERNAME, settings.MSED_PASSWORD)
    message = soap.envelope(child, security.token(ours, now=clock.now()))
    if keys := signature.keys():
        message = signature.sign(message, keys, now=clock.now())
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"{MSED}/{operation}"',
        # A packed reply could unpack to anything.
        "Accept-Encoding": "identity",
    }
    try:
        reply = _zeep().transport.post(settings.MSED_URL, message, headers)
    except requests.RequestException as error:
        # The class only: the text names addresses.
        raise UnreachableError("NO_REPLY", type(error).__name__) from error
    # A success may come under any code of success (WS-I Basic Profile 1.1, R1124).
    succeeded = reply.status // 100 == 2
    try:
        _header, answer = soap.parse(reply.content)
        if answer.tag == tag("Fault", SOAP):
            refused = _fault(answer)
            # Who does not know us may not sign for us; nothing is lost by believing that.
            if isinstance(refused, AuthenticationRefusedError) or keys is None:
                raise refused
            _verify(answer, keys)
            raise refused
        if keys is not None:
            _verify(answer, keys)
        if not succeeded:
            raise UnreachableError(f"HTTP_{reply.status}")
        soap.check(answer)
    except MessageRefusedError as error:
        code = "BAD_REPLY" if succeeded else f"HTTP_{reply.status}"
        raise UnreachableError(code, error.text) from error
    if answer.tag != tag(f"{operation}Response"):
        raise UnreachableError("BAD_REPLY", "a reply to another operation")
    return answer


def _verify(answer: etree._Element, keys: signature.Keys) -> None:
    try:
        signature.verify(answer.getroottree().getroot(), keys, now=clock.now())
    except soap.AuthenticationError as error:
        raise UnreachableError("BAD_SIGNATURE", error.text) from error


def _fault(fault: etree._Element) -> CallError:
    code = (fault.findtext("faultcode") or "").strip().rpartition(":")[2]
    words = (fault.findtext("faultstring") or "").strip()
    if code in {"FailedAuthentication", "InvalidSecurity", "MessageExpired"}:
        return AuthenticationRefusedError(code, words)
    detail = fault.find(f"detail/{tag('MsedFault')}")
    if detail is None:
        return UnreachableError("FAULT", f"{code}: {words}")
    soap.check(detail)
    return FaultError(
        text(detail, "code"),
        text(detail, "message"),
        retryable=is_true(detail, "retryable"),
    )


@dataclass(frozen=True)
class _Reply:
    status: int
    content: bytes


class _Transport(zeep.Transport):  # type: ignore[misc]  # zeep has no types
    """zeep's transport with a Session for each thread, a clock over the whole call, a size limit."""

    def __init__(self) -> None:
        self._threads = threading.local()
        super().__init__(timeout=CONNECT_SECONDS, operation_timeout=OPERATION_SECONDS)

    @property
    def session(self) -> requests.Session:
        """This thread's session."""
        found: requests.Session | None = getattr(self._threads, "session", None)
        if found is None:
            found = self._threads.session = _session()
        return found

    @session.setter
    def session(self, value: requests.Session) -> None:
        """zeep's own session is not used."""
        value.close()

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> _Reply:
        """One POST, never repeated here.

        Raises:
            requests.RequestException: no whole reply in time, or it is too long.
        """
        end = time.monotonic() + OPERATION_SECONDS
        with self.session.post(
            address,
            data=message,
            headers=headers,
            timeout=(CONNECT_SECONDS, OPERATION_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            content = bytearray()
            try:
                # What has come, however little: who waits for a whole piece is held by a drip for hours.
                while piece := response.raw.read1(64 * 1024, decode_content=True):
                    content += piece
                    if len(content) > soap.MAX_MESSAGE_BYTES:
                        raise requests.RequestException("the reply is too long")
                    if time.monotonic() > end:
                        raise requests.exceptions.ReadTimeout("the reply drips")
            except urllib3.exceptions.HTTPError as error:
                raise requests.ConnectionError("the reply breaks off") from error
            return _Reply(response.status_code, bytes(content))


def _session() -> requests.Session:
    session = requests.Session()
    # Neither proxies nor passwords from the environment of the process.
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=0))
    if settings.MSED_CA_FILE:
        session.verify = settings.MSED_CA_FILE
    if settings.MSED_CERTIFICATE_FILE:
        session.cert = (settings.MSED_CERTIFICATE_FILE, settings.MSED_KEY_FILE)
    return session


_making = threading.Lock()


def _zeep() -> zeep.Client:
    # `cache` alone would let two threads read the WSDL at once.
    with _making:
        return _made_zeep()


@cache
def _made_zeep() -> zeep.Client:
    return zeep.Client(
        str(soap.contract_file("msed.wsdl")),
        transport=_Transport(),
        settings=zeep.Settings(strict=True, forbid_dtd=True, forbid_external=True),
    )


def _service() -> Any:
    return _zeep().create_service(f"{{{MSED}:wsdl}}MsedBinding", settings.MSED_URL)
