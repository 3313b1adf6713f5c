"""Messages in which nothing was noticed, of authors in good standing, are accepted by rule (ADR 17)."""

import logging

from django.db import transaction

from accounts.models import User
from authorities.models import Kind
from common import clock
from common.workdays import CalendarUnknownError
from issues import operations as issues
from issues.models import Issue, IssueEvent
from issues.operations.writer import lock
from issues.policies import By
from issues.workflow import State
from moderation.findings import keeping
from moderation.models import FastLane
from moderation.queries.fast_lane import fast_lane, is_in_good_standing

logger = logging.getLogger(__name__)


def set_fast_lane(*, by: User, is_on: bool, least_accepted: int, clean_days: int) -> FastLane:
    """Switches the rule on or off, or changes what it asks for; what was set before stays on record.

    Args:
        by: an administrator.
        is_on: whether messages pass from now on.
        least_accepted: how many messages of an author have to be public.
        clean_days: for how many days none of them was rejected or hidden.
    """
    return FastLane.objects.create(
        is_on=is_on,
        least_accepted=least_accepted,
        clean_days=clean_days,
        set_by=by,
        set_at=clock.now(),
    )


def handle(event_id: int) -> None:
    """Examines the event's message and lets it pass if the rule says so; called by the outbox.

    Both in one consumer: nothing may pass before it was examined.
    """
    keeping.handle(event_id)
    event = IssueEvent.objects.get(pk=event_id)
    if event.action != keeping.ERASE:
        accept_by_rule(event)


def accept_by_rule(event: IssueEvent) -> Issue | None:
    """Accepts the message of an event by rule; None where a person has to judge it.

    Args:
        event: the last sending of the message; if anything has happened since, a person judges.
    """
    rule = fast_lane()
    if rule is None:
        return None
    with transaction.atomic():
        issue = lock(event.issue_id)
        if issue.event_count != event.seq or not _may_pass(issue, rule):
            return None
        try:
            with transaction.atomic():
                return issues.accept_issue(by=By.system("fast lane"), issue=issue)
        except CalendarUnknownError:
            logger.warning("message %s waits for a person: the calendar ends", issue.number)
            return None


def _may_pass(issue: Issue, rule: FastLane) -> bool:
    author = issue.author
    return (
        issue.state == State.SUBMITTED
        and author is not None
        and author.is_active
        # Somebody has to find the authority, and a person looks at every picture.
        and (issue.authority_id is not None or issue.kind == Kind.THANKS)
        and not issue.is_urgent
        and not issue.attachments.exists()
        and not issue.findings.exists()
        and is_in_good_standing(author, rule)
    )
