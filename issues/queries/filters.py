"""What the public may read of issues, and how an address narrows it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.contrib.gis.geos import Polygon
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from common import clock
from issues.models import Issue, Rating
from issues.queries.search import matching
from issues.workflow import ANSWER_CLOCK_STATES, PUBLIC_STATES, State

PUBLIC = Q(state__in=sorted(PUBLIC_STATES), is_hidden=False)
"""What everybody may read; written as the partial indexes have it."""


@dataclass(frozen=True)
class Box:
    """A rectangle of the map, WGS 84 degrees."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        numbers = (self.west, self.south, self.east, self.north)
        if not all(map(math.isfinite, numbers)):
            raise ValueError("a box has four finite numbers")
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise ValueError("a box goes from west to east and from south to north")

    @classmethod
    def parse(cls, text: str) -> "Box":
        """From `west,south,east,north`, as finely as `str` writes it: one address, one box.

        Raises:
            ValueError: it is not a box.
        """
        west, south, east, north = (round(float(part), 5) for part in text.split(","))
        return cls(west, south, east, north)

    def __str__(self) -> str:
        return ",".join(f"{n:.5f}" for n in (self.west, self.south, self.east, self.north))

    @property
    def polygon(self) -> Polygon:
        """The same as a geometry."""
        found = Polygon.from_bbox((self.west, self.south, self.east, self.north))
        found.srid = 4326
        return found


STAGES: Mapping[str, Q] = {
    "open": Q(state__in=sorted(ANSWER_CLOCK_STATES)),
    "overdue": Q(state__in=sorted(ANSWER_CLOCK_STATES)),  # and late, see `_stage`
    "answered": Q(state=State.ANSWERED),
    "closed": Q(state__in=[State.CLOSED, State.RATED]),
    "solved": Q(state__in=[State.CLOSED, State.RATED]),  # and confirmed, see `_stage`
    "unsolved": Q(state__in=[State.CLOSED, State.RATED]),  # and denied, see `_stage`
    "judged": Q(),  # and rated, see `_stage`
    "decided": Q(state__in=[State.ANSWERED, State.CLOSED, State.RATED], answered_at__isnull=False),
}
"""The public's words for where a message stands, beside the exact states."""
# Beyond these no message is, and at the ends of the calendar a day has none beside it.
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Filter:
    """Which of the public messages; an empty member does not narrow, one of several values is enough.

    Attributes:
        kinds: values of `Kind`.
        categories, topics: their codes.
        states: states of the workflow, or names in `STAGES`.
        municipality: its code.
        authority: its slug.
        since, until: first and last day in the region,
        by: of what: `published`, `answered` or `closed`.
        words: a number, or words of the text or the address.
        box: the place.
    """

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    municipality: str = ""
    authority: str = ""
    since: date | None = None
    until: date | None = None
    by: str = "published"
    words: str = ""
    box: Box | None = None

    @property
    def kind(self) -> str:
        """The kind where just one is chosen, else empty; so are the three below."""
        return _only(self.kinds)

    @property
    def category(self) -> str:
        """The code of the one category."""
        return _only(self.categories)

    @property
    def topic(self) -> str:
        """The code of the one topic."""
        return _only(self.topics)

    @property
    def state(self) -> str:
        """The one state or stage."""
        return _only(self.states)

    @property
    def begin_at(self) -> datetime | None:
        """The first moment of the first day, UTC."""
        if self.since is None:
            return None
        return clock.end_of_day(max(self.since, _EARLIEST) - timedelta(days=1))

    @property
    def end_at(self) -> datetime | None:
        """The first moment after the last day, UTC."""
        return None if self.until is None else clock.end_of_day(min(self.until, _LATEST))

    def issues(self) -> QuerySet[Issue]:
        """The public messages that the filter lets through, row by row, in no order.

        The same as `issues.columns.select` gives at once; for few rows, and to check by.
        """
        found = Issue.objects.filter(PUBLIC)
        exact: dict[str, object] = {
            "kind__in": self.kinds,
            "topic__category__code__in": self.categories,
            "topic__code__in": self.topics,
            "municipality__code": self.municipality,
            "authority__slug": self.authority,
        }
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.states:
            found = found.filter(reduce(or_, [_stage(state) for state in self.states]))
        if self.begin_at:
            found = found.filter(**{f"{self.by}_at__gte": self.begin_at})
        if self.end_at:
            found = found.filter(**{f"{self.by}_at__lt": self.end_at})
        if self.words:
            found = matching(found, self.words)
        if self.box:
            found = found.filter(point__intersects=self.box.polygon)
        return found

    def within(self, box: Box | None) -> "Filter":
        """The same, elsewhere."""
        return replace(self, box=box)


def tell_unsolved(issues: Iterable[Issue]) -> None:
    """Marks those that have ended though their authors say that nothing is solved, for rows read one way or another."""
    ended = {issue.pk: issue for issue in issues if issue.state in (State.CLOSED, State.RATED)}
    if ended:
        denied = Issue.objects.filter(_stage("unsolved"), pk__in=ended)
        for pk in denied.values_list("pk", flat=True):
            ended[pk].is_unsolved = True


def _only(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else ""


def _stage(state: str) -> Q:
    found = STAGES.get(state, Q(state=state))
    if state == "overdue":
        found &= Q(answer_due_at__lt=clock.now())
    if state == "solved":
        found &= Q(Exists(_last_verdict().filter(solved=True)))
    if state == "unsolved":
        found &= Q(Exists(_last_verdict().filter(solved=False)))
    if state == "judged":
        found &= Q(Exists(_last_verdict()))
    return found


def _last_verdict() -> QuerySet[Rating]:
    """The rating of the last answer that has one."""
    rated = Rating.objects.filter(answer__issue=OuterRef(OuterRef("pk")))
    last = rated.order_by("-answer_id").values("answer_id")[:1]
    return Rating.objects.filter(answer_id=Subquery(last))
