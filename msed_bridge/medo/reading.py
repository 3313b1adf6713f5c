"""МЭДО 2.6 messages of an authority: read by a hardened parser, checked, told in the words of МСЭД.

The contract with МСЭД was shaped after МЭДО, so what an authority tells by a folder becomes the notification
that МСЭД would send, and one table (`mapping`) follows both. The standard has no numbers of
notifications, no redirection, no new term and no decision of an answer: docs/decisions/0019-medo.md.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from msed_bridge import soap
from msed_bridge.medo.writing import (
    ALGORITHM,
    DOCUMENT,
    NOTIFICATION,
    RECEIPT,
    SCHEMA,
    day_in_words,
    tag,
    written,
)
from msed_bridge.soap import MSED, MessageRefusedError

ANSWER = "reportSent"
"""The kind of what becomes an answer."""

_DECLARED = re.compile(
    rb'<\?xml[^>]{0,200}?encoding\s*=\s*["\']([A-Za-z0-9._-]{1,40})["\'][^>]*\?>'
)
_DECISIONS = frozenset({"Решено", "Разъяснено", "Отложено", "Отказано"})
_SIGNER = ("organization", "post", "person")
_ANSWERING = frozenset({"В ответ на", "Ответ", "Во исполнение", "На №"})


@dataclass(frozen=True)
class Signature:
    """What a message says of an electronic signature that came with it; nobody has checked it.

    Attributes:
        name: of the file that holds it, PKCS#7, detached.
        of: the file that is signed.
        at: when, as the message has it; None where it says nothing of our days.
        signer: whose it is said to be, in words.
    """

    name: str
    of: str = ""
    at: datetime | None = None
    signer: str = ""


@dataclass(frozen=True)
class Message:
    """A message that the schema has checked.

    Attributes:
        uid: its identity.
        kind: `DOCUMENT`, `NOTIFICATION` or `RECEIPT`.
        source: uid of who sends it.
        at: when it was made, or what it tells of happened; UTC.
        root: the XML.
    """

    uid: uuid.UUID
    kind: str
    source: uuid.UUID
    at: datetime
    root: etree._Element

    @property
    def file_names(self) -> list[str]:
        """The files that it names."""
        return [_attribute(file, "localName") for file in _all(self.root, "files/file")]

    @property
    def signatures(self) -> list[Signature]:
        """The electronic signatures that it names; a file may have several."""
        return [
            Signature(
                name=_attribute(info, "signature"),
                of=_attribute(signed, "localName") or _attribute(file, "localName"),
                at=_moment_or_none(_text(info, "digestTime")),
                signer=", ".join(filter(None, (_text(info, f"signer/{part}") for part in _SIGNER))),
            )
            for file in _all(self.root, "files/file")
            for signed in _all(file, "signedData")
            for info in _all(signed, "signerInfo")
        ]

    @property
    def documents(self) -> list[tuple[uuid.UUID, str]]:
        """Documents that it is about, with the type of the link; none for a notification."""
        if self.kind == NOTIFICATION:
            return [(uuid.UUID(_attribute(_one(self.root, "notification"), "uid")), "")]
        links = _all(self.root, "document/links/link")
        return [
            (uuid.UUID(uid), _text(link, "linkType"))
            for link in links
            if (uid := _attribute(link, "uid"))
        ]


@dataclass(frozen=True)
class Receipt:
    """A receipt, read.

    Attributes:
        of: the message that it is for.
        accepted: whether it was taken.
        comment: the other side's words.
        hashes: of our files as they came there, by their names; empty where it used another algorithm.
    """

    of: uuid.UUID
    accepted: bool
    comment: str
    hashes: Mapping[str, str]


def read(content: bytes) -> Message:
    """Reads a message: UTF-8 or Windows-1251 as it declares, no DTD, valid by the schema.

    Raises:
        MessageRefusedError: it is none.
    """
    if len(content) > soap.MAX_MESSAGE_BYTES:
        raise MessageRefusedError("TOO_LARGE", "a message is at most 16 MiB")
    root = soap.element(_as_utf8(content))
    soap.check(root, SCHEMA)
    if root.tag != tag("communication"):
        raise MessageRefusedError("SCHEMA", "it is no message")
    header = _one(root, "header")
    kind, uid = _attribute(header, "type"), _attribute(header, "uid")
    body = {DOCUMENT: "document", NOTIFICATION: "notification", RECEIPT: "acknowledgment"}[kind]
    if root.find(tag(body)) is None or not uid:
        raise MessageRefusedError("SCHEMA", "its header says something else than its body")
    told = _attribute(header, "created")
    if kind == NOTIFICATION:
        told = _text(_one(root, "notification")[0], "time")
    return Message(
        uid=uuid.UUID(uid),
        kind=kind,
        source=uuid.UUID(_attribute(_one(header, "source"), "uid")),
        at=_read_moment(told),
        root=root,
    )


def read_receipt(message: Message) -> Receipt:
    """What a message of the kind `RECEIPT` says."""
    body = _one(message.root, "acknowledgment")
    codes = body.find(tag("hashCodes"))
    known = codes is not None and _attribute(codes, "algorithm").upper() == ALGORITHM
    items = _all(body, "hashCodes/item") if known else []
    return Receipt(
        of=uuid.UUID(_attribute(body, "uid")),
        accepted=_text(body, "accepted") in {"true", "1"},
        comment=_text(body, "comment"),
        hashes={_text(item, "name"): _text(item, "code").lower() for item in items},
    )


def notification(
    message: Message, *, appeal_uid: uuid.UUID, addition: str, files: Iterable[soap.NamedFile] = ()
) -> etree._Element:
    """What a message tells of an appeal, as the contract's `notification`; it has no number.

    Args:
        message: of the kind `NOTIFICATION` or `DOCUMENT`.
        appeal_uid: the appeal's identity.
        addition: purpose of the addition that it is about; empty where it is about the appeal itself.
        files: what came with a document.
    """
    told = etree.Element(soap.tag("notification"), nsmap={"m": MSED})
    told.set("uid", str(message.uid))
    told.set("appealUid", str(appeal_uid))
    if message.kind == DOCUMENT:
        _tell_document(told, message, list(files))
        return told
    notified = _one(message.root, "notification")
    event, comment = notified[0], _text(notified, "comment")
    name = etree.QName(event).localname
    if addition and name in {"documentAccepted", "documentRefused"}:
        # Registered or refused is this paper alone: the appeal keeps the number that it has.
        _course(told, message, f"«{addition}»: {_course_words(name, event, comment)}")
    elif name == "documentAccepted":
        accepted = _event(told, name, message)
        _told_number(accepted, "num", event, "num", message)
    elif name == "documentRefused":
        refused = _event(told, name, message)
        _say(refused, "reason", ". ".join(filter(None, (_text(event, "reason"), comment))))
    elif name == "executorAssigned":
        assigned = _event(told, name, message)
        executor = _say(assigned, "executor")
        for part in ("organization", "department"):
            if words := _text(event, f"executor/{part}"):
                _say(executor, part, words)
        if comment:
            _say(assigned, "comment", comment)
    else:
        _course(told, message, _course_words(name, event, comment))
    return told


def kind_of(told: etree._Element) -> str:
    """The name of the event of what `notification` gave."""
    name: str = etree.QName(told[0]).localname
    return name


def _tell_document(told: etree._Element, message: Message, files: Sequence[soap.NamedFile]) -> None:
    document = _one(message.root, "document")
    words = _text(document, "annotation")
    if not any(kind in _ANSWERING for _uid, kind in message.documents):
        _course(told, message, words or "Направлен связанный документ.")
        return
    answer = _event(told, ANSWER, message)
    _told_number(answer, "report", document, "num", message)
    _say(answer, "text", words or "Ответ дан в приложенном документе.")
    signatory = _say(answer, "signatory")
    for part in ("organization", "person", "post"):
        if found := _text(document, f"signatories/signatory/{part}"):
            _say(signatory, part, found)
    mark = _text(document, "specialMark")
    decision = mark if mark in _DECISIONS else "Разъяснено"
    _say(answer, "decision", decision)
    due = _text(document, "clauses/clause/deadline")
    if decision == "Отложено" and due:
        _say(answer, "dueDate", due)
    for file in files:
        about = _say(answer, "file")
        about.set("uid", str(file.uid))
        about.set("localName", file.name)
        about.set("mimeType", file.content_type)
        about.set("size", str(file.size))
        _say(about, "sha256", file.sha256)


def _course_words(name: str, event: etree._Element, comment: str) -> str:
    """An event of the course in words; the contract has one kind for all of them."""
    paper = _told_of(event, "report") or _told_of(event)
    words = {
        "documentAccepted": f"зарегистрировано{paper}.",
        "documentRefused": f"отказано в регистрации. {_text(event, 'reason')}.",
        "reportPrepared": "Ответ подготовлен и передан на подпись.",
        "reportSent": f"Ответ направлен{paper}.",
        "documentPublished": f"Опубликовано{paper}. {_text(event, 'publicationPoint')}.",
        "courseChanged": _text(event, "courseText") or "Ход исполнения изменён.",
    }[name]
    return f"{words} {comment}".strip()


def _told_of(event: etree._Element, path: str = "") -> str:
    prefix = f"{path}/" if path else ""
    number = _text(event, f"{prefix}num/number")
    date = _text(event, f"{prefix}num/date")[:10]
    return f" № {number}" + (f" от {day_in_words(date)}" if date else "") if number else ""


def _course(told: etree._Element, message: Message, words: str) -> None:
    _say(_event(told, "courseChanged", message), "courseText", words)


def _event(told: etree._Element, name: str, message: Message) -> etree._Element:
    event = _say(told, name)
    _say(event, "time", written(message.at))
    return event


def _told_number(
    to: etree._Element, name: str, source: etree._Element, path: str, message: Message
) -> None:
    num = _say(to, name)
    _say(num, "number", _text(source, f"{path}/number"))
    # The standard lets the day be missing; then it is that of the event.
    _say(num, "date", _text(source, f"{path}/date")[:10] or message.at.date().isoformat())


def _say(parent: etree._Element, name: str, words: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, soap.tag(name))
    element.text = words
    return element


def _as_utf8(content: bytes) -> bytes:
    """The standard recommends two encodings; the parser here knows one."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    declared = _DECLARED.match(start)
    if declared is None or declared[1].lower() not in {b"windows-1251", b"cp1251"}:
        return content
    try:
        return start[declared.end() :].decode("cp1251").encode()
    except UnicodeDecodeError:
        raise MessageRefusedError("SCHEMA", "it is not in the encoding it declares") from None


def _read_moment(words: str) -> datetime:
    try:
        moment = soap.read_moment(words)
        in_our_days = 2000 <= moment.year <= 2100
    except ValueError:
        in_our_days = False
    if not in_our_days:
        raise MessageRefusedError("SCHEMA", "its moment is none of our days")
    return moment


def _moment_or_none(words: str) -> datetime | None:
    try:
        return _read_moment(words)
    except MessageRefusedError:
        return None


def _text(element: etree._Element, path: str) -> str:
    found = element.find("/".join(tag(step) for step in path.split("/")))
    return "" if found is None else " ".join((found.text or "").split())


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(tag(step) for step in path.split("/")))


def _one(element: etree._Element, name: str) -> etree._Element:
    return element.find(tag(name))  # type: ignore[return-value]  # the schema has checked it


def _attribute(element: etree._Element, name: str) -> str:
    return element.get(tag(name)) or ""
