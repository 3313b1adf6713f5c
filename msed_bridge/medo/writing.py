"""МЭДО 2.6 messages to an authority, written from the values that the contract with МСЭД has."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from lxml import etree

from msed_bridge import soap

IEDMS = "http://www.infpres.com/IEDMS"
SCHEMA = "IEDMS-2.6.xsd"
VERSION = "2.6"
DOCUMENT, NOTIFICATION, RECEIPT = "Документ", "Уведомление", "Квитанция"
TEXT_NAME = "text.txt"
"""The file with the document itself."""
ALGORITHM = "SHA-256"

Values = Mapping[str, Any]

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_TYPES = {".pdf": "pdf", ".tif": "tif", ".doc": "doc", ".txt": "txt", ".xml": "xml"}
_PAGE_CHARACTERS = 1800


@dataclass(frozen=True)
class Party:
    """A side of the exchange as МЭДО knows it."""

    uid: uuid.UUID
    name: str


@dataclass(frozen=True)
class Head:
    """What every message begins with.

    Attributes:
        uid: the message's identity.
        at: when it was made.
        source, destination: from whom, for whom.
    """

    uid: uuid.UUID
    at: datetime
    source: Party
    destination: Party


def appeal(head: Head, values: Values) -> tuple[bytes, bytes]:
    """An appeal as a document.

    Args:
        head: of the message.
        values: the contract's `appeal`, of `mapping.appeal`.

    Returns:
        The message's XML and the document as a text file.

    Raises:
        MessageRefusedError: it is against the schema.
    """
    number, day = values["num"]["number"], values["num"]["date"]
    who = values["correspondent"]
    place = values["location"]
    lines = [
        f"Обращение № {number} от {day_in_words(day)}",
        f"Вид: {values['kind']}",
        f"Кому: {head.destination.name}",
        f"От кого: {_person(who)}",
        *(f"Связь: {contact}" for contact in filter(None, [_contact(who)])),
        f"О чём: {values['annotation']}",
        f"Место: {place['address']} ({place['latitude']}, {place['longitude']}, WGS 84)",
        f"Код по классификатору: {values['classifierCode']}",
        f"Ответить до: {day_in_words(values['controlDate'])}",
        "",
        values["text"],
    ]
    root, document = _document(
        head, uid=values["uid"], kind="Обращение гражданина", number=number, day=day, who=who
    )
    return _finish(root, document, head, "\n".join(lines), values, sort=values["kind"])


def addition(head: Head, values: Values, *, number: str, day: str) -> tuple[bytes, bytes]:
    """An addition to an appeal as a document that is linked to it.

    Args:
        head: of the message; its uid is the document's too.
        values: of `mapping.addition`.
        number, day: of the appeal, ISO date.

    Returns:
        As `appeal`.

    Raises:
        MessageRefusedError: it is against the schema.
    """
    purpose = values["purpose"]
    lines = [f"{purpose} к обращению № {number} от {day_in_words(day)}"]
    if "rating" in values:
        lines.append(f"Оценка: {values['rating']} из 5; {_solved(values)}")
    if "controlDate" in values:
        lines.append(f"Ответить до: {day_in_words(values['controlDate'])}")
    lines += ["", values["text"]]
    root, document = _document(
        head, uid=str(head.uid), kind=purpose, number=number, day=day, who=None
    )
    shown = {**values, "annotation": " ".join([lines[0], *lines[1:-2]])}
    link = (values["appealUid"], number, day)
    return _finish(root, document, head, "\n".join(lines), shown, sort=purpose, link=link)


def file_name(number: int, name: str) -> str:
    """The name of the file `number` (from 1) in a package; whatever people call it, it is a plain one."""
    suffix = PurePath(name).suffix
    return f"file{number:02d}{suffix.lower() if _SUFFIX.fullmatch(suffix) else ''}"


def receipt(
    head: Head, of: uuid.UUID, *, accepted: bool, comment: str = "", hashes: Mapping[str, str]
) -> bytes:
    """A receipt («Квитанция»).

    Args:
        head: of the receipt itself.
        of: the message that came.
        accepted: whether it was taken.
        comment: why not.
        hashes: SHA-256 of the files that came, by their names.
    """
    root = _root(head, RECEIPT)
    body = _add(root, "acknowledgment", uid=str(of))
    _add(body, "time", written(head.at))
    _add(body, "accepted", str(accepted).lower())
    if comment:
        _add(body, "comment", comment[:2047])
    if hashes:
        codes = _add(body, "hashCodes", algorithm=ALGORITHM)
        for name, code in hashes.items():
            item = _add(codes, "item")
            _add(item, "name", name)
            _add(item, "code", code.upper())
    return _closed(root, head)


def _document(
    head: Head, *, uid: str, kind: str, number: str, day: str, who: Values | None
) -> tuple[etree._Element, etree._Element]:
    """Root and document, begun: up to its addressees."""
    root = _root(head, DOCUMENT)
    document = _add(root, "document", uid=uid, id=number)
    _add(document, "kind", kind)
    _number(document, number, day)
    signatory = _add(_add(document, "signatories"), "signatory")
    _whose(signatory, who, head.source)
    _add(signatory, "signed", day)
    addressee = _add(_add(document, "addressees"), "addressee", uid=str(head.destination.uid))
    _add(addressee, "organization", head.destination.name[:511])
    return root, document


def _finish(
    root: etree._Element,
    document: etree._Element,
    head: Head,
    words: str,
    values: Values,
    *,
    sort: str,
    link: tuple[str, str, str] | None = None,
) -> tuple[bytes, bytes]:
    """The rest of a document, in the order of the schema, and its files."""
    pages = str(-(-len(words) // _PAGE_CHARACTERS))
    _add(document, "pages", pages)
    _add(document, "annotation", values["annotation"][:4000])
    if who := values.get("correspondent"):
        _whose(_add(_add(document, "correspondents"), "correspondent"), who, head.source)
    if link is not None:
        uid, number, day = link
        linked = _add(_add(document, "links"), "link", uid=uid, id=number)
        _add(linked, "linkType", "Связан с")
        _number(_add(linked, "reference"), number, day)
    if deadline := values.get("controlDate"):
        clause = _add(_add(document, "clauses"), "clause", localId="1")
        _add(clause, "text", "Рассмотреть и дать ответ")
        _add(clause, "deadline", deadline)
    _add(document, "files", "0")
    if code := values.get("classifierCode"):
        _add(document, "comment", f"{sort}. Код по классификатору: {code}")
    files = _add(root, "files")
    _file(files, 0, TEXT_NAME, "Текст документа", "Документ", pages)
    for place, named in enumerate(values.get("file", ()), start=1):
        _file(
            files,
            place,
            file_name(place, named["localName"]),
            "Текст приложения",
            named["localName"],
        )
    # A Windows program opens the text: the mark says that it is UTF-8.
    return _closed(root, head), words.replace("\n", "\r\n").encode("utf-8-sig")


def _file(
    files: etree._Element, number: int, name: str, group: str, title: str, pages: str = ""
) -> None:
    about = {"localName": name, "localId": str(number)}
    if kind := _TYPES.get(PurePath(name).suffix):
        about["type"] = kind
    file = _add(files, "file", **about)
    _add(file, "group", group)
    _add(file, "description", title[:511])
    if pages:
        _add(file, "pages", pages)


def _root(head: Head, kind: str) -> etree._Element:
    root = etree.Element(tag("communication"), nsmap={"xdms": IEDMS})
    root.set(tag("version"), VERSION)
    header = _add(root, "header", type=kind, uid=str(head.uid), created=written(head.at))
    source = _add(header, "source", uid=str(head.source.uid))
    _add(source, "organization", head.source.name[:511])
    return root


def _closed(root: etree._Element, head: Head) -> bytes:
    """Names the receiver and checks the whole."""
    where = _add(_add(root, "deliveryIndex"), "destination")
    destination = _add(where, "destination", uid=str(head.destination.uid))
    _add(destination, "organization", head.destination.name[:511])
    soap.check(root, SCHEMA)
    message: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return message


def _whose(party: etree._Element, who: Values | None, portal: Party) -> None:
    """Who writes; what the portal itself says of an appeal is its own document."""
    _add(party, "organization", ((who or {}).get("organization") or portal.name)[:511])
    if who is not None:
        _add(party, "person", _person(who)[:511])
        if contact := _contact(who):
            _add(party, "contactInfo", contact[:511])


def _person(who: Values) -> str:
    names = (who.get(name, "") for name in ("lastName", "firstName", "middleName"))
    return " ".join(filter(None, names))


def _contact(who: Values) -> str:
    return ", ".join(filter(None, (who.get("email"), who.get("phone"))))


def _solved(values: Values) -> str:
    return "вопрос решён" if values["solved"] else "вопрос не решён"


def _number(parent: etree._Element, number: str, day: str) -> None:
    num = _add(parent, "num")
    _add(num, "number", number)
    _add(num, "date", day)


def day_in_words(iso: str) -> str:
    """A day as people write it."""
    return ".".join(reversed(iso.split("-")))


def written(at: datetime) -> str:
    """A moment as МЭДО has it."""
    return at.isoformat(timespec="seconds")


def tag(name: str) -> str:
    """The name of an element or attribute of МЭДО as lxml writes it."""
    return soap.tag(name, IEDMS)


def _add(
    parent: etree._Element, name: str, words: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, tag(name))
    for attribute, value in attributes.items():
        # The schema wants its attributes in its namespace too.
        element.set(tag(attribute), value)
    if words is not None:
        element.text = words
    return element
