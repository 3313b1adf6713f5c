"""Hints to the workers, and the sweep that makes hints unnecessary."""

import logging

import dramatiq
from redis.exceptions import RedisError

from common import outbox

logger = logging.getLogger(__name__)

QUEUE_AWAY = (RedisError, OSError, dramatiq.errors.BrokerConnectionError)
"""What sending a message raises while Redis can not be reached."""


@dramatiq.actor(max_age=60_000)
def deliver(consumer: str) -> None:
    """Handles what is due for one consumer of events."""
    outbox.deliver_due(consumer)


@dramatiq.actor(max_age=60_000)
def sweep() -> None:
    """Looks at every consumer's rows: what a lost hint left behind is found here."""
    for consumer in outbox.consumers():
        outbox.deliver_due(consumer)


def deliver_hint(consumer: str) -> None:
    """Asks a worker to look now; without Redis the sweep will do it."""
    try:
        deliver.send(consumer)
    except QUEUE_AWAY as error:
        logger.warning("the hint for %s was lost: %s", consumer, type(error).__name__)
