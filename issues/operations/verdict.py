"""What follows an answer: the author's verdict, the return, the closing; and the escalations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from common import canonical, clock
from common.workdays import CalendarUnknownError
from issues import deadlines
from issues.models import Issue, IssueEvent, Rating
from issues.operations.judging import dispatch_if_possible
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.workflow import MAX_RETURNS, ActionRefusedError, Need, State


def rate_issue(*, by: By, issue: Issue, stars: int, solved: bool, comment: str = "") -> Issue:
    """The author's verdict: “solved” closes the issue, “not solved” returns it, twice at most.

    After two returns “not solved” closes it as unsolved, which its authority's record shows.

    Args:
        by: the author.
        issue: an answered one.
        stars: 1 to 5.
        solved: whether it is.
        comment: words; a return needs them.

    Raises:
        ActionRefusedError: it is not answered, not the author's, or a return has no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        answer = issue.answers.order_by("-published_at", "-id").first()
        if answer is None or Rating.objects.filter(answer=answer).exists():
            raise ActionRefusedError("rate", "state")
        now = clock.now()
        facts: dict[str, canonical.Json] = {
            "stars": stars,
            "solved": solved,
            "answer": str(answer.uid),
        }
        given = frozenset({Need.RATING})
        if not solved and issue.returns < MAX_RETURNS:
            due = _due_after_return(issue, now)
            perform(
                issue,
                "reopen",
                by=by,
                at=now,
                note=comment,
                data=facts,
                given=given,
                changes={
                    "returns": issue.returns + 1,
                    "answer_due_at": due,
                    "planned_date": None,
                },
            )
            dispatch_if_possible(issue)
        else:
            perform(issue, "rate", by=by, at=now, note=comment, data=facts, given=given)
            perform(issue, "close", by=By.system(), at=now, changes={"closed_at": now})
        Rating.objects.create(
            answer=answer, stars=stars, solved=solved, comment=comment, rated_at=now
        )
    return issue


def _due_after_return(issue: Issue, now: datetime) -> datetime:
    try:
        return deadlines.answer_due(now, issue.topic.term_days)
    except CalendarUnknownError:
        # The author can not repair the calendar, and the return must not be lost: the law's term holds.
        return deadlines.longest_answer_due(now)


def close_silent(*, issue: Issue) -> IssueEvent | None:
    """Closes an issue whose author has been silent for 14 days after the answer; else None."""
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        if (
            issue.state != State.ANSWERED
            or issue.answered_at is None
            or now < issue.answered_at + timedelta(days=deadlines.SILENCE_DAYS)
        ):
            return None
        return perform(
            issue, "close_by_silence", by=By.system(), at=now, changes={"closed_at": now}
        )


def escalate_issue(*, issue: Issue) -> IssueEvent | None:
    """Reminds of a deadline after 75 % of it, tells the superior at 100 %; None when not yet due."""
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        due = due_escalation(issue, now)
        if due is None:
            return None
        return perform(issue, due.action, by=By.system(), at=now, **due.told)


@dataclass(frozen=True)
class Escalation:
    """The action that a deadline asks for, and what it tells and changes."""

    action: str
    told: Mapping[str, Any]


def due_escalation(issue: Issue, now: datetime) -> Escalation | None:
    """What the deadline that runs asks for at `now` (UTC), None when it asks for nothing yet."""
    running = deadlines.running(
        issue.state,
        moderation_due_at=issue.moderation_due_at,
        registration_due_at=issue.registration_due_at,
        answer_due_at=issue.answer_due_at,
    )
    if issue.escalate_at is None or now < issue.escalate_at or running is None:
        return None
    name, due_at = running
    if name == "registration" and issue.escalate_at > due_at and issue.answer_due_at:
        # That it is not registered was told already; the term of the answer runs all the same.
        name, due_at = "answer", issue.answer_due_at
    late = now >= due_at
    then = None if late else due_at
    if late and name == "registration" and issue.answer_due_at:
        # After the missed deadline, for that is how the next look knows that it was told.
        soon = now + timedelta(seconds=1)
        then = max(soon, deadlines.reminder(due_at, issue.answer_due_at))
    return Escalation(
        "escalate" if late else "remind",
        {"data": {"deadline": name}, "changes": {"escalate_at": then}},
    )
