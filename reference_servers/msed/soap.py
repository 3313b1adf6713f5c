"""SOAP 1.1 envelopes of the exchange: reading by a hardened parser, writing, faults, the schema."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape

from lxml import etree

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MSED = "urn:msed:appeals:1"
NEXT = "http://schemas.xmlsoap.org/soap/actor/next"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
MAX_MESSAGE_BYTES = 16 * 1024 * 1024

FaultCode = Literal[
    "SCHEMA",
    "ACCESS_DENIED",
    "UID_CONFLICT",
    "UNKNOWN_APPEAL",
    "UNKNOWN_FILE",
    "BAD_OFFSET",
    "HASH_MISMATCH",
    "TOO_LARGE",
    "BUSY",
    "FAILURE",
]
SecurityCode = Literal["FailedAuthentication", "InvalidSecurity", "MessageExpired"]


class _Maker:
    """Builds elements of the contract's namespace: M.name("text", child, attribute="value")."""

    def __call__(
        self, name: str, *content: str | etree._Element, **attributes: str
    ) -> etree._Element:
        element = etree.Element(tag(name), attributes, nsmap={"m": MSED})
        for part in content:
            if isinstance(part, str):
                element.text = part
            else:
                element.append(part)
        return element

    def __getattr__(self, name: str) -> Callable[..., etree._Element]:
        return partial(self, name)


M = _Maker()


class MsedFault(Exception):
    """A refusal of the contract (README, 7)."""

    def __init__(self, code: FaultCode, message: str, *, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = code in ("BUSY", "FAILURE") if retryable is None else retryable

    @property
    def faultcode(self) -> str:
        return "soap:Server" if self.retryable else "soap:Client"

    def envelope(self) -> bytes:
        detail = M.MsedFault(
            M.code(self.code), M.message(self.message), M.retryable(str(self.retryable).lower())
        )
        return _fault(
            self.faultcode,
            f"{self.code}: {self.message}",
            b"<detail>"
            + etree.tostring(detail, encoding="UTF-8", xml_declaration=False)
            + b"</detail>",
        )


class VersionMismatch(MsedFault):
    """An envelope of another SOAP."""

    faultcode = "soap:VersionMismatch"

    def __init__(self) -> None:
        super().__init__("SCHEMA", "not a SOAP 1.1 envelope")


class NotUnderstood(Exception):
    """A Header's entry that must be understood and is not: a header error, so without a detail."""

    def envelope(self) -> bytes:
        return _fault("soap:MustUnderstand", str(self), b"")


class SecurityFault(Exception):
    """An authentication failure: a header error, so without a detail (README, 7)."""

    def __init__(self, code: SecurityCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def envelope(self) -> bytes:
        return _fault(f"wsse:{self.code}", self.message, b"")


def tag(name: str) -> str:
    return f"{{{MSED}}}{name}"


def text(element: etree._Element, path: str) -> str:
    """Text of a descendant named by local names joined with slashes; empty when it is absent."""
    found = element.find("/".join(tag(step) for step in path.split("/")))
    return "" if found is None else "".join(str(piece) for piece in found.itertext()).strip()


def attribute(element: etree._Element, name: str) -> str:
    """An attribute of a token's type, which may have space round it; empty when it is absent."""
    return (element.get(name) or "").strip()


def canonical(element: etree._Element) -> bytes:
    """Exclusive C14N 1.0 without comments: what decides whether two messages are the same."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def serialized(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=False)


def envelope(child: bytes, header: bytes = b"") -> bytes:
    """Wrap the Body's child, byte for byte, so that a stored message is repeated as it was."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<soap:Envelope xmlns:soap="'
        + SOAP.encode()
        + b'">'
        + (b"<soap:Header>" + header + b"</soap:Header>" if header else b"")
        + b"<soap:Body>"
        + child
        + b"</soap:Body></soap:Envelope>"
    )


def _fault(code: str, message: str, detail: bytes) -> bytes:
    return envelope(
        f'<soap:Fault xmlns:wsse="{WSSE}"><faultcode>{code}</faultcode>'
        f"<faultstring>{escape(message)}</faultstring>".encode()
        + detail
        + b"</soap:Fault>"
    )


class _PrologOver(Exception):
    pass


def _refuse_dtd(body: bytes) -> None:
    """Look at the prolog only: no DTD means no entities, so nothing can expand or be fetched."""

    def doctype(*_: object) -> NoReturn:
        raise MsedFault("SCHEMA", "a DTD is not allowed")

    def root(*_: object) -> NoReturn:
        raise _PrologOver

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(body, True)
    except _PrologOver:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise MsedFault("SCHEMA", f"not well-formed XML: {error}") from error


def parse(body: bytes, charset: str | None = None) -> tuple[etree._Element | None, etree._Element]:
    """Read an envelope into its Header, if any, and the only child of its Body.

    charset is that of the Content-Type, if given. Raises MsedFault SCHEMA, TOO_LARGE.
    """
    if len(body) > MAX_MESSAGE_BYTES:
        raise MsedFault("TOO_LARGE", "a message is at most 16 MiB")
    _refuse_dtd(body)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MsedFault("SCHEMA", f"not well-formed XML: {error}") from error
    encoding = _plain(root.getroottree().docinfo.encoding or "UTF-8")
    if encoding not in ("UTF8", "UTF16") or _plain(charset or encoding) != encoding:
        raise MsedFault("SCHEMA", f"encoding {encoding} under charset {charset}: UTF-8 is wanted")
    if next(root.iter(etree.ProcessingInstruction), None) is not None:
        raise MsedFault("SCHEMA", "SOAP 1.1 allows no processing instructions")
    if root.tag != f"{{{SOAP}}}Envelope":
        raise VersionMismatch
    bodies = root.findall(f"{{{SOAP}}}Body")
    children = list(_elements(bodies[0])) if len(bodies) == 1 else []
    if len(children) != 1:
        raise MsedFault("SCHEMA", "one Body with one child is wanted")
    return root.find(f"{{{SOAP}}}Header"), children[0]


def check_understood(header: etree._Element | None) -> None:
    """Raise NotUnderstood where the Header asks for more than Security of us (SOAP 1.1, 4.2.3)."""
    for entry in () if header is None else header:
        is_for_us = entry.get(f"{{{SOAP}}}actor", "") in ("", NEXT)
        must = attribute(entry, f"{{{SOAP}}}mustUnderstand") in ("1", "true")
        if is_for_us and must and entry.tag != f"{{{WSSE}}}Security":
            raise NotUnderstood("an entry of the Header is not understood")


def _plain(encoding: str) -> str:
    return encoding.upper().replace("-", "").removesuffix("LE").removesuffix("BE")


def _elements(parent: etree._Element) -> Iterator[etree._Element]:
    return (child for child in parent if isinstance(child.tag, str))


class Contract:
    """The schema of both sides, safe to share between threads."""

    def __init__(self, contracts: Path = CONTRACTS) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(contracts / "msed-types.xsd")))
        # The error log belongs to the schema object, not to one validation.
        self._lock = threading.Lock()

    def check(self, element: etree._Element) -> None:
        """Raise MsedFault SCHEMA with the first violation."""
        with self._lock:
            try:
                self._schema.assertValid(element)
            except etree.DocumentInvalid as error:
                raise MsedFault("SCHEMA", str(error)[:500]) from error
