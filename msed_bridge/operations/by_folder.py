"""МЭДО behind the port: messages are packages in a folder, their receipts come as packages too."""

import errno
import hashlib
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db.models import F

from authorities.models import Authority
from common import clock, uploads
from issues.models import IssueEvent
from msed_bridge import client, mapping, queries
from msed_bridge.client import Receipt
from msed_bridge.mapping import SentFile
from msed_bridge.medo import folders, reading, writing
from msed_bridge.medo.packages import PackageRefusedError
from msed_bridge.models import Channel, Exchange, FileTransfer
from msed_bridge.operations import partner
from msed_bridge.operations.port import Written
from msed_bridge.soap import MessageRefusedError

TAKEN_WITHIN = timedelta(hours=2)
"""A gateway that has taken nothing away for so long is taken for dead."""
_PROBLEMS: Mapping[int, str] = {
    errno.ENOSPC: "FOLDER_FULL",
    errno.EDQUOT: "FOLDER_FULL",
    errno.EROFS: "FOLDER_DENIED",
    errno.EACCES: "FOLDER_DENIED",
    errno.EPERM: "FOLDER_DENIED",
    errno.ENOENT: "FOLDER_GONE",
    errno.ENOTDIR: "FOLDER_GONE",
    errno.ESTALE: "FOLDER_GONE",
    errno.ENOTCONN: "FOLDER_GONE",
}
_NOT_TAKEN = "NOT_TAKEN"
_NO_FOLDER = "MEDO_FOLDER is not set"
_NO_ADDRESS = "the authority has no address in МЭДО"


def may_call() -> bool:
    """Neither paused, nor is the breaker of the folder open; see `Port`."""
    return partner.may_call(Channel.MEDO)


def may_fetch() -> bool:
    """Always: what an answer brought lies here already. See `Port`."""
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
        raise client.UnreachableError("NO_ADDRESS", _NO_ADDRESS)
    content: dict[str, bytes | IO[bytes]] = {
        "document.xml": bytes(exchange.body),
        writing.TEXT_NAME: bytes(exchange.document or b""),
    }
    envelope = folders.Envelope(
        subject=f"ЭСД МЭДО (Обращение № {exchange.issue.number})",
        address=address,
        at=exchange.made_at.astimezone(clock.region_zone()),
    )
    renew()
    with ExitStack() as opened:
        for name, transfer in _named_files(exchange):
            assert transfer.attachment is not None
            try:
                content[name] = opened.enter_context(transfer.attachment.as_sent.open("rb"))
            except OSError as error:
                # The portal's own disk: no matter of the gateway's folder.
                raise client.UnreachableError("FILE_UNREADABLE", type(error).__name__) from error
        partner.call(Channel.MEDO, write_out, str(exchange.uid), envelope, content)
    look_at_gateway()
    exchange.files.update(held=F("size"), state=FileTransfer.State.DONE)
    return None


def write_out(
    name: str, envelope: folders.Envelope, content: Mapping[str, bytes | IO[bytes]]
) -> None:
    """Puts a package into `out`.

    Raises:
        client.UnreachableError: the folder does not take it; says whether it is full, shut or gone.
    """
    try:
        folders.write(root(), name, envelope, content)
    except OSError as error:
        raise folder_problem(error) from error


def look_at_gateway() -> None:
    """Opens the breaker where the gateway takes nothing away, and closes it when it does again.

    Packages would only heap up in `out`; while they wait in the books one goes in two minutes, as a trial.
    """
    try:
        lying = folders.not_taken(root())
    except OSError as error:
        raise folder_problem(error) from error
    long_ago = clock.now() - TAKEN_WITHIN
    moments = (datetime.fromtimestamp(moment, UTC) for moment in lying.values())
    late = sorted(moment for moment in moments if moment < long_ago)
    # One that is left where later ones go, for its address perhaps, is a matter of that one.
    taken = queries.last_taken(lying, since=late[0]) if late else None
    late = [moment for moment in late if taken is None or moment > taken]
    problem = None
    if late:
        what = f"{len(lying)} packages, since {late[0]:%Y-%m-%d %H:%M} UTC"
        problem = client.UnreachableError(_NOT_TAKEN, what)
    partner.note_seen(Channel.MEDO, _NOT_TAKEN, problem)


def folder_problem(error: OSError) -> client.UnreachableError:
    """What is wrong with the folder, without a path: paths are in the texts of such errors."""
    code = _PROBLEMS.get(error.errno or 0, "FOLDER")
    words = os.strerror(error.errno) if error.errno else type(error).__name__
    return client.UnreachableError(code, words)


def fetch(transfer: FileTransfer, *, renew: Callable[[int], None]) -> bytes:
    """Reads a file out of the package that was put aside; see `Port`."""
    assert transfer.notice is not None
    if transfer.size > uploads.MAX_BYTES:
        raise uploads.UploadRefusedError(transfer.name, uploads.Refusal.TOO_LONG)
    package = folders.kept(root(), str(transfer.notice.uid))
    try:
        content = package.read(transfer.name, most=transfer.size)
    except PackageRefusedError as refused:
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
