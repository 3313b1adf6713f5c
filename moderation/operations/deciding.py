"""A message is judged while nobody else judges it."""

from django.db import transaction

from accounts.models import User
from authorities.models import Authority, Topic
from issues import operations as issues
from issues.models import Issue
from issues.operations.writer import lock
from issues.policies import By
from moderation.models import Claim
from moderation.operations.claiming import hold


class ChangedError(Exception):
    """The message is no longer what the moderator has read."""


def accept(
    *,
    by: User,
    issue: Issue,
    seen: int,
    published_text: str,
    topic: Topic | None = None,
    authority: Authority | None = None,
) -> Issue:
    """Publishes a message, with the moderator's changes.

    Args:
        by: the moderator.
        issue: a waiting message.
        seen: how many entries the timeline had when the moderator read the message.
        published_text: what the public reads.
        topic: another topic; the message is routed anew.
        authority: another authority, before any rule.

    Raises:
        ClaimedError: another moderator has it.
        ChangedError: it was sent anew or changed since.
        ActionRefusedError: it does not wait for moderation any more.
        common.workdays.CalendarUnknownError: the term runs into a year whose calendar is unknown.
        ValueError: the topic does not allow the kind.
    """
    with transaction.atomic():
        issue = _for_decision(by, issue, seen)
        judged = issues.accept_issue(
            by=By.moderator(by),
            issue=issue,
            published_text=published_text,
            topic=topic,
            authority=authority,
        )
        Claim.objects.filter(issue=issue).delete()
    return judged


def reject(*, by: User, issue: Issue, seen: int, code: str, words: str, ground: str) -> Issue:
    """Rejects a message; its author gets the letter.

    Args:
        by: the moderator.
        issue: a waiting message.
        seen: how many entries the timeline had when the moderator read the message.
        code: code of the reason.
        words: the words for the author.
        ground: the article the reason rests on.

    Raises:
        ClaimedError, ChangedError, ActionRefusedError: as for `accept`.
    """
    with transaction.atomic():
        issue = _for_decision(by, issue, seen)
        judged = issues.reject_issue(
            by=By.moderator(by), issue=issue, reason=words, code=code, ground_of_law=ground
        )
        Claim.objects.filter(issue=issue).delete()
    return judged


def ask(*, by: User, issue: Issue, seen: int, question: str) -> Issue:
    """Asks the author; the message is nobody's until the answer or the end of the three days.

    Raises:
        ClaimedError, ChangedError, ActionRefusedError: as for `accept`; it was asked already.
    """
    with transaction.atomic():
        issue = _for_decision(by, issue, seen)
        issues.ask_author(by=By.moderator(by), issue=issue, question=question)
        Claim.objects.filter(issue=issue).delete()
    return issue


def merge(*, by: User, issue: Issue, seen: int, main: Issue) -> Issue:
    """Merges a message into a public one about the same thing.

    Raises:
        ClaimedError, ChangedError, ActionRefusedError: as for `accept`; the main one is not public any
            more, or has ended.
    """
    with transaction.atomic():
        lock(main)  # before the other, as one who hides it does
        issue = _for_decision(by, issue, seen)
        merged = issues.merge_issue(by=By.moderator(by), issue=issue, main=main)
        Claim.objects.filter(issue=issue).delete()
    return merged


def refer(*, by: User, issue: Issue, seen: int, reason: str) -> Issue:
    """Leaves a message to the head moderator; nobody else can take it from then on.

    Raises:
        ClaimedError, ChangedError, ActionRefusedError: as for `accept`; it is with the head already.
    """
    with transaction.atomic():
        issue = _for_decision(by, issue, seen)
        referred = issues.refer_issue(by=By.moderator(by), issue=issue, reason=reason)
        Claim.objects.filter(issue=issue).delete()
    return referred


def _for_decision(by: User, issue: Issue, seen: int) -> Issue:
    """The issue, locked and held: what follows is decided by nobody else."""
    issue = lock(issue)
    hold(by, issue)
    if issue.events.filter(seq__gt=seen, action__in=("amend", "resubmit")).exists():
        raise ChangedError
    return issue
