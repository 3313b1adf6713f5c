"""What is done with pushes: a browser is added, pushes wait in the books, are sent, or are no news any more."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.operations import lock_person
from common import clock
from common.hints import Hint
from common.outbox import pause_after
from notifications import client
from notifications.models import Device, Push

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""How long one worker may take over one push."""
STALE_AFTER = timedelta(hours=12)
"""After so long a push is no news any more: whoever wants to read it later has the digest."""
MOST_DEVICES = 10
"""How many browsers one person may have; the eldest makes room."""

hint: Hint[[]] = Hint()
"""There are pushes to send."""


def add_device(*, user: User, receiver: client.Receiver) -> Device:
    """Adds a browser of `user`, or takes it over from whoever was logged in there before.

    Raises:
        ValueError: the address can not be one of a push service.
    """
    if not client.may_be_push_service(receiver.endpoint):
        raise ValueError("not the address of a push service")
    with transaction.atomic():
        lock_person(user)
        device, _is_new = Device.objects.update_or_create(
            endpoint=receiver.endpoint,
            defaults={
                "user": user,
                "p256dh": receiver.p256dh,
                "auth": receiver.auth,
                "added_at": clock.now(),
            },
        )
        older = user.devices.order_by("-added_at", "-pk").values_list("pk", flat=True)
        Device.objects.filter(pk__in=list(older[MOST_DEVICES:])).delete()
    return device


def drop_device(*, user: User, endpoint: str) -> bool:
    """Forgets a browser; False when `user` has no such one."""
    if not client.may_be_push_service(endpoint):
        return False
    deleted, _rows = Device.objects.filter(user=user, endpoint=endpoint).delete()
    return deleted > 0


def queue_pushes(notes: Iterable[tuple[int, client.Note]]) -> int:
    """Writes pushes into the books in the caller's transaction, for every browser of each person.

    Args:
        notes: keys of users, and what each is shown.

    Returns:
        How many pushes wait now for them.
    """
    by_user = dict(notes)
    now = clock.now()
    made = Push.objects.bulk_create(
        Push(
            device=device,
            title=note.title[:200],
            body=note.body[:300],
            path=note.path,
            created_at=now,
            next_attempt_at=now,
        )
        for device in Device.objects.filter(user__in=by_user, user__is_active=True)
        if (note := by_user[device.user_id])
    )
    if made:
        hint.after_commit()
    return len(made)


def send_due(*, transport: client.Transport | None = None, limit: int = 500) -> int:
    """Sends what is due, each push under a lease and outside of any transaction.

    Args:
        transport: through which; None for the one of the settings.
        limit: pushes at most.

    Returns:
        How many were sent.
    """
    transport = transport or client.transport()
    sent = 0
    for _step in range(limit):
        push = _lease_next()
        if push is None:
            break
        sent += _send(push, transport)
    return sent


def _lease_next() -> Push | None:
    now = clock.now()
    with transaction.atomic():
        push = (
            Push.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("device")
            .filter(next_attempt_at__lte=now)
            .order_by("next_attempt_at", "pk")
            .first()
        )
        if push is not None:
            Push.objects.filter(pk=push.pk).update(
                next_attempt_at=now + LEASE, attempts=F("attempts") + 1
            )
    return push


def _send(push: Push, transport: client.Transport) -> bool:
    device = push.device
    if clock.now() - push.created_at > STALE_AFTER:
        push.delete()
        return False
    receiver = client.Receiver(device.endpoint, device.p256dh, device.auth)
    try:
        transport.send(receiver, client.Note(push.title, push.body, push.path))
    except client.PushGoneError:
        device.delete()  # with all that waits for it
        return False
    except client.PushFailedError as error:
        logger.warning("push %s was not sent: %s", push.pk, error)
        # Under the lease nobody else has it.
        Push.objects.filter(pk=push.pk).update(
            next_attempt_at=clock.now() + pause_after(push.attempts + 1)
        )
        return False
    push.delete()
    return True
