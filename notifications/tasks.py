"""The worker that sends letters, on a hint or by the clock."""

import logging

import dramatiq
from redis.exceptions import RedisError

from notifications import operations

logger = logging.getLogger(__name__)


@dramatiq.actor(max_age=60_000)
def send_letters() -> None:
    """Sends the letters that are due."""
    operations.send_due()


def hint() -> None:
    """Asks a worker to look now; without Redis the clock will do it."""
    try:
        send_letters.send()
    except (RedisError, OSError, dramatiq.errors.ConnectionError) as error:
        logger.warning("the hint for letters was lost: %s", type(error).__name__)
