"""What is done at the desk: take a message, let it go, judge it while nobody else does."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Role, User
from authorities.models import Authority, Topic
from common import clock
from issues import operations as issues
from issues.models import Issue
from issues.operations.writer import lock
from issues.policies import By, may_moderate
from issues.workflow import ActionRefusedError, State
from moderation import queries
from moderation.models import Claim

LEASE = timedelta(minutes=15)
"""How long a moderator keeps a message without doing anything about it."""


class ClaimedError(Exception):
    """Another moderator has the message now.

    Attributes:
        claim: who has it and until when.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        super().__init__(str(claim))


class ChangedError(Exception):
    """The message is no longer what the moderator has read."""


def claim(*, by: User, issue: Issue) -> Claim:
    """Takes a waiting message for `LEASE`, or keeps it for so long again.

    Raises:
        ClaimedError: another moderator has it.
        ActionRefusedError: it does not wait for moderation, or `by` is no moderator.
    """
    with transaction.atomic():
        return _hold(by, lock(issue))


def claim_next(*, by: User) -> Issue | None:
    """Takes the most pressing message that nobody has; None when there is none.

    Raises:
        ActionRefusedError: `by` is no moderator.
    """
    while True:
        with transaction.atomic():
            taken = Claim.objects.filter(issue=OuterRef("pk"), expires_at__gt=clock.now())
            mine = queries.waiting() if is_head(by) else queries.waiting().filter(is_referred=False)
            issue = (
                mine.select_for_update(skip_locked=True, of=("self",))
                .exclude(Exists(taken))
                .order_by("moderation_due_at", "pk")
                .first()
            )
            if issue is None:
                return None
            try:
                _hold(by, issue)
            except ClaimedError:
                # Somebody took it after our look and before our lock: look again.
                continue
            return issue


def release(*, by: User, issue: Issue) -> bool:
    """Lets a message go that `by` has; False when it was not `by`'s any more."""
    deleted, _rows = Claim.objects.filter(issue=issue, moderator=by).delete()
    return deleted > 0


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


def take_over(*, by: User, issue: Issue, reason: str) -> Claim:
    """Takes a message from the moderator who has it; the timeline tells moderators why.

    Raises:
        ActionRefusedError: it does not wait for moderation, or there is no reason.
    """
    with transaction.atomic():
        issue = lock(issue)
        held = Claim.objects.select_related("moderator").filter(issue=issue).first()
        if held and held.moderator_id != by.pk and held.expires_at > clock.now():
            issues.take_over_issue(
                by=By.moderator(by), issue=issue, reason=reason, held_by=held.moderator
            )
            held.delete()
        return _hold(by, issue)


def is_head(user: User) -> bool:
    """Whether what is left to the head moderator can be decided by this one."""
    return user.has_role(Role.HEAD_MODERATOR)


def _for_decision(by: User, issue: Issue, seen: int) -> Issue:
    """The issue, locked and held: what follows is decided by nobody else."""
    issue = lock(issue)
    _hold(by, issue)
    if issue.events.filter(seq__gt=seen, action__in=("amend", "resubmit")).exists():
        raise ChangedError
    return issue


def _hold(by: User, issue: Issue) -> Claim:
    """Claims a locked issue. The lock lets one pass after the other; the key refuses a second claim."""
    if not may_moderate(by):
        raise ActionRefusedError("claim", "actor")
    if issue.state != State.SUBMITTED:
        raise ActionRefusedError("claim", "state")
    if issue.is_referred and not is_head(by):
        raise ActionRefusedError("claim", "referred")
    now = clock.now()
    held = Claim.objects.select_related("moderator").filter(issue=issue).first()
    if held is not None and held.moderator_id != by.pk and held.expires_at > now:
        raise ClaimedError(held)
    issues.begin_reading(by=By.system("moderation"), issue=issue)
    goes_on = held is not None and held.moderator_id == by.pk and held.expires_at > now
    claim, _is_new = Claim.objects.update_or_create(
        issue=issue,
        defaults={
            "moderator": by,
            "taken_at": held.taken_at if held is not None and goes_on else now,
            "expires_at": now + LEASE,
        },
    )
    return claim
