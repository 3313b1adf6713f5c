"""What follows an answer: the author's verdict, the return, the head's control, the closing; and the
escalations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from common import canonical, clock, uploads
from common.workdays import CalendarUnknownError
from issues import deadlines
from issues.models import Attachment, Issue, IssueEvent, Rating
from issues.operations.files import keep_issue_file
from issues.operations.judging import dispatch_if_possible
from issues.operations.writer import lock, perform
from issues.policies import By, is_head_of
from issues.queries.control import is_controlled
from issues.workflow import MAX_RETURNS, ActionRefusedError, Actor, Need, State


def rate_issue(
    *,
    by: By,
    issue: Issue,
    stars: int,
    solved: bool,
    comment: str = "",
    photo: uploads.Upload | None = None,
) -> Issue:
    """The author's verdict: “solved” closes the issue, “not solved” returns it, twice at most.

    After two returns “not solved” closes it as unsolved, which its authority's record shows, and puts it
    under the control of the authority's head: see `conclude_control`.

    Args:
        by: the author.
        issue: an answered one.
        stars: 1 to 5.
        solved: whether it is.
        comment: words; “not solved” needs them.
        photo: what is not solved, for the authority and the moderators; never public.

    Raises:
        ActionRefusedError: it is not answered, not the author's, or “not solved” has no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        answer = issue.answers.order_by("-published_at", "-id").first()
        if answer is None or Rating.objects.filter(answer=answer).exists():
            raise ActionRefusedError("rate", "state")
        if not (solved or comment.strip()):
            raise ActionRefusedError("reopen", Need.REASON)
        now = clock.now()
        private: dict[str, canonical.Json] = {}
        if photo is not None:
            kept = keep_issue_file(issue=issue, upload=photo, purpose=Attachment.Purpose.VERDICT)
            private = {"files": [str(kept.uid)]}
        returns = not solved and issue.returns < MAX_RETURNS
        changes: dict[str, Any] = {}
        if returns:
            changes = {
                "returns": issue.returns + 1,
                "answer_due_at": _due_after_return(issue, now),
                "planned_date": None,
            }
        perform(
            issue,
            "reopen" if returns else "rate",
            by=by,
            at=now,
            note=comment,
            private=private,
            data={"stars": stars, "solved": solved, "answer": str(answer.uid)},
            given=frozenset({Need.RATING}),
            changes=changes,
        )
        if returns:
            dispatch_if_possible(issue)
        else:
            end = "close" if solved else "control"
            perform(issue, end, by=By.system(), at=now, changes={"closed_at": now})
        Rating.objects.create(
            answer=answer, stars=stars, solved=solved, comment=comment, rated_at=now
        )
    return issue


def conclude_control(*, by: By, issue: Issue, words: str) -> IssueEvent:
    """The head's word on an answer that was refused three times; it is public and ends the control.

    Args:
        by: the head of the authority; or a moderator, for a head who works on paper.
        issue: one under control.
        words: what the head has decided.

    Raises:
        ActionRefusedError: it is not under control, somebody else speaks, or there are no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        if by.actor == Actor.AUTHORITY and not is_head_of(by.user, issue.authority):
            raise ActionRefusedError("head_decides", "actor")
        given = frozenset({Need.CONTROL} if is_controlled(issue) else ())
        return perform(issue, "head_decides", by=by, note=words.strip(), given=given)


def _due_after_return(issue: Issue, now: datetime) -> datetime:
    try:
        return deadlines.answer_due(now, issue.topic.term_days)
    except CalendarUnknownError:
        # The author can not repair the calendar, and the return must not be lost: the law's term holds.
        return deadlines.longest_answer_due(now)


def close_silent(*, issue: Issue) -> IssueEvent | None:
    """Closes an issue whose author has been silent for 14 days after the answer; else None.

    Never before the author was told of it: where the notice came late, the end comes later too.
    """
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        is_waiting = issue.state == State.ANSWERED and issue.escalate_at is None
        if not is_waiting or issue.answered_at is None:
            return None
        reminded = issue.events.filter(action="remind", at__gte=issue.answered_at).last()
        if now < deadlines.silence_ends(issue.answered_at, reminded.at if reminded else None):
            return None
        return perform(
            issue, "close_by_silence", by=By.system(), at=now, changes={"closed_at": now}
        )


def escalate_issue(*, issue: Issue) -> IssueEvent | None:
    """Reminds of a deadline after 75 % of it, tells the superior at 100 %; None when not yet due.

    Of the end by silence the author is told three days before.
    """
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
        answered_at=issue.answered_at,
        asked_until=issue.asked_until,
    )
    if issue.escalate_at is None or now < issue.escalate_at or running is None:
        return None
    name, due_at = running
    if name == "question":
        return Escalation("end_question", {"changes": {"asked_until": None}})
    if name == "registration" and issue.escalate_at > due_at and issue.answer_due_at:
        # That it is not registered was told already; the term of the answer runs all the same.
        name, due_at = "answer", issue.answer_due_at
    # Nobody has missed anything by being silent: however late, it is a notice.
    late = now >= due_at and name != "verdict"
    then = None if late or name == "verdict" else due_at
    if late and name == "registration" and issue.answer_due_at:
        # After the missed deadline, for that is how the next look knows that it was told.
        soon = now + timedelta(seconds=1)
        then = max(soon, deadlines.reminder(due_at, issue.answer_due_at))
    return Escalation(
        "escalate" if late else "remind",
        {"data": {"deadline": name}, "changes": {"escalate_at": then}},
    )
