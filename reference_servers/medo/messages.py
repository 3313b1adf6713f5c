"""МЭДО 2.6 messages as an authority's document system writes and reads them, checked by the schema."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

NAMESPACE = "http://www.infpres.com/IEDMS"
CONTRACT = Path(__file__).resolve().parents[2] / "contracts" / "IEDMS-2.6.xsd"


class Schema:
    """The published schema."""

    def __init__(self) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(CONTRACT)))

    def parse(self, content: bytes) -> etree._Element:
        """A message that is valid.

        Raises:
            etree.LxmlError: it is not.
        """
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(content, parser)
        self._schema.assertValid(root)
        return root

    def write(self, root: etree._Element) -> bytes:
        """The bytes of a message, after a look whether it is valid."""
        self._schema.assertValid(root)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


@dataclass(frozen=True)
class Side:
    """An organisation in МЭДО."""

    uid: str
    name: str


def tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def find(element: etree._Element, path: str) -> etree._Element | None:
    return element.find("/".join(map(tag, path.split("/"))))


def text(element: etree._Element, path: str) -> str:
    found = find(element, path)
    return "" if found is None else (found.text or "").strip()


def attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(tag(name)) or ""


def file_names(root: etree._Element) -> list[str]:
    """The files that a message names."""
    found = root.findall(f"{tag('files')}/{tag('file')}")
    return [attribute(file, "localName") for file in found]


def moment() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def add(parent: etree._Element, name: str, words: str | None = None, **values: str) -> Any:
    element = etree.SubElement(parent, tag(name))
    for key, value in values.items():
        element.set(tag(key), value)
    element.text = words
    return element


def begin(kind: str, uid: str, source: Side) -> etree._Element:
    """The root with its header."""
    root = etree.Element(tag("communication"), nsmap={"c": NAMESPACE})
    root.set(tag("version"), "2.6")
    header = add(root, "header", type=kind, uid=uid, created=moment())
    add(add(header, "source", uid=source.uid), "organization", source.name)
    return root


def receipt(
    uid: str, of: str, source: Side, files: Mapping[str, bytes], *, wrong_hash: bool = False
) -> etree._Element:
    """A receipt for a message that was taken."""
    root = begin("Квитанция", uid, source)
    body = add(root, "acknowledgment", uid=of)
    add(body, "time", moment())
    add(body, "accepted", "true")
    codes = add(body, "hashCodes", algorithm="SHA-256")
    for name, content in files.items():
        item = add(codes, "item")
        add(item, "name", name)
        code = hashlib.sha256(content + b"!" * wrong_hash).hexdigest()
        add(item, "code", code.upper())
    return root


def notification(uid: str, of: str, source: Side, kind: str) -> tuple[etree._Element, Any]:
    """A notification of the type `kind` without its event."""
    root = begin("Уведомление", uid, source)
    return root, add(root, "notification", type=kind, uid=of)


def accepted(uid: str, of: str, source: Side, number: str) -> etree._Element:
    root, body = notification(uid, of, source, "Зарегистрирован")
    event = add(body, "documentAccepted")
    add(event, "time", moment())
    _number(event, "num", number)
    return root


def refused(uid: str, of: str, source: Side) -> etree._Element:
    root, body = notification(uid, of, source, "Отказано в регистрации")
    event = add(body, "documentRefused")
    add(event, "time", moment())
    add(event, "reason", "Ошибка адресации")
    add(body, "comment", "Дорога не на балансе администрации.")
    return root


def assigned(uid: str, of: str, source: Side) -> etree._Element:
    root, body = notification(uid, of, source, "Назначен исполнитель")
    event = add(body, "executorAssigned")
    add(event, "time", moment())
    for role, person in (("secretary", "Орлова М. Д."), ("manager", "Котов А. И.")):
        add(add(event, role), "person", person)
    executor = add(event, "executor")
    add(executor, "organization", source.name)
    add(executor, "person", "Белов С. Ю.")
    add(executor, "department", "Отдел благоустройства")
    return root


def sent(uid: str, of: str, source: Side, number: str) -> etree._Element:
    root, body = notification(uid, of, source, "Доклад направлен")
    event = add(body, "reportSent")
    add(event, "time", moment())
    _number(add(event, "report"), "num", number)
    return root


def answer(
    uid: str, of: str, source: Side, portal: Side, number: str, words: str, files: list[str]
) -> etree._Element:
    """The answer: a document with its files, linked to the appeal."""
    root = begin("Документ", uid, source)
    document = add(root, "document", uid=uid)
    add(document, "kind", "Письмо")
    _number(document, "num", number)
    add(document, "specialMark", "Решено")
    signatory = add(add(document, "signatories"), "signatory")
    add(signatory, "organization", source.name)
    add(signatory, "person", "Рябов Константин Львович")
    add(signatory, "post", "заместитель главы")
    add(signatory, "signed", today())
    addressee = add(add(document, "addressees"), "addressee", uid=portal.uid)
    add(addressee, "organization", portal.name)
    add(document, "pages", "1")
    add(document, "annotation", words)
    link = add(add(document, "links"), "link", uid=of)
    add(link, "linkType", "В ответ на")
    _number(add(link, "reference"), "num", number)
    listed = add(root, "files")
    for place, name in enumerate(files):
        file = add(listed, "file", localName=name, localId=str(place))
        add(file, "group", "Текст приложения")
    return root


def _number(parent: Any, name: str, number: str) -> None:
    num = add(parent, name)
    add(num, "number", number)
    add(num, "date", today())
