"""Double checks: chance picks a decision, another moderator judges blind, a head settles what differs."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from accounts.models import AccessRecord, User
from common import clock
from issues.models import IssueEvent
from issues.policies import By, may_act
from issues.workflow import Actor
from moderation.models import CheckShares, DoubleCheck, SecondVerdict, Settlement, Verdict
from moderation.operations.claiming import is_head
from moderation.queries import double_checks as queries

CONSUMER = "double checks"
ACTIONS = frozenset({"accept", "reject"})
"""The decisions that are checked: those that somebody else can repeat without knowing more."""


class CheckRefusedError(Exception):
    """A verdict on a double check is not taken.

    Attributes:
        why: `actor`, `party` (one's own message, or one has acted on it: decided, or rejected
            it before a second look), `seen` (the decision is known to this
            moderator), `said` (somebody has spoken already), `lapsed` (the message is no longer the one
            that was judged) or `same` (there is nothing to settle).
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def handle(event_id: int) -> None:
    """Lets chance decide whether the decision of an event is checked; called by the outbox.

    Nobody can choose: what is picked follows from the secret key and from the entry's hash, which holds
    a salt that did not exist before the decision. And it is the same however often it is asked.
    """
    event = IssueEvent.objects.select_related("words").get(pk=event_id)
    # Nobody has acted where the rule of the fast lane did.
    who = event.words.private["by"]["user"] if event.actor == Actor.MODERATOR else None
    shares = queries.shares()
    share = shares.of_the_rule if who is None else shares.of_people
    if not is_picked(event.hash, share):
        return
    DoubleCheck.objects.get_or_create(
        event=event,
        defaults={
            "issue_id": event.issue_id,
            "moderator_id": who,
            "verdict": event.action,
            "reason": event.data.get("reason", "") if event.action == Verdict.REJECT else "",
            "decided_at": event.at,
            "share": share,
        },
    )


def is_picked(entry_hash: str, share: int) -> bool:
    """Whether the decision of an entry is among the `share` percent that are checked."""
    drawn = salted_hmac(
        "moderation.double_checks", entry_hash, secret=settings.SECRET_KEY, algorithm="sha256"
    ).digest()
    return int.from_bytes(drawn[:8], "big") * 100 < share * 2**64


def set_shares(*, by: User, of_people: int, of_the_rule: int) -> CheckShares:
    """Changes how many decisions are checked, from now on.

    Args:
        by: a head moderator.
        of_people: of moderators' decisions, percent.
        of_the_rule: of those by the rule of the fast lane, percent.

    Raises:
        CheckRefusedError: somebody else asks (`actor`).
    """
    if not is_head(by):
        raise CheckRefusedError("actor")
    return CheckShares.objects.create(
        of_people=of_people, of_the_rule=of_the_rule, set_by=by, set_at=clock.now()
    )


def say(*, by: User, check: DoubleCheck, verdict: str, reason: str = "") -> SecondVerdict:
    """Takes the second verdict on a decision.

    Args:
        by: a moderator who does not know it.
        check: one that nobody has judged yet.
        verdict: a value of `Verdict`.
        reason: the code of a reason, for a rejection.

    Raises:
        CheckRefusedError: see there.
    """
    if why := why_not(by, check):
        raise CheckRefusedError(why)
    try:
        with transaction.atomic():
            return SecondVerdict.objects.create(
                check_of=check,
                moderator=by,
                verdict=verdict,
                reason=reason if verdict == Verdict.REJECT else "",
                said_at=clock.now(),
            )
    except IntegrityError as error:
        raise CheckRefusedError("said") from error


def why_not(by: User, check: DoubleCheck) -> str:
    """Why a moderator can not give the second verdict, as a code; empty where they can."""
    if not may_act(By.moderator(by), check.issue) or queries.has_acted(by, check):
        return "party"
    if SecondVerdict.objects.filter(check_of=check).exists():
        return "said"
    if queries.has_lapsed(check):
        return "lapsed"
    looked = AccessRecord.objects.filter(
        user=by, place="moderation", subject=check.issue.number, at__gte=check.decided_at
    )
    return "seen" if looked.exists() else ""


def next_check(*, by: User) -> DoubleCheck | None:
    """The check that a moderator is asked to judge next: not one of their choice, and the same until then."""
    for check in queries.open_to(by)[:20]:
        if not why_not(by, check):
            return check
    return None


def settle(*, by: User, check: DoubleCheck, verdict: str, words: str = "") -> Settlement:
    """Says which of two different verdicts is right; the message itself is changed by its own actions.

    Args:
        by: a head moderator who gave neither.
        check: one with two different verdicts.
        verdict: a value of `Verdict`.
        words: why, for the two moderators.

    Raises:
        CheckRefusedError: see there.
    """
    if not is_head(by):
        raise CheckRefusedError("actor")
    second = SecondVerdict.objects.filter(check_of=check).first()
    if second is None or second.verdict == check.verdict:
        raise CheckRefusedError("same")
    if by.pk in {check.moderator_id, second.moderator_id}:
        raise CheckRefusedError("party")
    try:
        with transaction.atomic():
            return Settlement.objects.create(
                check_of=check,
                head=by,
                verdict=verdict,
                words=words.strip(),
                settled_at=clock.now(),
            )
    except IntegrityError as error:
        raise CheckRefusedError("said") from error
