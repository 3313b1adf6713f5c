"""The queues of the desk, page by page, and their figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from authorities.models import Kind
from common import clock
from issues.models import EventNote, Issue
from issues.queries import unseen, voices
from issues.workflow import State
from moderation.models import Claim, DroppedDecision, HeldDecision
from moderation.queries import double_checks

PAGE_SIZE = 25
SOON = timedelta(hours=12)
"""Less time than this is shown as pressing."""


@dataclass(frozen=True)
class Page:
    """One page of a queue.

    Attributes:
        issues: the rows.
        next: the key to ask the next page with, empty on the last one.
    """

    issues: list[Issue]
    next: str


@dataclass(frozen=True)
class Figures:
    """How many messages wait: in all, past the 48 hours, nearly past them, with this moderator; and beside it."""

    waiting: int
    late: int
    soon: int
    mine: int
    unrouted: int
    reported: int
    unseen: int
    to_check: int


@dataclass(frozen=True)
class Row:
    """A message as the queue shows it.

    Attributes:
        held: the decision about it that has not gone out yet.
        claim: of the moderator who has it now.
    """

    issue: Issue
    held: HeldDecision | None
    claim: Claim | None


def queue(*, after: str = "", narrowed: "QuerySet[Issue] | None" = None) -> Page:
    """Messages that wait for moderation, the least time left first.

    Args:
        after: the key of an earlier page; a wrong one gives the first page.
        narrowed: which of them; all that wait when None.
    """
    rows = waiting() if narrowed is None else narrowed
    return _page(_as_rows(rows), "moderation_due_at", after)


def asked() -> "QuerySet[Issue]":
    """Messages that wait for the word of their authors."""
    return Issue.objects.filter(state=State.SUBMITTED, asked_until__isnull=False)


def waiting() -> "QuerySet[Issue]":
    """All messages that wait for a moderator; one whose author is asked waits for its author."""
    return Issue.objects.filter(state=State.SUBMITTED, asked_until=None)


def chosen(numbers: Iterable[str]) -> "QuerySet[Issue]":
    """Messages by their numbers, in the order of the queue; as much of each as a preview shows."""
    found = Issue.objects.filter(number__in=list(numbers))
    return (
        found.select_related("topic", "municipality", "authority", "author")
        .prefetch_related("findings")
        .order_by("moderation_due_at", "pk")
    )


def decided_by(moderator: User) -> "QuerySet[HeldDecision]":
    """What a moderator has decided and can still undo, the first to go out first."""
    return HeldDecision.objects.filter(moderator=moderator).select_related("issue__topic")


def dropped_of(moderator: User) -> "QuerySet[DroppedDecision]":
    """Decisions of a moderator that could not go out, until that was read."""
    return DroppedDecision.objects.filter(moderator=moderator).select_related("issue")


def mine(moderator: User) -> "QuerySet[Issue]":
    """Messages that a moderator holds now."""
    held = waiting().filter(claim__moderator=moderator, claim__expires_at__gt=clock.now())
    return _as_rows(held).order_by("moderation_due_at", "pk")


def rows(issues: Iterable[Issue]) -> list[Row]:
    """Messages of `queue` or `mine` with who is about them, asked here once rather than by each line."""
    now, found = clock.now(), []
    for issue in issues:
        claim: Claim | None = getattr(issue, "claim", None)
        if claim and claim.expires_at <= now:
            claim = None
        found.append(Row(issue, getattr(issue, "held", None), claim))
    return found


def unrouted(*, after: str = "") -> Page:
    """Published messages that no authority has, with the words of one that sent them back (R3.2)."""
    refusal = (
        EventNote.objects.filter(event__issue=OuterRef("pk"), event__action="refuse_registration")
        .order_by("-event__seq")
        .values("note")[:1]
    )
    rows = (
        _without_authority()
        .annotate(refusal=Subquery(refusal))
        .select_related("topic", "municipality")
        .defer(*_NOT_SHOWN, "municipality__polygon", "municipality__centre")
    )
    return _page(rows, "answer_due_at", after)


def figures(moderator: User) -> Figures:
    """The figures above the queue."""
    now = clock.now()
    counted = waiting().aggregate(
        waiting=Count("pk"),
        late=Count("pk", filter=Q(moderation_due_at__lte=now)),
        soon=Count("pk", filter=Q(moderation_due_at__gt=now, moderation_due_at__lte=now + SOON)),
    )
    mine_now = Claim.objects.filter(
        moderator=moderator, expires_at__gt=now, issue__state=State.SUBMITTED
    ).count()
    return Figures(
        **counted,
        mine=mine_now,
        unrouted=_without_authority().count(),
        reported=voices.count_reported(),
        unseen=unseen.count_unseen(),
        to_check=double_checks.count_open(),
    )


# Of many rows the greater part of what the database would send: grounds, examples, routes.
_NOT_SHOWN = ("routing", "details", "topic__examples", "topic__questions", "topic__keywords")


def _as_rows(found: "QuerySet[Issue]") -> "QuerySet[Issue]":
    """With all that a row of the queue shows, and no more."""
    shown = found.select_related("topic", "claim__moderator", "held__moderator")
    return shown.defer(*_NOT_SHOWN).prefetch_related("findings")


def _without_authority() -> "QuerySet[Issue]":
    return Issue.objects.filter(state=State.PUBLISHED, authority=None).exclude(kind=Kind.THANKS)


def _page(rows: "QuerySet[Issue, Any]", moment: str, after: str) -> Page:
    if key := _read_key(after):
        at, pk = key
        rows = rows.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "pk__gt": pk})).filter(
            # Said once more in a form that the index understands.
            **{f"{moment}__gte": at}
        )
    found = list(rows.order_by(moment, "pk")[: PAGE_SIZE + 1])
    issues = found[:PAGE_SIZE]
    has_more = len(found) > PAGE_SIZE
    return Page(issues, _key(getattr(issues[-1], moment), issues[-1].pk) if has_more else "")


def _key(at: datetime, pk: int) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S%f}-{pk}"


def _read_key(key: str) -> tuple[datetime, int] | None:
    at, _dash, pk = key.partition("-")
    try:
        return datetime.strptime(at, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC), int(pk)
    except ValueError:
        return None
