"""Packages as an authority behind МЭДО would send them, brought into the portal's folder by hand."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from authorities.models import Authority
from issues.models import Issue
from reference_servers.medo import messages
from reference_servers.medo.messages import Side


@dataclass
class Message:
    """One message with its files; the content may be spoilt before it is brought."""

    uid: uuid.UUID
    name: str
    content: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def envelope(self) -> bytes:
        names = [self.name, *self.files]
        lines = ["[ПИСЬМО КП ПС СЗИ]", "[АДРЕСАТЫ]", "0=PORTAL", "[ФАЙЛЫ]"]
        lines += [f"{number}={name}" for number, name in enumerate(names)]
        return ("\r\n".join(lines) + "\r\n").encode("cp1251")


class Told:
    """What an authority tells of an issue."""

    def __init__(self, issue: Issue, authority: Authority) -> None:
        self._of = str(issue.uid)
        self._side = Side(str(authority.medo_uid), authority.name)

    def accepted(self, number: str) -> Message:
        uid = uuid.uuid4()
        root = messages.accepted(str(uid), self._of, self._side, number)
        return Message(uid, "notification.xml", _written(root))

    def assigned(self) -> Message:
        uid = uuid.uuid4()
        root = messages.assigned(str(uid), self._of, self._side)
        return Message(uid, "notification.xml", _written(root))

    def answer(self, files: Mapping[str, bytes]) -> Message:
        uid = uuid.uuid4()
        portal = Side(str(uuid.uuid4()), "Портал")
        root = messages.answer(
            str(uid), self._of, self._side, portal, "О-1", "Разъясняем.", list(files)
        )
        for mark in root.iter(messages.tag("specialMark")):
            parent = mark.getparent()
            assert parent is not None
            parent.remove(mark)
        return Message(uid, "document.xml", _written(root), files)

    def signed_answer(self, files: Mapping[str, bytes], signatures: Mapping[str, bytes]) -> Message:
        """An answer whose first file is signed by each of `signatures`, files of PKCS#7 by their names."""
        told = self.answer(files)
        root = etree.fromstring(told.content)
        signed = messages.find(root, "files/file")
        assert signed is not None
        data = messages.add(signed, "signedData", localName=next(iter(files)))
        for name in signatures:
            info = messages.add(data, "signerInfo", signature=name)
            messages.add(info, "digestTime", "2026-11-20T12:30:00+03:00")
            signer = messages.add(info, "signer")
            messages.add(signer, "organization", self._side.name)
            messages.add(signer, "person", "Рябов Константин Львович")
        return Message(told.uid, told.name, _written(root), {**files, **signatures})


def bring(root: Path, message: Message, *, name: str = "", envelope: bytes | None = None) -> Path:
    """Lays a package into the portal's folder; without an envelope it is not finished."""
    path = root / "in" / (name or str(message.uid))
    path.mkdir()
    for file, content in {message.name: message.content, **message.files}.items():
        (path / file).write_bytes(content)
    envelope = message.envelope if envelope is None else envelope
    if envelope:
        (path / "envelope.ini").write_bytes(envelope)
    return path


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")).replace(
        b"'UTF-8'", b'"UTF-8"'
    )
