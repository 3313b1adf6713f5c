"""What the public may read of issues, and how an address narrows it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib.gis.geos import Polygon
from django.db.models import Exists, OuterRef, Q, QuerySet

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
        """From `west,south,east,north`.

        Raises:
            ValueError: it is not a box.
        """
        west, south, east, north = map(float, text.split(","))
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
    "overdue": Q(state__in=sorted(ANSWER_CLOCK_STATES)),  # and late, see `Filter.issues`
    "answered": Q(state=State.ANSWERED),
    "closed": Q(state__in=[State.CLOSED, State.RATED]),
    "solved": Q(state__in=[State.CLOSED, State.RATED]),  # and confirmed, see `Filter.issues`
    "decided": Q(state__in=[State.ANSWERED, State.CLOSED, State.RATED], answered_at__isnull=False),
}
"""The public's words for where a message stands, beside the exact states."""


@dataclass(frozen=True)
class Filter:
    """Which of the public messages; an empty member does not narrow.

    Attributes:
        kind: a value of `Kind`.
        category, topic, municipality: their codes.
        authority: its slug.
        state: a state of the workflow, or one of `STAGES`.
        words: a number, or words of the text or the address.
        box: the place.
    """

    kind: str = ""
    category: str = ""
    topic: str = ""
    state: str = ""
    municipality: str = ""
    authority: str = ""
    words: str = ""
    box: Box | None = None

    def issues(self) -> QuerySet[Issue]:
        """The public messages that the filter lets through, in no order."""
        found = Issue.objects.filter(PUBLIC)
        exact = {
            "kind": self.kind,
            "topic__category__code": self.category,
            "topic__code": self.topic,
            "municipality__code": self.municipality,
            "authority__slug": self.authority,
        }
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.state:
            found = found.filter(STAGES.get(self.state, Q(state=self.state)))
        if self.state == "overdue":
            found = found.filter(answer_due_at__lt=clock.now())
        if self.state == "solved":
            found = found.filter(Exists(_confirmed()))
        if self.words:
            found = matching(found, self.words)
        if self.box:
            found = found.filter(point__bboverlaps=self.box.polygon)
        return found

    def within(self, box: Box | None) -> "Filter":
        """The same, elsewhere."""
        return replace(self, box=box)


def _confirmed() -> QuerySet[Rating]:
    return Rating.objects.filter(answer__issue=OuterRef("pk"), solved=True)
