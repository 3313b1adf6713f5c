"""SOAP 1.1 messages of the exchange: read by a hardened parser, checked by XSD, compared, written."""

import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape

from django.conf import settings
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MSED = "urn:msed:appeals:1"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_WSS}wssecurity-secext-1.0.xsd"
WSU = f"{_WSS}wssecurity-utility-1.0.xsd"
BASE64 = f"{_WSS}soap-message-security-1.0#Base64Binary"
PASSWORD_DIGEST = f"{_WSS}username-token-profile-1.0#PasswordDigest"
X509 = f"{_WSS}x509-token-profile-1.0#X509v3"
_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""A longer message is refused before it is parsed; source: contract, 8."""
MAX_ELEMENTS = 20_000
"""Elements of a message; the longest list of the contract, 500 states, has fewer."""
MAX_CHUNK_BYTES = 4 * 1024 * 1024
"""Bytes of a file in one call; source: contract, 3."""

# Each attribute and namespace has its sign: so many, with those that people write, and those of base64.
_MAX_EQUALS_SIGNS = 100_000
_RETRYABLE = frozenset({"BUSY", "FAILURE"})
_XML_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# Validation writes an error log that belongs to the schema object.
_validating = threading.Lock()


@dataclass(frozen=True)
class NamedFile:
    """A file that a message names (`FileRef`), or that lies beside it."""

    uid: uuid.UUID
    name: str
    content_type: str
    size: int
    sha256: str


class MessageRefusedError(Exception):
    """A message is not taken; goes back as a SOAP fault with `MsedFault` (contract, 7).

    Attributes:
        code: a `FaultCode` of the contract.
        text: what is wrong, without anybody's data.
        retryable: whether the same message may be taken later.
    """

    def __init__(self, code: str, text: str, *, retryable: bool | None = None) -> None:
        self.code, self.text = code, text
        self.retryable = code in _RETRYABLE if retryable is None else retryable
        super().__init__(f"{code}: {text}")

    @property
    def faultcode(self) -> str:
        """Whose fault it is in the terms of SOAP 1.1, section 4.4.1."""
        return "soap:Server" if self.retryable else "soap:Client"


class VersionMismatchError(MessageRefusedError):
    """The envelope is of another version of SOAP."""

    faultcode = "soap:VersionMismatch"

    def __init__(self) -> None:
        super().__init__("SCHEMA", "not a SOAP 1.1 envelope")


class NotUnderstoodError(Exception):
    """An entry of the Header must be understood and is not; goes back as a header fault without detail."""

    faultcode = "soap:MustUnderstand"


class AuthenticationError(Exception):
    """The Security header is not accepted; goes back as a header fault without detail (contract, 7).

    Attributes:
        code: `FailedAuthentication`, `InvalidSecurity` or `MessageExpired`.
    """

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code}: {text}")

    @property
    def faultcode(self) -> str:
        """In the namespace of WS-Security."""
        return f"wsse:{self.code}"


def contract_file(name: str) -> Path:
    """A file of the contract as the other side gave it."""
    return Path(settings.BASE_DIR) / "contracts" / name


def tag(name: str, namespace: str = MSED) -> str:
    """The name of an element as lxml writes it."""
    return f"{{{namespace}}}{name}"


def text(element: etree._Element, path: str) -> str:
    """The words of a descendant, named by local names with slashes; empty when it is not there."""
    found = element.find("/".join(tag(step) for step in path.split("/")))
    return "" if found is None else (found.text or "").strip()


def attribute(element: etree._Element, name: str) -> str:
    """An attribute of a token's type, without the space that may stand round it; empty when it is not there."""
    return (element.get(name) or "").strip()


def is_true(element: etree._Element, path: str) -> bool:
    """A descendant of the type xs:boolean, named as for `text`; false when it is not there."""
    return text(element, path) in {"true", "1"}


def written(moment: datetime) -> str:
    """A moment as the Security header has it: UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_moment(words: str) -> datetime:
    """A moment of a Security header; UTC where it names no zone.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(words.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def canonical(element: etree._Element) -> bytes:
    """Exclusive C14N 1.0: equal bytes for equal messages; also the form in which they are kept."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def content(element: etree._Element) -> bytes:
    """What an element says, whatever prefixes it is written with: equal bytes for equal content."""
    return str(etree.canonicalize(element, rewrite_prefixes=True)).encode()


def parse(
    message: bytes, charset: str | None = None
) -> tuple[etree._Element | None, etree._Element]:
    """Reads an envelope: its Header, if any, and the only child of its Body.

    Args:
        message: the bytes as they came.
        charset: what Content-Type says, if anything.

    Raises:
        MessageRefusedError: `TOO_LARGE`, or `SCHEMA` for what is no SOAP 1.1 in UTF-8 without a DTD.
    """
    if len(message) > MAX_MESSAGE_BYTES:
        raise MessageRefusedError("TOO_LARGE", "a message is at most 16 MiB")
    if charset and charset.strip("\"' ").lower() not in {"utf-8", "utf8"}:
        raise MessageRefusedError("SCHEMA", "UTF-8 is wanted")
    root = _read(message)
    if root.tag != tag("Envelope", SOAP):
        raise VersionMismatchError
    bodies = root.findall(tag("Body", SOAP))
    found = (child for body in bodies for child in body if isinstance(child.tag, str))
    children = list(islice(found, 2))
    if len(bodies) != 1 or len(children) != 1:
        raise MessageRefusedError("SCHEMA", "one Body with one child is wanted")
    return root.find(tag("Header", SOAP)), children[0]


def check_understood(header: etree._Element | None) -> None:
    """Sees that the Header asks nothing of us that we do not do: of all entries only Security is known.

    Raises:
        NotUnderstoodError: it does; source: SOAP 1.1, section 4.2.3.
    """
    for entry in () if header is None else header:
        is_for_us = entry.get(tag("actor", SOAP), "") in {"", _NEXT}
        must = attribute(entry, tag("mustUnderstand", SOAP)) in {"1", "true"}
        if is_for_us and must and entry.tag != tag("Security", WSSE):
            raise NotUnderstoodError("an entry of the Header is not understood")


def element(kept: bytes) -> etree._Element:
    """An element from bytes of our own books."""
    return _read(kept)


def indented(kept: bytes) -> str:
    """Bytes of our own books for a person to read."""
    return etree.tostring(_read(kept), pretty_print=True, encoding="unicode") if kept else ""


def check(child: etree._Element, schema: str = "msed-types.xsd") -> None:
    """Validates a Body's child, facets included, which zeep does not do.

    Args:
        child: of a message.
        schema: name of the file in `contracts/`.

    Raises:
        MessageRefusedError: `SCHEMA` with the first violation.
    """
    with _validating:
        try:
            _schema(schema).assertValid(child)
        except etree.DocumentInvalid:
            # Place and kind of the violation only: the message may quote what a person wrote.
            log: Any = _schema(schema).error_log  # its stub knows no items
            first = log[0]
            reason = f"line {first.line}: {first.type_name} at {first.path}"
            raise MessageRefusedError("SCHEMA", reason) from None


def envelope(child: bytes, header: bytes = b"") -> bytes:
    """An envelope round the very bytes of a Body's child."""
    return b"".join(
        (
            _XML_DECLARATION,
            f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Header>'.encode(),
            header,
            b"</soap:Header><soap:Body>",
            child,
            b"</soap:Body></soap:Envelope>",
        )
    )


def fault(error: MessageRefusedError | AuthenticationError | NotUnderstoodError) -> bytes:
    """The envelope of a SOAP fault; what is wrong with a Header has no detail (SOAP 1.1, section 4.4)."""
    if not isinstance(error, MessageRefusedError):
        return _fault(error.faultcode, str(error), "")
    detail = (
        f'<detail><m:MsedFault xmlns:m="{MSED}"><m:code>{error.code}</m:code>'
        f"<m:message>{escape(error.text)}</m:message>"
        f"<m:retryable>{str(error.retryable).lower()}</m:retryable></m:MsedFault></detail>"
    )
    return _fault(error.faultcode, str(error), detail)


def _fault(code: str, words: str, detail: str) -> bytes:
    return envelope(
        f'<soap:Fault xmlns:wsse="{WSSE}"><faultcode>{code}</faultcode>'
        f"<faultstring>{escape(words)}</faultstring>{detail}</soap:Fault>".encode()
    )


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(contract_file(name))))


class _RootReachedError(Exception):
    pass


def _refuse_dtd(message: bytes) -> None:
    """Reads the prolog only: without a DTD nothing can expand and nothing can be fetched."""

    def doctype(*_: object) -> NoReturn:
        raise MessageRefusedError("SCHEMA", "a DTD is not allowed")

    def root(*_: object) -> NoReturn:
        raise _RootReachedError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(message, True)
    except _RootReachedError:
        return
    except (expat.ExpatError, LookupError, ValueError):
        raise MessageRefusedError("SCHEMA", "not well-formed XML") from None


def _refuse_swarm(message: bytes) -> None:
    """Refuses more elements or attributes than a message can have, before a tree is made of them.

    Counted by their signs, two of an element: the tree takes a hundred times the bytes of `<a/>`. How
    deep they may stand is the parser's own limit, 256.
    """
    if message.count(b"<") > 2 * MAX_ELEMENTS or message.count(b"=") > _MAX_EQUALS_SIGNS:
        raise MessageRefusedError("TOO_LARGE", "too many elements or attributes")


def _read(message: bytes) -> etree._Element:
    _refuse_swarm(message)
    _refuse_dtd(message)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(message, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise MessageRefusedError("SCHEMA", "not well-formed XML") from None
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() not in {"UTF-8", "UTF8"}:
        raise MessageRefusedError("SCHEMA", "UTF-8 is wanted")
    return root
