"""Counts of messages: for the public, and for those who watch the portal."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet

from authorities.models import Authority, Kind
from common import clock
from issues.models import Issue, Rating
from issues.queries.filters import PUBLIC, STAGES, Filter
from issues.queries.pages import for_cards


@dataclass(frozen=True)
class Figures:
    """Counts of public messages; each is the length of the list that `Filter(state=…)` gives."""

    open: int
    overdue: int
    answered: int
    solved: int


def figures() -> Figures:
    """The portal's plain figures now."""
    counted = Issue.objects.filter(PUBLIC).aggregate(
        open=Count("pk", STAGES["open"]),
        overdue=Count("pk", STAGES["overdue"] & Q(answer_due_at__lt=clock.now())),
        answered=Count("pk", STAGES["answered"]),
    )
    return Figures(**counted, solved=Filter(states=("solved",)).issues().count())


def lately_solved(limit: int) -> QuerySet[Issue]:
    """Messages whose authors have confirmed lately that the problem is solved."""
    found = Filter(kinds=(Kind.PROBLEM,), states=("solved",)).issues()
    return for_cards(found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk"))[:limit]


@dataclass(frozen=True)
class Record:
    """How an authority answers: counts of its public messages, and the mean of its ratings."""

    total: int = 0
    open: int = 0
    overdue: int = 0
    mean_stars: float | None = None


def records(authority: Authority | None = None) -> dict[int, Record]:
    """The records of all authorities that have a message, or of one, by the authority's key."""
    mine = {"authority": authority} if authority else {}
    counted = (
        Issue.objects.filter(PUBLIC, authority__isnull=False, **mine)
        .order_by()
        .values("authority_id")
        .annotate(
            total=Count("pk"),
            open=Count("pk", STAGES["open"]),
            overdue=Count("pk", STAGES["overdue"] & Q(answer_due_at__lt=clock.now())),
        )
    )
    rated = Rating.objects.filter(**{f"answer__{name}": value for name, value in mine.items()})
    means = dict(rated.order_by().values_list("answer__authority_id").annotate(Avg("stars")))
    return {
        row["authority_id"]: Record(
            row["total"], row["open"], row["overdue"], means.get(row["authority_id"])
        )
        for row in counted
    }


def count_by_state() -> dict[str, int]:
    """All messages by their state, public or not."""
    rows = Issue.objects.order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}
