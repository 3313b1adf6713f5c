"""МЭДО behind the port: messages are packages in a folder, their receipts come as packages too."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db.models import F

from authorities.models import Authority
from common import clock, uploads
from issues.models import IssueEvent
from msed_bridge import client, mapping
from msed_bridge.client import Receipt
from msed_bridge.mapping import SentFile
from msed_bridge.medo import folders, reading, writing
from msed_bridge.models import Exchange, FileTransfer
from msed_bridge.operations.port import Written
from msed_bridge.soap import MessageRefusedError

_NO_FOLDER = "MEDO_FOLDER is not set"
_NO_ADDRESS = "the authority has no address in МЭДО"


def may_call() -> bool:
    """Always: a message that can not be written says so in the books by itself; see `Port`."""
    return True


def write(
    event: IssueEvent,
    kind: Exchange.Kind,
    *,
    uid: uuid.UUID,
    at: datetime,
    files: Sequence[SentFile],
) -> Written:
    """A document of МЭДО 2.6 and its text; see `Port`."""
    assert event.authority is not None
    head = writing.Head(uid, at, portal(), party(event.authority))
    if kind == Exchange.Kind.REGISTER:
        body, text = writing.appeal(head, mapping.appeal(event.issue, event, files))
        return Written(body, document=text)
    values = mapping.addition(event.issue, event, files)
    body, text = writing.addition(
        head,
        values,
        number=event.issue.number,
        day=clock.region_date(event.issue.filed_at).isoformat(),
    )
    return Written(body, values["purpose"], text)


def send(exchange: Exchange, *, has_files: bool, renew: Callable[[], None]) -> Receipt | None:
    """Puts the package into the gateway's folder; the receipt comes from there. See `Port`."""
    event = exchange.event
    assert event is not None
    assert event.authority is not None
    address = event.authority.medo_address
    if not address:
        raise client.UnreachableError("FOLDER", _NO_ADDRESS)
    content: dict[str, bytes | IO[bytes]] = {
        "document.xml": bytes(exchange.body),
        writing.TEXT_NAME: bytes(exchange.document or b""),
    }
    renew()
    try:
        with ExitStack() as opened:
            for name, transfer in _named_files(exchange):
                assert transfer.attachment is not None
                content[name] = opened.enter_context(transfer.attachment.as_sent.open("rb"))
            envelope = folders.Envelope(
                subject=f"ЭСД МЭДО (Обращение № {exchange.issue.number})",
                address=address,
                at=exchange.made_at.astimezone(clock.region_zone()),
            )
            folders.write(root(), str(exchange.uid), envelope, content)
    except OSError as error:
        # The class only: the text names paths.
        raise client.UnreachableError("FOLDER", type(error).__name__) from error
    exchange.files.update(held=F("size"), state=FileTransfer.State.DONE)
    return None


def fetch(transfer: FileTransfer, *, renew: Callable[[int], None]) -> bytes:
    """Reads a file out of the package that was put aside; see `Port`."""
    assert transfer.notice is not None
    if transfer.size > uploads.MAX_BYTES:
        raise uploads.UploadRefusedError(transfer.name, uploads.Refusal.TOO_LONG)
    package = folders.kept(root(), str(transfer.notice.uid))
    try:
        content = package.read(transfer.name, most=transfer.size)
    except folders.PackageRefusedError as refused:
        raise client.UnreachableError(refused.code, refused.text) from refused
    if hashlib.sha256(content).hexdigest() != transfer.sha256:
        raise client.UnreachableError("HASH_MISMATCH")
    renew(len(content))
    return content


def root() -> Path:
    """The folder that is shared with the gateway.

    Raises:
        client.UnreachableError: none is set.
    """
    if not settings.MEDO_FOLDER:
        raise client.UnreachableError("FOLDER", _NO_FOLDER)
    return Path(settings.MEDO_FOLDER)


def portal() -> writing.Party:
    """The portal as МЭДО knows it."""
    return writing.Party(uuid.UUID(settings.MEDO_PORTAL_UID), settings.MSED_PORTAL_NAME)


def party(authority: Authority) -> writing.Party:
    """An authority as МЭДО knows it.

    Raises:
        soap.MessageRefusedError: it has no uid there any more.
    """
    if authority.medo_uid is None:
        raise MessageRefusedError("SCHEMA", "the authority has no uid in МЭДО")
    return writing.Party(authority.medo_uid, authority.name)


def sent_hashes(exchange: Exchange) -> dict[str, str]:
    """SHA-256 of the files of a message that was sent, by their names in its package."""
    ours = {"document.xml": exchange.body, writing.TEXT_NAME: exchange.document}
    hashes = {name: hashlib.sha256(bytes(part or b"")).hexdigest() for name, part in ours.items()}
    return hashes | {name: transfer.sha256 for name, transfer in _named_files(exchange)}


def _named_files(exchange: Exchange) -> list[tuple[str, FileTransfer]]:
    """The files beside the text, by the names that the message gives them."""
    names = reading.read(bytes(exchange.body)).file_names
    transfers = exchange.files.select_related("attachment").order_by("pk")
    return list(zip(names[1:], transfers, strict=True))
