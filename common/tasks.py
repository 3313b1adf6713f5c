"""Hints to the workers, and the sweep that makes hints unnecessary."""

import logging
import time

import dramatiq
from django.core.management import call_command
from django.db import DatabaseError
from redis.exceptions import RedisError

from common import outbox

logger = logging.getLogger(__name__)

QUEUE_AWAY = (RedisError, OSError, dramatiq.errors.BrokerConnectionError)
"""What sending a message raises while Redis can not be reached."""
QUIET_SECONDS = 5.0
"""How long no hint is sent after one was lost."""
_quiet_until = 0.0


@dramatiq.actor(max_age=60_000)
def deliver(consumer: str) -> None:
    """Handles what is due for one consumer of events."""
    outbox.deliver_due(consumer)


@dramatiq.actor(max_age=60_000)
def sweep() -> None:
    """Looks at every consumer's rows: what a lost hint left behind is found here."""
    for consumer in outbox.consumers():
        try:
            outbox.deliver_due(consumer)
        except DatabaseError:
            # One consumer's trouble must not stop those after it.
            logger.exception("the deliveries of %s could not be handled", consumer)


@dramatiq.actor(max_age=3_600_000)
def clear_sessions() -> None:
    """Deletes the sessions that have run out: whoever opens a form gets one."""
    call_command("clearsessions")


def hint(look_now: "dramatiq.Actor[..., object]", *args: object) -> None:
    """Asks a worker to look now; without Redis the next sweep will do it.

    Args:
        look_now: the actor that looks.
        args: what it is to look at: keys alone.
    """
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        look_now.send(*args)
    except QUEUE_AWAY as error:
        logger.warning("the hint to %s was lost: %s", look_now.actor_name, type(error).__name__)
        # Nobody's request waits for an absent Redis more than once in a while.
        _quiet_until = time.monotonic() + QUIET_SECONDS
