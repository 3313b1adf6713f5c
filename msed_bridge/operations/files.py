"""Files on their way: ours are put before the message that names them, those of МСЭД are fetched after."""

import hashlib
import io
import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from common import clock, uploads
from common.outbox import pause_after
from issues.models import Issue
from issues.operations import keep_issue_file
from msed_bridge import client, hints, queries
from msed_bridge.models import Exchange, FileTransfer
from msed_bridge.operations import partner
from msed_bridge.soap import MAX_CHUNK_BYTES

logger = logging.getLogger(__name__)

FETCHED_FOR = timedelta(days=1)
"""How long a missing file is asked for; source: contract, 3."""
LEASE = timedelta(seconds=60)
"""How long a file is in one worker's hands; renewed by each piece."""


def put_files(exchange: Exchange, *, renew: Callable[[], None]) -> None:
    """Puts the files that a message names and МСЭД does not hold yet.

    Args:
        exchange: in this worker's hands.
        renew: called after each piece, to keep it there.

    Raises:
        client.CallError: the message can not be sent now.
    """
    waiting = exchange.files.filter(state=FileTransfer.State.WAITING).select_related("attachment")
    for transfer in waiting:
        _put(transfer, may_be_there=exchange.attempts > 1, renew=renew)


def fetch_due(*, seconds: float = 30) -> int:
    """Fetches files of МСЭД whose time has come.

    Args:
        seconds: after so long no further one is begun.

    Returns:
        How many arrived.
    """
    arrived, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        if not queries.due_files(clock.now()).exists() or not partner.may_call():
            break
        transfer = _claim()
        if transfer is None:
            break
        arrived += _fetch(transfer)
    return arrived


def _put(transfer: FileTransfer, *, may_be_there: bool, renew: Callable[[], None]) -> None:
    uid, size = str(transfer.uid), transfer.size

    def put(offset: int, content: bytes) -> int:
        return partner.call(client.put_chunk, uid=uid, offset=offset, total=size, content=content)

    # An empty file is put by the very question.
    asked = may_be_there or size == 0
    held = put(0, b"") if asked else 0
    assert transfer.attachment is not None
    try:
        with transfer.attachment.file.open("rb") as file:
            while held < size:
                file.seek(held)
                content = file.read(MAX_CHUNK_BYTES)
                if not content:
                    raise client.FaultError("FILE_UNREADABLE", "it is cut", retryable=False)
                try:
                    received = put(held, content)
                except client.FaultError as fault:
                    if fault.code != "BAD_OFFSET" or asked:
                        raise
                    asked, received = True, put(0, b"")
                else:
                    if received <= held:
                        raise client.UnreachableError("BAD_REPLY", "the file does not grow")
                held = received
                FileTransfer.objects.filter(pk=transfer.pk).update(held=min(held, size))
                renew()
    except OSError as error:
        raise client.UnreachableError("FILE_UNREADABLE", type(error).__name__) from error
    FileTransfer.objects.filter(pk=transfer.pk).update(held=size, state=FileTransfer.State.DONE)


def _claim() -> FileTransfer | None:
    now = clock.now()
    with transaction.atomic():
        transfer = (
            queries.due_files(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("notice")
            .first()
        )
        if transfer is not None:
            transfer.attempts += 1
            transfer.next_attempt_at = now + LEASE
            transfer.save(update_fields=["attempts", "next_attempt_at"])
    return transfer


def _fetch(transfer: FileTransfer) -> bool:
    try:
        upload = uploads.examine(io.BytesIO(_content(transfer)), name=transfer.name)
        return _keep(transfer, upload)
    except client.CallError as error:
        _put_off(transfer, str(error))
    except OSError as error:
        _put_off(transfer, type(error).__name__)
    except uploads.UploadRefusedError as refused:
        _give_up(transfer, refused.refusal.value)
    return False


def _keep(transfer: FileTransfer, upload: uploads.Upload) -> bool:
    assert transfer.notice is not None
    issue = Issue.objects.get(uid=transfer.notice.appeal_uid)
    with transaction.atomic():
        transfer = FileTransfer.objects.select_for_update().get(pk=transfer.pk)
        if transfer.state != FileTransfer.State.WAITING:
            return False
        transfer.attachment = keep_issue_file(issue=issue, upload=upload)
        transfer.state, transfer.held = FileTransfer.State.DONE, transfer.size
        transfer.problem = ""
        transfer.save(update_fields=["attachment", "state", "held", "problem"])
        hints.follow(issue.pk)
    return True


def _content(transfer: FileTransfer) -> bytes:
    """The whole file, checked against the size and hash that the notification names."""
    if transfer.size > uploads.MAX_BYTES:
        raise uploads.UploadRefusedError(transfer.name, uploads.Refusal.TOO_LONG)
    content = bytearray()
    uid = str(transfer.uid)
    while True:
        total, piece = partner.call(client.get_chunk, uid=uid, offset=len(content))
        content += piece
        _waiting(transfer).update(held=len(content), next_attempt_at=clock.now() + LEASE)
        if total != transfer.size or len(content) > total:
            raise client.UnreachableError("WRONG_SIZE", f"{total} bytes, {transfer.size} named")
        if len(content) == total:
            break
        if not piece:
            raise client.UnreachableError("BAD_REPLY", "an empty piece")
    if hashlib.sha256(content).hexdigest() != transfer.sha256:
        raise client.UnreachableError("HASH_MISMATCH")
    return bytes(content)


def _put_off(transfer: FileTransfer, problem: str) -> None:
    now = clock.now()
    assert transfer.give_up_at is not None
    if now >= transfer.give_up_at:
        _give_up(transfer, problem)
        return
    _waiting(transfer).update(
        next_attempt_at=now + pause_after(transfer.attempts), problem=problem[:300]
    )


def _give_up(transfer: FileTransfer, problem: str) -> None:
    assert transfer.notice is not None
    logger.error("file %s of МСЭД is given up: %s", transfer.uid, problem)
    with transaction.atomic():
        _waiting(transfer).update(state=FileTransfer.State.FAILED, problem=problem[:300])
        issue = Issue.objects.get(uid=transfer.notice.appeal_uid)
        hints.follow(issue.pk)


def _waiting(transfer: FileTransfer) -> QuerySet[FileTransfer]:
    return FileTransfer.objects.filter(pk=transfer.pk, state=FileTransfer.State.WAITING)
