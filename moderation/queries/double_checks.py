"""Double checks as they are read: what waits for whom, what differs, how well people agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat

from accounts.models import User
from common import clock
from issues.models import EventNote, IssueEvent
from issues.workflow import Actor
from moderation.agreement import Agreement, agreement
from moderation.models import CheckShares, DoubleCheck, Verdict

NOT_THE_SAME_ANY_MORE = ("resubmit", "separate", "appeal", "take_up", "withdraw", "erase")
"""After these a message is not what was judged, or is judged anew in any case."""
KEPT_OPEN = timedelta(days=14)
"""After so long nobody is asked any more: the figures are to tell of the present."""
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Pair:
    """How well two agree.

    Attributes:
        first, second: who; None for the rule of the fast lane.
        found: how well.
        same_reason: of the messages that both rejected, how many for the same reason.
        both_rejected: how many both rejected.
    """

    first: User | None
    second: User | None
    found: Agreement
    same_reason: int
    both_rejected: int


@dataclass(frozen=True)
class Agreements:
    """How well all agree, and each two of them, the most messages first; see `Pair` for the counts."""

    all: Pair
    pairs: list[Pair]


def shares() -> CheckShares:
    """The shares that hold now."""
    return CheckShares.objects.order_by("-pk").first() or CheckShares()


def open_checks() -> "QuerySet[DoubleCheck]":
    """Checks that wait for a second verdict."""
    return DoubleCheck.objects.filter(
        ~Exists(_later_events()), second=None, decided_at__gte=clock.now() - KEPT_OPEN
    )


def count_open() -> int:
    """How many checks wait, as of a moment ago: it stands on every page of the desk."""
    kept: int | None = cache.get("moderation.open_checks")
    if kept is None:
        kept = open_checks().count()
        cache.set("moderation.open_checks", kept, timeout=KEPT_SECONDS)
    return kept


def has_lapsed(check: DoubleCheck) -> bool:
    """Whether the message is no longer the one that was judged."""
    return DoubleCheck.objects.filter(Exists(_later_events()), pk=check.pk).exists()


def has_acted(user: User, check: DoubleCheck) -> bool:
    """Whether a moderator is in the timeline of the message: who has judged it before does not judge blindly."""
    theirs = EventNote.objects.filter(private__by__user=user.pk, event__actor=Actor.MODERATOR)
    return check.moderator_id == user.pk or theirs.filter(event__issue=check.issue_id).exists()


def open_to(user: User) -> "QuerySet[DoubleCheck]":
    """What a moderator could be asked to judge, in an order that is theirs alone, so that two seldom meet."""
    own = MD5(
        Concat(Cast("uid", CharField()), Value(str(user.pk)), output_field=CharField()),
    )
    return (
        open_checks()
        .exclude(moderator=user)
        .exclude(issue__author=user)
        .select_related("issue__topic__category", "issue__municipality")
        .defer("issue__municipality__polygon", "issue__municipality__centre")
        .order_by(own)
    )


def disagreements() -> "QuerySet[DoubleCheck]":
    """Checks whose two verdicts differ and that no head has settled, the eldest first."""
    return (
        DoubleCheck.objects.filter(second__isnull=False, settlement=None)
        .exclude(second__verdict=F("verdict"))
        .select_related("issue__topic", "moderator", "second__moderator")
        .order_by("decided_at")
    )


def settled(limit: int = 20) -> "QuerySet[DoubleCheck]":
    """What heads have settled, the latest first."""
    return (
        DoubleCheck.objects.filter(settlement__isnull=False)
        .select_related("issue__topic", "moderator", "second__moderator", "settlement__head")
        .order_by("-settlement__settled_at")[:limit]
    )


def agreements(*, since: datetime, until: datetime) -> Agreements:
    """How well verdicts agree, over the decisions from `since` until before `until` (UTC)."""
    rows = (
        DoubleCheck.objects.filter(
            second__isnull=False, decided_at__gte=since, decided_at__lt=until
        )
        .values_list(
            "moderator",
            "verdict",
            "reason",
            "second__moderator",
            "second__verdict",
            "second__reason",
        )
        .order_by("pk")
    )
    every: list[_Row] = []
    of_pairs: defaultdict[tuple[int | None, int], list[_Row]] = defaultdict(list)
    for first, verdict, reason, second, said, said_reason in rows:
        row = _Row(verdict, reason, said, said_reason)
        every.append(row)
        if first is not None and first > second:
            of_pairs[second, first].append(_Row(said, said_reason, verdict, reason))
        else:
            of_pairs[first, second].append(row)
    people = User.objects.in_bulk({pk for pair in of_pairs for pk in pair if pk is not None})
    pairs = [
        _pair(people[one] if one is not None else None, people[other], told)
        for (one, other), told in of_pairs.items()
    ]
    return Agreements(
        _pair(None, None, every), sorted(pairs, key=lambda pair: pair.found.count, reverse=True)
    )


@dataclass(frozen=True)
class _Row:
    one: str
    reason_of_one: str
    other: str
    reason_of_other: str


def _pair(first: User | None, second: User | None, rows: Iterable[_Row]) -> Pair:
    told = list(rows)
    rejected = [row for row in told if row.one == row.other == Verdict.REJECT]
    return Pair(
        first,
        second,
        agreement((row.one, row.other) for row in told),
        same_reason=sum(row.reason_of_one == row.reason_of_other for row in rejected),
        both_rejected=len(rejected),
    )


def _later_events() -> "QuerySet[IssueEvent]":
    return IssueEvent.objects.filter(
        issue=OuterRef("issue"),
        seq__gt=OuterRef("event__seq"),
        action__in=NOT_THE_SAME_ANY_MORE,
    )
