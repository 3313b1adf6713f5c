"""To the authorities: events become messages in the books, messages are sent in the order of their issue."""

import hashlib
import logging
import time
import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from common import clock
from common.outbox import pause_after
from issues.models import Attachment, IssueEvent
from issues.queries.additions import files_of
from msed_bridge import client, hints, mapping, queries
from msed_bridge.models import Appeal, Channel, Direction, Exchange, FileTransfer
from msed_bridge.operations import channels
from msed_bridge.operations.channels import PORTS
from msed_bridge.operations.port import Port
from msed_bridge.soap import MessageRefusedError

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a message is in one worker's hands; longer than a call may take, renewed by each chunk."""
BATCH = 50
"""Messages that a worker takes at once, each of another issue: looking for them is the dear part."""
MAX_FILES = 50
"""Files that one message may name; source: msed-types.xsd, `Appeal`."""
RECEIPT_BY_FOLDER = timedelta(hours=12)
"""A message that went by folder is written out again when its receipt has not come for so long."""
_TRIES_OF_FILES = 5
_TO_BE_WRITTEN_ANEW = frozenset({"SCHEMA", "HASH_MISMATCH", "FILE_UNREADABLE", "NOT_ACCEPTED"})


def note_event(event_id: int) -> None:
    """Writes down what МСЭД or МЭДО must be told of an event, in the outbox's transaction.

    Args:
        event_id: an `IssueEvent` with an action of `mapping.TOLD_ACTIONS`.
    """
    event = _event(event_id)
    appeal = Appeal.objects.select_for_update().filter(issue=event.issue_id).first()
    channel = channels.of(event.authority)
    if channel is None:
        # Handed over by МСЭД to an authority that is reached another way, it is no matter of МСЭД now.
        return
    is_there = appeal is not None and appeal.is_open and appeal.channel == channel
    if event.action == "dispatch" and not (is_there and mapping.sent_back_by(event)):
        # After documentRefused the corrected appeal goes under the same uid (contract, 2).
        Appeal.objects.update_or_create(
            issue=event.issue,
            defaults={"uid": event.issue.uid, "channel": channel, "is_open": True},
        )
        _write_down(event, Exchange.Kind.REGISTER, channel)
    elif is_there:
        _write_down(event, Exchange.Kind.ADD, channel)


def send_due(*, seconds: float = 30) -> int:
    """Sends messages whose time has come, one after another; several workers may do it at once.

    Args:
        seconds: after so long no further one of a channel is begun.

    Returns:
        How many receipts came.
    """
    return sum(_send_all(channel, seconds) for channel in PORTS)


def resend(*, exchange: Exchange) -> Exchange:
    """Sends a message again because a person says so: the same bytes, or anew where they are to blame.

    Args:
        exchange: an outgoing one without a receipt.

    Returns:
        The message that will be sent; another one when it had to be written anew.

    Raises:
        ValueError: it is not an outgoing message, or has its receipt.
    """
    with transaction.atomic():
        exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
        states = {Exchange.State.WAITING, Exchange.State.FAILED}
        if exchange.direction != Direction.OUT or exchange.state not in states:
            raise ValueError("only an outgoing message without a receipt is sent again")
        if exchange.state == Exchange.State.FAILED and exchange.fault_code in _TO_BE_WRITTEN_ANEW:
            assert exchange.event_id is not None
            exchange.state = Exchange.State.REPLACED
            exchange.save(update_fields=["state"])
            event, kind = _event(exchange.event_id), Exchange.Kind(exchange.kind)
            return _write_down(event, kind, Channel(exchange.channel))
        exchange.files.update(state=FileTransfer.State.WAITING)
        exchange.state, exchange.attempts = Exchange.State.WAITING, 0
        exchange.next_attempt_at = clock.now()
        exchange.save(update_fields=["state", "attempts", "next_attempt_at"])
        hints.send.after_commit()
    return exchange


def resend_failed(*, code: str) -> int:
    """Sends again all messages that failed by one fault, because a person says so.

    Args:
        code: the fault's, as the books have it.

    Returns:
        How many will be sent.
    """
    failed = queries.for_person().filter(direction=Direction.OUT, fault_code=code)
    # Oldest first: what is written anew keeps its place in the issue's order by its event.
    rows = list(failed.order_by("event_id"))
    for exchange in rows:
        resend(exchange=exchange)
    return len(rows)


def resend_waiting() -> int:
    """Sends again, now, all messages that wait too long for their receipt.

    Returns:
        How many will be sent.
    """
    now = clock.now()
    with transaction.atomic():
        late = list(queries.without_receipt(now).values_list("pk", flat=True))
        FileTransfer.objects.filter(exchange__in=late).update(state=FileTransfer.State.WAITING)
        waiting = Exchange.objects.filter(pk__in=late, state=Exchange.State.WAITING)
        count = waiting.update(attempts=0, next_attempt_at=now)
        hints.send.after_commit()
    return count


def dismiss(*, by: User, exchange: Exchange, because: str) -> Exchange:
    """Gives a failed addition up, so that those after it can go; the book keeps who and why.

    An appeal itself is never given up: it is corrected and sent, or its issue gets another authority.

    Args:
        by: the member of staff.
        exchange: a failed message of the kind AddToAppeal.
        because: the reason, for those who read the books.

    Raises:
        ValueError: it is no failed addition, or there is no reason.
    """
    if not because.strip():
        raise ValueError("a reason is wanted")
    with transaction.atomic():
        exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
        if exchange.state != Exchange.State.FAILED or exchange.kind != Exchange.Kind.ADD:
            raise ValueError("only a failed addition is given up")
        exchange.state = Exchange.State.DISMISSED
        exchange.dismissed_by, exchange.dismissed_because = by, because.strip()[:300]
        exchange.save(update_fields=["state", "dismissed_by", "dismissed_because"])
        hints.send.after_commit()
    return exchange


def give_again(*, appeal: Appeal) -> int:
    """Gives an appeal that МСЭД has lost to it again: the same bytes under the same uids, in order.

    Only for one that МСЭД has told nothing of: its numbers would begin anew (contract, 4).

    Returns:
        How many messages will be sent; 0 where something has been told of it.
    """
    with transaction.atomic():
        appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
        if queries.has_told(appeal):
            return 0
        sent = Exchange.objects.filter(
            issue=appeal.issue_id,
            channel=appeal.channel,
            direction=Direction.OUT,
            state=Exchange.State.DONE,
        )
        FileTransfer.objects.filter(exchange__in=sent).update(state=FileTransfer.State.WAITING)
        count = sent.update(
            state=Exchange.State.WAITING,
            receipt=None,
            accepted=None,
            done_at=None,
            attempts=0,
            next_attempt_at=clock.now(),
        )
        hints.send.after_commit()
    return count


def _event(event_id: int) -> IssueEvent:
    found = IssueEvent.objects.select_related(
        "words", "authority", "issue__topic", "issue__author", "issue__municipality"
    )
    # A ground of many corners is dearer to read than all else of a message.
    return found.defer("issue__municipality__polygon", "issue__municipality__centre").get(
        pk=event_id
    )


def _write_down(event: IssueEvent, kind: Exchange.Kind, channel: Channel) -> Exchange:
    issue, uid, now = event.issue, uuid.uuid4(), clock.now()
    exchange = Exchange(
        uid=uid,
        channel=channel,
        direction=Direction.OUT,
        kind=kind,
        issue=issue,
        event=event,
        made_at=now,
        next_attempt_at=now,
    )
    named = _files_to_name(event, kind)
    try:
        written = PORTS[channel].write(event, kind, uid=uid, at=now, files=named)
        exchange.body, exchange.purpose = written.body, written.purpose
        exchange.document = written.document
    except MessageRefusedError as error:
        # Data that the contract can not hold: a person corrects it and has it written anew.
        logger.error("issue %s can not be told to its authority: %s", issue.number, error.text)
        exchange.body = b""
        exchange.state, exchange.fault_code = Exchange.State.FAILED, error.code
        exchange.fault_text = error.text[:500]
    exchange.digest = hashlib.sha256(exchange.body).hexdigest()
    exchange.save(force_insert=True)
    FileTransfer.objects.bulk_create(
        FileTransfer(
            uid=file.uid,
            direction=Direction.OUT,
            exchange=exchange,
            attachment=file.attachment,
            name=file.attachment.name,
            content_type=file.attachment.content_type,
            size=file.attachment.size,
            sha256=file.attachment.sha256,
            next_attempt_at=now,
        )
        for file in named
    )
    hints.send.after_commit()
    return exchange


def _files_to_name(event: IssueEvent, kind: Exchange.Kind) -> list[mapping.SentFile]:
    if kind == Exchange.Kind.REGISTER:
        added = Q(purpose=Attachment.Purpose.ADDITION, uploaded_at__lte=event.at)
        known = event.issue.attachments.filter(answer=None).order_by("pk")
        attachments = list(known.filter(added | Q(purpose=Attachment.Purpose.REPORT)))
    else:
        said = mapping.sent_back_by(event) if event.action == "dispatch" else event
        attachments = files_of(said) if said else []
    # A file uid serves one message: after HASH_MISMATCH it could not be used again (contract, 3).
    return [mapping.SentFile(uuid.uuid4(), attachment) for attachment in attachments[:MAX_FILES]]


def _send_all(channel: str, seconds: float) -> int:
    received, end, port = 0, time.monotonic() + seconds, PORTS[channel]
    while time.monotonic() < end:
        # In this order: a breaker that is half open lets one caller in, who should have something to send.
        if not queries.due_exchanges(clock.now(), channel).exists() or not port.may_call():
            break
        batch = _claim(channel)
        if not batch:
            break
        received += _send(port, batch, end)
    return received


def _claim(channel: str) -> list[Exchange]:
    """Takes the messages of several issues into this worker's hands, one of each issue."""
    now = clock.now()
    with transaction.atomic():
        due = queries.due_exchanges(now, channel).select_for_update(skip_locked=True, of=("self",))
        batch = list(due.select_related("issue")[:BATCH])
        taken = Exchange.objects.filter(pk__in=[exchange.pk for exchange in batch])
        taken.update(attempts=F("attempts") + 1, leased_until=now + LEASE)
    for exchange in batch:
        exchange.attempts += 1
        exchange.leased_until = now + LEASE
    return batch


def _send(port: Port, batch: list[Exchange], end: float) -> int:
    """Attempts one after the other; what there is no time for, or no use in now, is given back."""
    received = 0
    with_files = _with_files(batch)
    for place, exchange in enumerate(batch):
        if time.monotonic() >= end:
            _give_back(batch[place:])
            break
        assert exchange.leased_until is not None
        try:
            if exchange.leased_until - clock.now() < LEASE / 2:
                _renew(exchange)
        except client.UnreachableError:
            continue  # it was slow before: another worker has this one now
        if _attempt(port, exchange, has_files=exchange.pk in with_files):
            received += 1
        elif not port.may_call():
            _give_back(batch[place + 1 :])
            break
    return received


def _with_files(batch: list[Exchange]) -> set[int]:
    found = FileTransfer.objects.filter(exchange__in=batch, state=FileTransfer.State.WAITING)
    return {pk for pk in found.values_list("exchange_id", flat=True) if pk is not None}


def _give_back(batch: list[Exchange]) -> None:
    for exchange in batch:
        _ours(exchange).update(attempts=F("attempts") - 1, leased_until=None)


def _attempt(port: Port, exchange: Exchange, *, has_files: bool) -> bool:
    """Sends a message with its files; True when its receipt is in the books."""
    try:
        receipt = port.send(exchange, has_files=has_files, renew=lambda: _renew(exchange))
    except client.CallError as error:
        _note_failure(exchange, error)
        return False
    if receipt is None:
        again = clock.now() + RECEIPT_BY_FOLDER
        _ours(exchange).update(next_attempt_at=again, leased_until=None, fault_code="")
        return False
    # Whoever brings the receipt is right, even when the lease has meanwhile gone to another.
    Exchange.objects.filter(pk=exchange.pk, state=Exchange.State.WAITING).update(
        state=Exchange.State.DONE,
        receipt=receipt.xml,
        accepted=receipt.accepted,
        done_at=clock.now(),
        leased_until=None,
        fault_code="",
        fault_text=receipt.comment[:500],
    )
    return True


def _renew(exchange: Exchange) -> None:
    until = clock.now() + LEASE
    if not _ours(exchange).update(leased_until=until):
        raise client.UnreachableError("LEASE_LOST")
    exchange.leased_until = until


def _note_failure(exchange: Exchange, error: client.CallError) -> None:
    outcome: dict[str, Any]
    retry = error.retryable
    is_new = exchange.fault_code != error.code or exchange.attempts < _TRIES_OF_FILES
    if error.code == "UNKNOWN_FILE" and is_new:
        # The other side has lost the file: put it, repeat the message (contract, 7). Attempts that
        # failed for another reason, an outage most of all, say nothing against it.
        exchange.files.update(state=FileTransfer.State.WAITING)
        retry = True
    if retry:
        outcome = {"next_attempt_at": clock.now() + pause_after(exchange.attempts)}
    else:
        logger.error("message %s needs a person: %s", exchange.uid, error.code)
        outcome = {"state": Exchange.State.FAILED}
    _ours(exchange).update(
        **outcome, leased_until=None, fault_code=error.code, fault_text=error.words[:500]
    )


def _ours(exchange: Exchange) -> QuerySet[Exchange]:
    return Exchange.objects.filter(
        pk=exchange.pk, state=Exchange.State.WAITING, leased_until=exchange.leased_until
    )
