"""What happens by the clock: reminders, escalations, closing by silence, files that nobody filed."""

import logging
from collections.abc import Callable
from datetime import timedelta

import dramatiq
from django.db import transaction
from django.db.models import QuerySet

from common import clock
from issues import deadlines, digests, operations
from issues.models import Issue
from issues.operations import indexing, learning
from issues.queries import voices
from issues.workflow import State

logger = logging.getLogger(__name__)

BATCH = 500
"""Issues that one call deals with at most."""


@dramatiq.actor(max_age=60_000)
def escalate_due() -> None:
    """Reminds of every deadline that comes near, and tells of every one that is missed."""
    now = clock.now()
    due = Issue.objects.filter(escalate_at__lte=now).order_by("escalate_at")
    _each(due, operations.escalate_issue)


@dramatiq.actor(max_age=60_000)
def close_silent() -> None:
    """Closes the issues whose authors have been silent for 14 days after the answer."""
    since = clock.now() - timedelta(days=deadlines.SILENCE_DAYS)
    silent = Issue.objects.filter(state=State.ANSWERED, answered_at__lte=since)
    _each(silent.order_by("answered_at"), operations.close_silent)


@dramatiq.actor(max_age=60_000)
def follow_up() -> None:
    """Asks four weeks after a message ended as solved whether it is still in order."""
    _each(voices.to_follow_up(clock.now()), operations.ask_if_still_fixed)


@dramatiq.actor(max_age=60_000)
def write_digests() -> None:
    """Writes the digests that are due this morning."""
    while digests.write_due():
        pass


@dramatiq.actor(max_age=60_000)
def tidy_files() -> None:
    """Deletes files that waited in vain, and stored ones that a dying process left without a row."""
    operations.forget_waiting_files()
    today = clock.region_date(clock.now())
    # Not of one day alone: it would be missed where nothing ran on it.
    for days in range(2, 9):
        operations.delete_stray_files(day=today - timedelta(days=days))


@dramatiq.actor(max_age=60_000)
def fold_words() -> None:
    """Makes the words of new texts cheap to search for; they are found before too."""
    indexing.fold_words()


# The other tasks go first: this one takes some ten seconds of the processor.
@dramatiq.actor(max_age=600_000, priority=20)
def learn_topics() -> None:
    """Learns the topics anew, once a week."""
    learning.learn_weekly()


def _each(due: "QuerySet[Issue]", operation: Callable[..., object]) -> None:
    """Does `operation` to each due issue, in a transaction of its own; the next call goes on.

    Two workers at once pass each other by: a locked row is the other's, and the operation looks again
    whether there is still something to do.
    """
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        try:
            with transaction.atomic():
                issue = Issue.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
                if issue is not None:
                    operation(issue=issue)
        except Exception:
            # One issue that can not be dealt with must not hold up the others.
            logger.exception("%s of issue %s failed", operation.__name__, pk)
