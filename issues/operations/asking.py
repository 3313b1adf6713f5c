"""A moderator's question to the author: asked once a sending, answered within three days."""

from datetime import timedelta

from django.db import transaction

from common import clock
from issues import deadlines
from issues.models import Issue, IssueEvent
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.workflow import ActionRefusedError, Need


def ask_author(*, by: By, issue: Issue, question: str) -> IssueEvent:
    """Asks the author; the 48 hours stand still until the answer, three days at most.

    They are moved by the whole of the time that the author has; what of it is not used is given back by
    `clarify_issue`. So at any moment the stored deadline is the one that holds.

    Args:
        by: the moderator.
        issue: a submitted one.
        question: what is not clear, in words for the author.

    Raises:
        ActionRefusedError: it does not wait for moderation, was asked already as it was sent last
            (`not_asked`), or there are no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        given = frozenset(() if was_asked(issue) else {Need.NOT_ASKED})
        return perform(
            issue,
            "ask",
            by=by,
            at=now,
            note=question.strip(),
            given=given,
            changes={
                "asked_until": now + deadlines.QUESTION,
                "moderation_due_at": issue.moderation_due_at + deadlines.QUESTION,
            },
        )


def clarify_issue(*, by: By, issue: Issue, words: str) -> IssueEvent:
    """The author answers: the message is back in the queue, and the 48 hours go on.

    Args:
        by: the author, logged in or by the signed link of the letter.
        issue: one whose author is asked.
        words: the answer, for the moderators.

    Raises:
        ActionRefusedError: nothing is asked any more (`asked`), it was decided meanwhile, or there are
            no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        if issue.asked_until is None:
            raise ActionRefusedError("clarify", Need.ASKED)
        unused = max(issue.asked_until - now, timedelta(0))
        return perform(
            issue,
            "clarify",
            by=by,
            at=now,
            note=words.strip(),
            changes={
                "asked_until": None,
                "moderation_due_at": issue.moderation_due_at - unused,
            },
        )


def was_asked(issue: Issue) -> bool:
    """Whether the author was asked about the message as it was sent last."""
    sent = ("submit", "resubmit", "separate", "ask")
    last = issue.events.filter(action__in=sent).order_by("-seq")
    return last.values_list("action", flat=True).first() == "ask"
