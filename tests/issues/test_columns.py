"""What the columns say is what the rows say: counts, pages, signs and figures, whatever is asked."""

from collections import Counter
from datetime import date, timedelta
from statistics import mean, median

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorities.models import Authority
from common import clock
from issues import columns, queries
from issues.models import Issue, Rating
from issues.queries import PUBLIC, STAGES, Box, Filter
from issues.workflow import ANSWER_CLOCK_STATES, State
from tests.issues.conftest import EPOCH

asking = settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    west, south = draw(st.integers(-10, 10**6)), draw(st.integers(-10, 10**6))
    wide, high = draw(st.integers(1, 10**6)), draw(st.integers(1, 10**6))
    return Box(
        *(n / 10**6 for n in (37e6 + west, 55e6 + south, 37e6 + west + wide, 55e6 + south + high))
    )


days = st.one_of(st.none(), st.dates(date(2026, 2, 27), date(2026, 4, 12)))
filters = st.builds(
    Filter,
    kinds=some(["problem", "proposal", "thanks"]),
    categories=some(["roads", "yard", "none"]),
    topics=some(["pothole", "kerb", "lamp", "bench", "none"]),
    states=some([*STAGES, *(state.value for state in State)]),
    municipality=st.sampled_from(["", "", "west", "east", "none"]),
    authority=st.sampled_from(["", "", "square", "other", "none"]),
    since=days,
    until=days,
    by=st.sampled_from(["published", "answered", "closed"]),
    box=st.one_of(st.none(), boxes()),
)


@asking
@given(chosen=filters)
def test_a_filter_means_the_same_for_columns_and_rows(many: list[Issue], chosen: Filter) -> None:
    with clock.told(EPOCH + timedelta(days=30)):
        expected = set(chosen.issues().values_list("pk", flat=True))
        selection = columns.select(chosen)
        assert set(selection.ids().tolist()) == expected
        assert selection.count == len(expected)


@asking
@given(chosen=filters, zoom=st.floats(0, 11))
def test_every_sign_counts_what_lies_in_its_box(
    many: list[Issue], chosen: Filter, zoom: float
) -> None:
    signs = columns.select(chosen).clusters(zoom)
    assert sum(sign.count for sign in signs) == chosen.issues().count()
    points = list(chosen.issues().values_list("pk", "point"))
    # A box is known to less than a centimetre.
    edge = 1e-7
    for sign in signs:
        west, south, east, north = sign.box
        inside = {
            pk
            for pk, point in points
            if west - edge <= point.x <= east + edge and south - edge <= point.y <= north + edge
        }
        assert len(inside) == sign.count
        assert sign.issue_id == (inside.pop() if sign.count == 1 else None)


def test_messages_at_one_place_are_known_as_such(many: list[Issue]) -> None:
    here = Filter(box=Box(37.4999999, 55.4999999, 37.5000001, 55.5000001))
    (sign,) = columns.select(here).clusters(12)
    assert sign.count == here.issues().count() > 10
    west, south, east, north = sign.box
    assert (west, south) == (east, north)
    assert (sign.lon, sign.lat) == pytest.approx((37.5, 55.5), abs=1e-7)


@pytest.mark.parametrize("zoom", [0.0, 5.5, 9.0, 11.0])
def test_no_two_signs_overlap(many: list[Issue], zoom: float) -> None:
    """Signs of many are half a square apart at least."""
    wide = 360 / (256 * 2**zoom / columns.CLUSTER_PIXELS)
    signs = [sign for sign in columns.select(Filter()).clusters(zoom) if sign.box[0] < sign.box[2]]
    for one in signs:
        for other in signs:
            if one is not other and abs(one.lat - other.lat) < wide / 8:
                assert abs(one.lon - other.lon) >= wide * 0.49


def test_what_is_wider_than_any_screen_is_not_drawn(many: list[Issue]) -> None:
    with pytest.raises(ValueError, match="screen"):
        columns.select(Filter()).clusters(18)


ORDERS = {
    "newest": ["-published_at", "-pk"],
    "supported": ["-support_count", "-pk"],
    "deadline": ["answer_due_at", "pk"],
    "category": ["topic__category__position", "topic__category", "-pk"],
    "closed": ["-closed_at", "-pk"],
}


@pytest.mark.parametrize("sort", columns.SORTS)
@pytest.mark.parametrize("size", [1, 7, 500])
def test_page_after_page_gives_every_message_once_in_its_order(
    many: list[Issue], sort: str, size: int
) -> None:
    issues = Filter().issues()
    if sort == "deadline":
        issues = issues.filter(state__in=ANSWER_CLOCK_STATES, answer_due_at__isnull=False)
    if sort == "closed":
        issues = issues.filter(closed_at__isnull=False)
    selection, seen, after = columns.select(Filter()), [], ""
    while True:
        page = selection.page(sort=sort, after=after, size=size)
        seen += page.ids
        after = page.after
        if not after:
            break
    assert seen == list(issues.order_by(*ORDERS[sort]).values_list("pk", flat=True))
    assert [card.pk for card in queries.cards(seen[:5], unsolved=())] == seen[:5]


@pytest.mark.parametrize(
    "key", ["x", "~", "1", "1~", "~1", "-1~2", "1~2~3", "1~²", "9" * 40 + "~1"]
)
def test_a_key_that_is_none_is_refused(many: list[Issue], key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        columns.select(Filter()).page(sort="newest", after=key)


def test_figures_are_the_lengths_of_lists(many: list[Issue]) -> None:
    with clock.told(EPOCH + timedelta(days=30)):
        figures = columns.select(Filter(kinds=("problem",))).figures()
        for name in ("open", "overdue", "answered", "decided", "solved"):
            narrowed = Filter(kinds=("problem",), states=(name,))
            assert getattr(figures, name) == columns.select(narrowed).count, name
            assert getattr(figures, name) == narrowed.issues().count() > 0, name
        assert figures.total == Filter(kinds=("problem",)).issues().count()


def test_counts_by_a_column(many: list[Issue]) -> None:
    selection, public = columns.select(Filter()), Issue.objects.filter(PUBLIC)
    for name, field in (("kind", "kind"), ("state", "state"), ("topic", "topic_id")):
        assert selection.by(name) == Counter(public.values_list(field, flat=True))


def test_the_record_of_an_authority(many: list[Issue], authority: Authority) -> None:
    with clock.told(EPOCH + timedelta(days=30)):
        record = columns.select(Filter()).records()[authority.pk]
        mine = Filter(authority=authority.slug)
        assert record.total == mine.issues().count()
        narrowed = {
            name: Filter(authority=authority.slug, states=(name,)).issues()
            for name in ("open", "overdue", "solved")
        }
    assert {name: found.count() for name, found in narrowed.items()} == {
        name: getattr(record, name) for name in narrowed
    }
    took = mine.issues().filter(answered_at__gt=F("published_at"))
    spans = took.values_list(F("answered_at") - F("published_at"), flat=True)
    middle = median(span.total_seconds() for span in spans)
    assert record.median_days == pytest.approx(middle / 86400, abs=1e-4)
    rated = [last.stars for issue in mine.issues() if (last := _last_rating(issue)) is not None]
    assert record.judged == len(rated)
    assert record.mean_stars == pytest.approx(mean(rated))


def _last_rating(issue: Issue) -> Rating | None:
    rated = [answer for answer in issue.answers.order_by("pk") if hasattr(answer, "rating")]
    return rated[-1].rating if rated else None


@pytest.mark.django_db
def test_where_there_is_nothing_nothing_breaks() -> None:
    nothing = columns.select(Filter())
    assert (nothing.count, nothing.clusters(3), nothing.records()) == (0, [], {})
    assert nothing.page(sort="newest").ids == []
    assert nothing.figures() == columns.Figures(0, 0, 0, 0, 0, 0)
    assert nothing.by("kind") == {}
