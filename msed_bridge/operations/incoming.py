"""From МСЭД: what is pushed or read from the queue goes into the books, once; then comes the receipt."""

import hashlib
import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Greatest
from lxml import etree

from common import clock
from msed_bridge import client, hints, mapping, queries, security, soap
from msed_bridge.models import (
    Appeal,
    Channel,
    Direction,
    Exchange,
    Nonce,
    Notice,
    Partner,
)
from msed_bridge.operations import partner
from msed_bridge.operations.files import expect_files
from msed_bridge.soap import MSED, AuthenticationError, MessageRefusedError, tag

logger = logging.getLogger(__name__)

PAGE = 50
"""Notifications in one reading of the queue; with 50 signed files each they are within `soap.MAX_ELEMENTS`."""
_NONCES_KEPT = 2 * security.FRESH + timedelta(minutes=1)


def receive_delivery(*, header: etree._Element | None, child: etree._Element) -> bytes:
    """Takes a DeliverNotification in; its receipt is true once this returns: all is committed.

    Args:
        header: the envelope's Header.
        child: the Body's child.

    Returns:
        The Body's child of the reply.

    Raises:
        soap.AuthenticationError: the Security header is not accepted.
        soap.MessageRefusedError: a fault of the contract.
    """
    now = clock.now()
    ours = security.Credentials(settings.MSED_CALLBACK_USERNAME, settings.MSED_CALLBACK_PASSWORD)
    _use_nonce(security.authenticate(header, ours, now=now), now)
    if child.tag != tag("DeliverNotification"):
        raise MessageRefusedError("SCHEMA", "no such operation")
    soap.check(child)
    head, notification = child[0], child[1]
    _check_header(head)
    uid = uuid.UUID(soap.attribute(head, "uid"))
    told = mapping.read_notification(notification)
    try:
        return _take_pushed(child, told, uid=uid, now=now)
    except DataError:
        # A number that the schema has no bound for: no retry makes it fit.
        raise MessageRefusedError("SCHEMA", "the books can not hold it") from None


def _take_pushed(
    child: etree._Element, told: mapping.Told, *, uid: uuid.UUID, now: datetime
) -> bytes:
    body = soap.canonical(child)
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        appeal = _locked_appeal(told)
        known = Exchange.objects.filter(direction=Direction.IN, uid=uid).first()
        if known is not None:
            if known.digest != digest:
                raise MessageRefusedError("UID_CONFLICT", f"another message came under {uid}")
            return _duplicate(bytes(known.receipt or b""))
        if appeal is None:
            # It may be known again once this side is restored from a backup (contract, 7).
            raise MessageRefusedError("UNKNOWN_APPEAL", str(told.appeal_uid), retryable=True)
        _keep(told, child[1])
        comment = mapping.NO_EFFECT.get(appeal.issue.state, "")
        reply = _reply(uid, now, comment)
        Exchange.objects.create(
            uid=uid,
            direction=Direction.IN,
            kind=Exchange.Kind.NOTIFICATION,
            purpose=told.kind,
            issue=appeal.issue,
            body=body,
            digest=digest,
            state=Exchange.State.DONE,
            made_at=now,
            done_at=now,
            receipt=reply,
            accepted=not comment,
            fault_text=comment,
        )
        hints.follow.after_commit(appeal.pk)
        if queries.next_notice(appeal) is None and told.seq > appeal.applied_seq:
            hints.poll.after_commit()
    return reply


def read_queue() -> int:
    """Reads МСЭД's queue from where it was left; what is known already is passed over.

    Returns:
        How many notifications were new.

    Raises:
        client.CallError: МСЭД did not answer; the queue waits.
    """
    new = 0
    more = True
    while more and partner.may_call(Channel.MSED):
        after = Partner.objects.get(pk=Channel.MSED).queue_position
        queued, more = partner.call(Channel.MSED, client.get_notifications, after=after, limit=PAGE)
        for item in queued:
            new += _take_queued(item)
        last = queued[-1].position if queued else after
        _move_on(last)
        # A queue that says there is more and does not go on would be read for ever.
        more = more and last > after
    return new


def forget_old_nonces() -> None:
    """Deletes nonces whose Created can not be fresh any more."""
    Nonce.objects.filter(used_at__lt=clock.now() - _NONCES_KEPT).delete()


def _use_nonce(digest: str, now: datetime) -> None:
    # Committed at once: a nonce is used up even when its message is refused.
    _nonce, is_new = Nonce.objects.get_or_create(digest=digest, defaults={"used_at": now})
    if not is_new:
        raise AuthenticationError("InvalidSecurity", "the nonce was used before")


def _check_header(head: etree._Element) -> None:
    if soap.attribute(head, "type") != "Уведомление":
        raise MessageRefusedError("SCHEMA", "header/@type must be «Уведомление»")
    wanted = (settings.MSED_PARTNER_UID, settings.MSED_PORTAL_UID)
    if tuple(soap.attribute(side, "uid") for side in head) != wanted:
        raise MessageRefusedError("ACCESS_DENIED", "source or destination is not known here")


def _keep(told: mapping.Told, notification: etree._Element, position: int | None = None) -> bool:
    """Writes a notification down; True when it is new.

    Raises:
        MessageRefusedError: `UID_CONFLICT`, another one has its number or its uid.
    """
    # Pushed and queued it may be written with different prefixes.
    digest = hashlib.sha256(soap.content(notification)).hexdigest()
    same = Q(uid=told.uid) | Q(appeal_uid=told.appeal_uid, seq=told.seq)
    for known in Notice.objects.filter(same):
        if (known.uid, known.digest) != (told.uid, digest):
            raise MessageRefusedError(
                "UID_CONFLICT", f"another notification has number {told.seq} or this uid"
            )
        if position is not None and known.position is None:
            Notice.objects.filter(pk=known.pk).update(position=position)
        return False
    now = clock.now()
    notice = Notice.objects.create(
        uid=told.uid,
        appeal_uid=told.appeal_uid,
        seq=told.seq,
        kind=told.kind,
        body=soap.canonical(notification),
        digest=digest,
        position=position,
        received_at=now,
    )
    named = {file.uid: file for file in told.files}
    expect_files(notice, named.values(), at=now)
    if named:
        hints.fetch.after_commit()
    return True


def _take_queued(item: client.Queued) -> bool:
    told = mapping.read_notification(item.notification)
    for is_last_try in (False, True):
        try:
            with transaction.atomic():
                appeal = _locked_appeal(told)
                is_new = _keep(told, item.notification, item.position)
                if is_new and appeal is not None:
                    hints.follow.after_commit(appeal.pk)
            return is_new
        except IntegrityError:
            # No appeal to lock yet, and another worker reads the queue too: the second look finds it.
            if is_last_try:
                raise
        except (MessageRefusedError, DataError) as error:
            # It can not be answered here: told to staff, and the queue must go on.
            logger.error("position %s of the queue is not taken: %s", item.position, error)
            return False
    raise AssertionError("unreachable")


def _locked_appeal(told: mapping.Told) -> Appeal | None:
    # What is pushed and what is read from the queue at the same moment wait for each other here.
    return (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("issue")
        .filter(uid=told.appeal_uid)
        .first()
    )


def _move_on(position: int) -> None:
    # Never back: another worker may have read further.
    Partner.objects.filter(pk=Channel.MSED).update(
        queue_position=Greatest("queue_position", position), polled_at=clock.now()
    )


def _reply(uid: uuid.UUID, at: datetime, comment: str) -> bytes:
    """The receipt; a comment says why the notification has no effect."""
    time = at.isoformat(timespec="milliseconds")
    why_not = f"<m:comment>{comment}</m:comment>" if comment else ""
    return (
        f'<m:DeliverNotificationResponse xmlns:m="{MSED}"><m:acknowledgment uid="{uid}">'
        f"<m:time>{time}</m:time><m:accepted>{str(not comment).lower()}</m:accepted>"
        f"<m:duplicate>false</m:duplicate>{why_not}"
        "</m:acknowledgment></m:DeliverNotificationResponse>"
    ).encode()


def _duplicate(receipt: bytes) -> bytes:
    """The stored receipt once more."""
    reply = soap.element(receipt)
    for duplicate in reply.iter(tag("duplicate")):
        duplicate.text = "true"
    return soap.canonical(reply)
