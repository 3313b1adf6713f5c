"""What the public reads of issues: filtered lists page by page, exact clusters for the map, plain figures."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Avg,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
)
from django.db.models.functions import Cos, Floor, Ln, Pi, Radians, Tan
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from authorities.models import Authority, Kind
from common import clock
from issues.models import SEARCHED, Answer, Attachment, Issue, Rating
from issues.workflow import ANSWER_CLOCK_STATES, PUBLIC_STATES, State

PUBLIC = Q(state__in=sorted(PUBLIC_STATES), is_hidden=False)
"""What everybody may read; written as the partial indexes have it."""

CLUSTER_PIXELS = 72
"""Messages within one square of so many screen pixels become one sign on the map."""


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
            found = _matching(found, self.words)
        if self.box:
            found = found.filter(point__bboverlaps=self.box.polygon)
        return found

    def within(self, box: Box | None) -> "Filter":
        """The same, elsewhere."""
        return replace(self, box=box)


def _confirmed() -> QuerySet[Rating]:
    return Rating.objects.filter(answer__issue=OuterRef("pk"), solved=True)


def _matching(issues: QuerySet[Issue], words: str) -> QuerySet[Issue]:
    number = words.strip().removeprefix("№").strip()
    if number.replace("-", "", 1).isdecimal():
        year, dash, serial = number.partition("-")
        # Without the year: the serial of any year.
        if not dash:
            return issues.filter(serial=int(year[:9]))
        return issues.filter(number=f"{year}-{serial}")
    # A minus shuts out the word after it; a row of them would only pile up in the query.
    words = re.sub(r"-+(?!\w)|-(?=-)", " ", words)
    query = SearchQuery(words, config="russian", search_type="websearch")
    return issues.annotate(searched=SEARCHED).filter(searched=query)


# --- Lists, page by page --------------------------------------------------------------------------

PAGE = 20
SORTS: Mapping[str, str] = {
    "newest": "-published_at",
    "supported": "-support_count",
    "deadline": "answer_due_at",
}
"""The orders of a list by their names in addresses; ties go by the row's number."""


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        issues: what stands on it.
        after: the key of the next page, empty on the last one.
    """

    issues: list[Issue]
    after: str


def page(issues: QuerySet[Issue], *, sort: str, after: str = "", size: int = PAGE) -> Page:
    """A page of `issues`, found by the key of the last row of the page before, never by counting.

    Args:
        issues: as `Filter.issues` gives them.
        sort: a name in `SORTS`.
        after: `Page.after` of the page before; empty for the first one.
        size: rows on a page.

    Raises:
        ValueError: `after` is not a key of this order.
    """
    order = SORTS[sort]
    field, falling = order.lstrip("-"), order.startswith("-")
    if sort == "deadline":
        issues = issues.filter(state__in=sorted(ANSWER_CLOCK_STATES), answer_due_at__isnull=False)
    if after:
        value, pk = _read_key(after, field)
        way = "lt" if falling else "gt"
        # The redundant first condition is what an index can seek by.
        issues = issues.filter(
            Q(**{f"{field}__{way}e": value}),
            Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"pk__{way}": pk}),
        )
    rows = list(for_cards(issues.order_by(order, "-pk" if falling else "pk"))[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], _key(last, field) if last else "")


def _key(issue: Issue, field: str) -> str:
    value = getattr(issue, field)
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{issue.pk}"


def _read_key(key: str, field: str) -> tuple[datetime | int, int]:
    text, tilde, pk = key.rpartition("~")
    value = int(text) if field == "support_count" else parse_datetime(text)
    if not tilde or value is None or (isinstance(value, datetime) and is_naive(value)):
        raise ValueError("not a key of this list")
    return value, int(pk)


def for_cards(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """With all that a card of a list shows: the topic, and photos of the message."""
    photos = Attachment.objects.filter(
        width__isnull=False, purpose=Attachment.Purpose.REPORT
    ).order_by("pk")
    return issues.select_related("topic").prefetch_related(
        Prefetch("attachments", photos, to_attr="photos")
    )


# --- The map --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cluster:
    """A sign on the map: how many messages, where it stands, and the box that holds them all.

    Attributes:
        count: exact.
        lon, lat: about their middle, WGS 84 degrees.
        box: west, south, east, north; a point where all lie at one place.
        issue_id: the message where it is only one.
    """

    count: int
    lon: float
    lat: float
    box: tuple[float, float, float, float]
    issue_id: int | None


def clusters(issues: QuerySet[Issue], *, zoom: float) -> list[Cluster]:
    """What the map shows of `issues` at a zoom: each is in exactly one cluster.

    Args:
        issues: as `Filter.issues` gives them, with a box.
        zoom: zoom of the web map, 0 is the world in 256 pixels; need not be a whole number.
    """
    cells = 256 * 2**zoom / CLUSTER_PIXELS
    lon, lat = (
        Func("point", function=name, output_field=FloatField()) for name in ("ST_X", "ST_Y")
    )
    # Squares of Web Mercator by plain arithmetic: a projection of each point would cost more.
    down = 1 - Ln(Tan(Radians("lat")) + 1 / Cos(Radians("lat"))) / Pi()
    rows = (
        issues.order_by()
        .annotate(lon=lon, lat=lat)
        .annotate(column=Floor((F("lon") + 180) / 360 * cells), row=Floor(down / 2 * cells))
        .values("column", "row")
        .annotate(count=Count("pk"), first=Min("pk"), middle_lon=Avg("lon"), middle_lat=Avg("lat"))
        .annotate(west=Min("lon"), south=Min("lat"), east=Max("lon"), north=Max("lat"))
        .order_by("-count", "first")
    )
    return [
        Cluster(
            row["count"],
            *standing(row, cells),
            (row["west"], row["south"], row["east"], row["north"]),
            row["first"] if row["count"] == 1 else None,
        )
        for row in rows
    ]


def standing(row: Mapping[str, Any], cells: float) -> tuple[float, float]:
    """Where a sign stands, WGS 84 degrees: many are pulled into the middle half of their square.

    So the signs of two squares never lie one over the other. One message stands where it is.
    """
    lon, lat = float(row["middle_lon"]), float(row["middle_lat"])
    if row["count"] == 1 or (row["west"], row["south"]) == (row["east"], row["north"]):
        return lon, lat
    across = (lon + 180) / 360 * cells
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * cells
    across = min(max(across, row["column"] + 0.25), row["column"] + 0.75)
    down = min(max(down, row["row"] + 0.25), row["row"] + 0.75)
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down / cells))))
    return across / cells * 360 - 180, lat


def extent(issues: QuerySet[Issue]) -> Box | None:
    """The box that holds all of `issues`, None where there are none."""
    hull = issues.order_by().aggregate(hull=Extent("point"))["hull"]
    if hull is None:
        return None
    west, south, east, north = hull
    margin = 0.005
    return Box(west - margin, south - margin, east + margin, north + margin)


# --- One issue ------------------------------------------------------------------------------------


def by_number(number: str) -> QuerySet[Issue]:
    """The issue of a public number, with all that its page shows but the timeline."""
    answers = Answer.objects.select_related("authority", "rating").prefetch_related("attachments")
    own_files = Attachment.objects.filter(answer__isnull=True).order_by("pk")
    return (
        Issue.objects.filter(number=number)
        .select_related("topic__category", "authority", "municipality", "author")
        .defer("municipality__polygon", "municipality__centre")
        .prefetch_related(
            Prefetch("answers", answers.order_by("published_at", "pk")),
            Prefetch("attachments", own_files),
        )
    )


# --- Figures --------------------------------------------------------------------------------------


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
    return Figures(**counted, solved=Filter(state="solved").issues().count())


def lately_solved(limit: int) -> QuerySet[Issue]:
    """Messages whose authors have confirmed lately that the problem is solved."""
    found = Filter(kind=Kind.PROBLEM, state="solved").issues()
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


# --- What waits, for those who watch the portal ---------------------------------------------------


def count_by_state() -> dict[str, int]:
    """All messages by their state, public or not."""
    rows = Issue.objects.order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}
