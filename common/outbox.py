"""The outbox: consumers of events, each with its own delivery rows in the database (law 2).

The transaction that writes an event also writes one `Delivery` row for every consumer that asked for
its action. A consumer's handler runs inside the transaction that removes the row and writes only to
the database (its letters, its exchanges), so an event is handled once, whatever dies. What leaves the
house is sent afterwards from the consumer's own books.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from random import uniform

from django.db import transaction
from django.db.models import Count, Min, OuterRef, Subquery

from common import clock
from common.hints import Hint
from common.models import Delivery

logger = logging.getLogger(__name__)

Handler = Callable[[int], None]

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
MOST_ATTEMPTS = 30_000  # what the column holds; it is tried on all the same


@dataclass(frozen=True)
class Consumer:
    """Who is told of events.

    Attributes:
        name: the name on the delivery rows, unique, never changed.
        actions: names of the actions whose events it wants; None for all.
        handle: called with an event's id, inside a transaction.
    """

    name: str
    actions: frozenset[str] | None
    handle: Handler


_consumers: dict[str, Consumer] = {}
hint: Hint[[str]] = Hint()
"""There is something to deliver to the consumer of this name."""
_muted: ContextVar[bool] = ContextVar("muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Inside, events reach nobody: for loading history that was told long ago."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def subscribe(name: str, handle: Handler, *, actions: Iterable[str] | None = None) -> None:
    """Registers a consumer; called from `AppConfig.ready`."""
    _consumers[name] = Consumer(name, None if actions is None else frozenset(actions), handle)


def consumers() -> tuple[str, ...]:
    """Names of all consumers."""
    return tuple(_consumers)


def enqueue(*, event_id: int, key: int, action: str) -> None:
    """Writes the delivery rows of one event in the caller's transaction.

    Args:
        event_id: the event.
        key: what keeps events in order, the issue's id.
        action: the action's name in its workflow table.
    """
    if _muted.get():
        return
    wanted = [c.name for c in _consumers.values() if c.actions is None or action in c.actions]
    now = clock.now()
    Delivery.objects.bulk_create(
        Delivery(consumer=name, event_id=event_id, key=key, next_attempt_at=now) for name in wanted
    )
    for name in wanted:
        hint.after_commit(name)


def deliver_due(consumer: str, *, limit: int = 200) -> int:
    """Handles what is due for `consumer`, each delivery in a transaction of its own.

    Args:
        consumer: a registered name.
        limit: deliveries at most.

    Returns:
        How many were handled.
    """
    handled = 0
    for _step in range(limit):
        outcome = _deliver_next(_consumers[consumer])
        if outcome is None:
            break
        handled += outcome
    return handled


def _deliver_next(consumer: Consumer) -> bool | None:
    """One delivery: True when handled, False when put off, None when nothing is due."""
    now = clock.now()
    first_of_its_issue = (
        Delivery.objects.filter(consumer=consumer.name, key=OuterRef("key"))
        .order_by("event_id")
        .values("event_id")[:1]
    )
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(consumer=consumer.name, next_attempt_at__lte=now)
            .filter(event_id=Subquery(first_of_its_issue))
            .order_by("next_attempt_at", "event_id")
            .first()
        )
        if delivery is None:
            return None
        try:
            with transaction.atomic():
                consumer.handle(delivery.event_id)
        except Exception as error:
            # Whatever went wrong, the event stays, and holds back only what follows of its issue.
            logger.exception("%s could not handle event %s", consumer.name, delivery.event_id)
            delivery.attempts = min(delivery.attempts + 1, MOST_ATTEMPTS)
            delivery.next_attempt_at = now + pause_after(delivery.attempts)
            delivery.last_error = type(error).__name__
            delivery.save(update_fields=["attempts", "next_attempt_at", "last_error"])
            return False
        delivery.delete()
    return True


@dataclass(frozen=True)
class Waiting:
    """The deliveries that wait for one consumer.

    Attributes:
        consumer: its name.
        count: how many.
        late_seconds: for how long the most overdue attempt has been due; 0 when none is.
    """

    consumer: str
    count: int
    late_seconds: float


def waiting() -> list[Waiting]:
    """What is still to be delivered."""
    rows = (
        Delivery.objects.order_by("consumer")
        .values("consumer")
        .annotate(count=Count("pk"), first=Min("next_attempt_at"))
    )
    now = clock.now()
    return [
        Waiting(row["consumer"], row["count"], max(0.0, (now - row["first"]).total_seconds()))
        for row in rows
    ]


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: exponential, with full jitter."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 16))
    return timedelta(seconds=uniform(1, max(1.0, longest.total_seconds())))  # noqa: S311
