"""A message is taken and let go: nobody judges it together with somebody else."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from common import clock
from issues import operations as issues
from issues.models import Issue
from issues.operations.writer import lock
from issues.policies import By, leads_moderation, may_moderate
from issues.queries.appeals import rejected_by
from issues.workflow import ActionRefusedError, Need, State
from moderation import queries
from moderation.models import Claim, HeldDecision

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


class DecidedError(Exception):
    """The message is decided; only the one who did can take it back, until it goes out.

    Attributes:
        held: the decision.
    """

    def __init__(self, held: HeldDecision) -> None:
        self.held = held
        super().__init__(str(held))


def claim(*, by: User, issue: Issue) -> Claim:
    """Takes a waiting message for `LEASE`, or keeps it for so long again.

    Raises:
        ClaimedError: another moderator has it.
        DecidedError: it is decided, and that has not gone out yet.
        ActionRefusedError: it does not wait for moderation, or `by` is no moderator.
    """
    with transaction.atomic():
        return hold(by, lock(issue))


def claim_next(*, by: User) -> Issue | None:
    """Takes the most pressing message that nobody has; None when there is none.

    Raises:
        ActionRefusedError: `by` is no moderator.
    """
    others: list[int] = []  # second looks at what `by` has rejected
    while True:
        with transaction.atomic():
            taken = Claim.objects.filter(issue=OuterRef("pk"), expires_at__gt=clock.now())
            decided = HeldDecision.objects.filter(issue=OuterRef("pk"))
            mine = queries.waiting() if is_head(by) else queries.waiting().filter(is_referred=False)
            issue = (
                mine.select_for_update(skip_locked=True, of=("self",))
                .exclude(Exists(taken) | Exists(decided))
                .exclude(pk__in=others)
                .order_by("moderation_due_at", "pk")
                .first()
            )
            if issue is None:
                return None
            try:
                hold(by, issue)
            except (ClaimedError, DecidedError):
                # Somebody took it after our look and before our lock: look again.
                continue
            except ActionRefusedError as refused:
                if refused.why != Need.ANOTHER_MODERATOR:
                    raise
                others.append(issue.pk)
                continue
            return issue


def release(*, by: User, issue: Issue) -> bool:
    """Lets a message go that `by` has; False when it was not `by`'s any more."""
    deleted, _rows = Claim.objects.filter(issue=issue, moderator=by).delete()
    return deleted > 0


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
        return hold(by, issue)


def is_head(user: User) -> bool:
    """Whether what is left to the head moderator can be decided by this one."""
    return leads_moderation(user)


def refuse_others(by: User, issue: Issue) -> None:
    """Nothing, where a message is for `by` to judge, whoever has it now.

    Raises:
        ActionRefusedError: it does not wait, is left to the head moderator, or is a second look at what `by`
            has rejected.
    """
    if not may_moderate(by):
        raise ActionRefusedError("claim", "actor")
    if issue.state != State.SUBMITTED:
        raise ActionRefusedError("claim", "state")
    if issue.is_referred and not is_head(by):
        raise ActionRefusedError("claim", "referred")
    if issue.is_appealed and by.pk in rejected_by(issue):
        raise ActionRefusedError("claim", Need.ANOTHER_MODERATOR)


def hold(by: User, issue: Issue) -> Claim:
    """Claims a locked issue. The lock lets one pass after the other; the key refuses a second claim."""
    refuse_others(by, issue)
    if decided := HeldDecision.objects.select_related("moderator").filter(issue=issue).first():
        raise DecidedError(decided)
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
            "undone": held.undone if held is not None and goes_on else {},
        },
    )
    return claim
