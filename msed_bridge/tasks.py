"""The bridge's work in the queue: each is also sent by the clock, so a lost hint does no harm."""

import logging

import dramatiq

from msed_bridge import operations, queries
from msed_bridge.client import CallError

logger = logging.getLogger(__name__)


@dramatiq.actor(actor_name="msed_send", max_age=60_000)
def send() -> None:
    """Sends the messages that are due."""
    operations.send_due()


@dramatiq.actor(actor_name="msed_fetch", max_age=60_000)
def fetch() -> None:
    """Fetches the files that are due."""
    operations.fetch_due()


@dramatiq.actor(actor_name="msed_follow", max_age=60_000)
def follow(issue_id: int) -> None:
    """Follows what МСЭД has told of one issue."""
    operations.follow_issue(issue_id)


@dramatiq.actor(actor_name="msed_poll", max_age=60_000)
def poll() -> None:
    """Reads МСЭД's queue."""
    try:
        operations.read_queue()
    except CallError as error:
        logger.warning("the queue of МСЭД was not read: %s", error.code)


@dramatiq.actor(actor_name="msed_sweep", max_age=60_000)
def sweep() -> None:
    """Follows what a lost hint or a killed worker left behind."""
    for issue_id in queries.issues_to_follow():
        operations.follow_issue(issue_id)
    operations.forget_old_nonces()


@dramatiq.actor(actor_name="medo_take", max_age=60_000)
def take() -> None:
    """Takes in the packages of МЭДО."""
    operations.take_packages()


@dramatiq.actor(actor_name="msed_reconcile", max_age=3_600_000)
def reconcile() -> None:
    """Compares the books with those of МСЭД and repairs what can be repaired."""
    try:
        for difference in operations.reconcile(by="the night's reconciliation"):
            logger.warning("reconciliation: %s", difference)
    except CallError as error:
        logger.warning("there was no reconciliation: %s", error.code)


@dramatiq.actor(actor_name="msed_watch", max_age=600_000)
def watch() -> None:
    """Looks for what needs a person."""
    operations.watch()
    operations.forget_packages()
