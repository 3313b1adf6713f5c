"""Files that an authority's notification names are fetched after it."""

import io
import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from common import clock, uploads
from common.outbox import pause_after
from issues.models import Issue
from issues.operations import keep_issue_file
from msed_bridge import client, hints, queries
from msed_bridge.models import Direction, FileTransfer, Notice
from msed_bridge.operations.channels import PORTS
from msed_bridge.operations.port import Port
from msed_bridge.soap import NamedFile

logger = logging.getLogger(__name__)

FETCHED_FOR = timedelta(days=1)
"""How long a missing file is asked for; source: contract, 3."""
LEASE = timedelta(seconds=60)
"""How long a file is in one worker's hands; renewed by each piece."""


def expect_files(notice: Notice, named: Iterable[NamedFile], *, at: datetime) -> None:
    """Notes the files that a notification names: they are asked for from then on.

    Args:
        notice: the notification.
        named: each once.
        at: the moment it came, UTC.
    """
    FileTransfer.objects.bulk_create(
        FileTransfer(
            uid=file.uid,
            direction=Direction.IN,
            notice=notice,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            next_attempt_at=at,
            give_up_at=at + FETCHED_FOR,
        )
        for file in named
    )


def fetch_due(*, seconds: float = 30) -> int:
    """Fetches files whose time has come.

    Args:
        seconds: after so long no further one of a channel is begun.

    Returns:
        How many arrived.
    """
    return sum(_fetch_all(channel, port, seconds) for channel, port in PORTS.items())


def _fetch_all(channel: str, port: Port, seconds: float) -> int:
    arrived, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        if not queries.due_files(clock.now(), channel).exists() or not port.may_fetch():
            break
        transfer = _claim(channel)
        if transfer is None:
            break
        arrived += _fetch(port, transfer)
    return arrived


def _claim(channel: str) -> FileTransfer | None:
    now = clock.now()
    with transaction.atomic():
        transfer = (
            queries.due_files(now, channel)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("notice")
            .first()
        )
        if transfer is not None:
            transfer.attempts += 1
            transfer.next_attempt_at = now + LEASE
            transfer.save(update_fields=["attempts", "next_attempt_at"])
    return transfer


def _fetch(port: Port, transfer: FileTransfer) -> bool:
    def renew(held: int) -> None:
        _waiting(transfer).update(held=held, next_attempt_at=clock.now() + LEASE)

    try:
        content = port.fetch(transfer, renew=renew)
        upload = uploads.examine(io.BytesIO(content), name=transfer.name)
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
        hints.follow.after_commit(issue.pk)
    return True


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
    logger.error("file %s is given up: %s", transfer.uid, problem)
    with transaction.atomic():
        _waiting(transfer).update(state=FileTransfer.State.FAILED, problem=problem[:300])
        issue = Issue.objects.get(uid=transfer.notice.appeal_uid)
        hints.follow.after_commit(issue.pk)


def _waiting(transfer: FileTransfer) -> QuerySet[FileTransfer]:
    return FileTransfer.objects.filter(pk=transfer.pk, state=FileTransfer.State.WAITING)
