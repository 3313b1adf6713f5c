"""МСЭД behind the port: messages by SOAP, files in pieces before them and after (contract, 3)."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from common import uploads
from issues.models import IssueEvent
from msed_bridge import client, mapping
from msed_bridge.client import Receipt
from msed_bridge.mapping import SentFile
from msed_bridge.models import Channel, Exchange, FileTransfer
from msed_bridge.operations import partner
from msed_bridge.operations.port import Written
from msed_bridge.soap import MAX_CHUNK_BYTES


def may_call() -> bool:
    """Neither paused, nor is its breaker open; see `Port`."""
    return partner.may_call(Channel.MSED)


def may_fetch() -> bool:
    """As `may_call`: a file is asked for by calls. See `Port`."""
    return may_call()


def write(
    event: IssueEvent,
    kind: Exchange.Kind,
    *,
    uid: uuid.UUID,
    at: datetime,
    files: Sequence[SentFile],
) -> Written:
    """The Body's child of RegisterAppeal or AddToAppeal; see `Port`."""
    head = mapping.header(uid, at=at)
    if kind == Exchange.Kind.REGISTER:
        appeal = mapping.appeal(event.issue, event, files)
        return Written(client.compose(kind, header=head, appeal=appeal))
    addition = mapping.addition(event.issue, event, files)
    return Written(client.compose(kind, header=head, **addition), addition["purpose"])


def send(exchange: Exchange, *, has_files: bool, renew: Callable[[], None]) -> Receipt:
    """Puts the files, sends the message; see `Port`.

    Work that МСЭД has received and will not do (`accepted=false`; contract, 1) is a matter for a person:
    here the issue would wait for it for ever. What МСЭД is only told has been told.
    """
    if has_files:
        _put_files(exchange, renew=renew)
    receipt = partner.call(
        Channel.MSED, client.send, exchange.kind, bytes(exchange.body), uid=str(exchange.uid)
    )
    gives_work = exchange.kind == Exchange.Kind.REGISTER or exchange.purpose == mapping.REWORK
    if gives_work and not receipt.accepted:
        raise client.FaultError("NOT_ACCEPTED", receipt.comment, retryable=False)
    return receipt


def fetch(transfer: FileTransfer, *, renew: Callable[[int], None]) -> bytes:
    """Asks for a file of МСЭД piece by piece; see `Port`."""
    if transfer.size > uploads.MAX_BYTES:
        raise uploads.UploadRefusedError(transfer.name, uploads.Refusal.TOO_LONG)
    content = bytearray()
    uid = str(transfer.uid)
    while True:
        total, piece = partner.call(Channel.MSED, client.get_chunk, uid=uid, offset=len(content))
        content += piece
        renew(len(content))
        if total != transfer.size or len(content) > total:
            raise client.UnreachableError("WRONG_SIZE", f"{total} bytes, {transfer.size} named")
        if len(content) == total:
            break
        if not piece:
            raise client.UnreachableError("BAD_REPLY", "an empty piece")
    if hashlib.sha256(content).hexdigest() != transfer.sha256:
        raise client.UnreachableError("HASH_MISMATCH")
    return bytes(content)


def _put_files(exchange: Exchange, *, renew: Callable[[], None]) -> None:
    """Puts the files that a message names and МСЭД does not hold yet."""
    waiting = exchange.files.filter(state=FileTransfer.State.WAITING).select_related("attachment")
    for transfer in waiting:
        _put(transfer, may_be_there=exchange.attempts > 1, renew=renew)


def _put(transfer: FileTransfer, *, may_be_there: bool, renew: Callable[[], None]) -> None:
    uid, size = str(transfer.uid), transfer.size

    def put(offset: int, content: bytes) -> int:
        return partner.call(
            Channel.MSED, client.put_chunk, uid=uid, offset=offset, total=size, content=content
        )

    # An empty file is put by the very question.
    held = put(0, b"") if may_be_there or size == 0 else 0
    refused_at: set[int] = set()
    assert transfer.attachment is not None
    try:
        with transfer.attachment.as_sent.open("rb") as file:
            while held < size:
                file.seek(held)
                content = file.read(MAX_CHUNK_BYTES)
                if not content:
                    raise client.FaultError("FILE_UNREADABLE", "it is cut", retryable=False)
                try:
                    received = put(held, content)
                except client.FaultError as fault:
                    # It holds something else than we thought: we go on from there (contract, 7), unless
                    # it refuses that too.
                    if fault.code != "BAD_OFFSET" or held in refused_at:
                        raise
                    refused_at.add(held)
                    received = put(0, b"")
                else:
                    if received <= held:
                        raise client.UnreachableError("BAD_REPLY", "the file does not grow")
                held = received
                FileTransfer.objects.filter(pk=transfer.pk).update(held=min(held, size))
                renew()
    except OSError as error:
        raise client.UnreachableError("FILE_UNREADABLE", type(error).__name__) from error
    FileTransfer.objects.filter(pk=transfer.pk).update(held=size, state=FileTransfer.State.DONE)
