"""Lists of messages: narrowed, ordered, page by page, and found by words."""

import re
from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from authorities.models import Authority
from geo.models import Municipality, Place
from issues import queries
from issues.models import Issue
from issues.queries import Filter
from issues.workflow import ANSWER_CLOCK_STATES


def numbers(client: Client, address: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    return re.findall(r'card__link" href="/issues/([\d-]+)/"', page.content.decode())


def test_tabs_and_filters(
    client: Client, publish: Callable[..., Issue], authority: Authority, municipality: Municipality
) -> None:
    problem, thanks = publish(), publish(kind="thanks")
    both = [thanks.number, problem.number]
    assert numbers(client, "/issues/") == both
    assert numbers(client, "/issues/?kind=thanks") == [thanks.number]
    assert numbers(client, "/issues/?state=decided") == []
    assert numbers(client, "/issues/?state=dispatched") == [problem.number]
    assert numbers(client, f"/issues/?authority={authority.slug}") == both
    assert numbers(client, f"/issues/?municipality={municipality.code}&topic=pothole") == both
    assert numbers(client, "/issues/?category=roads&bbox=37,55,37.4,56") == []


def test_an_unknown_filter_is_said_and_narrows_nothing(
    client: Client, publish: Callable[..., Issue]
) -> None:
    issue = publish()
    assert numbers(client, "/issues/?kind=nonsense&authority=nobody&bbox=x") == [issue.number]
    assert "Это не участок карты" in client.get("/issues/?bbox=x").content.decode()


@pytest.mark.parametrize("sort", queries.SORTS)
def test_page_after_page_gives_each_message_once(publish: Callable[..., Issue], sort: str) -> None:
    issues = [publish() for _ in range(7)]
    # Many have the same key: only the row's number parts them.
    Issue.objects.filter(pk__in=[issue.pk for issue in issues[:3]]).update(support_count=4)
    seen, after = [], ""
    while True:
        page = queries.page(Filter().issues(), sort=sort, after=after, size=2)
        seen += [issue.pk for issue in page.issues]
        after = page.after
        if not after:
            break
    assert sorted(seen) == sorted(issue.pk for issue in issues)
    whole = queries.page(Filter().issues(), sort=sort, size=50)
    assert seen == [issue.pk for issue in whole.issues]


@pytest.mark.parametrize(
    "key", ["nonsense", "~", "2026-01-01~x", "~5", "2026-99-99T00:00~1", "2026-01-01T00:00~1"]
)
@pytest.mark.django_db
def test_a_key_that_is_none_leads_to_the_beginning(client: Client, key: str) -> None:
    found = client.get("/issues/", {"after": key})
    assert (found.status_code, found["Location"]) == (302, "/issues/")


def test_words_are_found_by_their_stems_and_numbers_as_they_are(
    client: Client, publish: Callable[..., Issue]
) -> None:
    hole = publish(description="Глубокая яма у школы")
    lamp = publish(description="Не горит фонарь", address="Квадратный, Садовая улица, 5")
    assert numbers(client, "/issues/?q=ямы") == [hole.number]
    assert numbers(client, "/issues/?q=садовой") == [lamp.number]
    assert numbers(client, f"/issues/?q={lamp.number}") == [lamp.number]
    assert numbers(client, f"/issues/?q=№ {lamp.number}") == [lamp.number]
    assert numbers(client, f"/issues/?q={lamp.serial}") == [lamp.number]
    assert numbers(client, "/issues/?q=бегемот") == []
    assert numbers(client, "/issues/?q=99999999999999999999") == []


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=²",
        "q=٢٠٢٦-١",
        "q=-",
        "q=9-9-9",
        "q=%27%22%3B--",
        "q=!!!%26|(",
        "category=%00",
        "authority=%00",
        "bbox=1e400,0,1,1",
        "sort=%00",
        "sort=supported&after=99999999999999999999~99999999999999999999",
    ],
)
@pytest.mark.parametrize("path", ["/issues/", "/map/", "/map/places.json"])
@pytest.mark.django_db
def test_no_words_break_a_page(client: Client, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code in (200, 302)


@pytest.mark.django_db
def test_a_search_looks_through_what_its_index_holds() -> None:
    """Were the two expressions not one, a search would read every message."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(indexprs, indrelid) FROM pg_index"
            " WHERE indexrelid = 'issue_public_words'::regclass"
        )
        (indexed,) = cursor.fetchone()
    assert indexed in Filter(words="яма").issues().explain()


@pytest.mark.parametrize(("sort", "index"), [(s, f"issue_public_{s}") for s in queries.SORTS])
@pytest.mark.django_db
def test_every_order_has_its_index(sort: str, index: str) -> None:
    order = queries.SORTS[sort]
    issues = Filter().issues().order_by(order, "-pk" if order.startswith("-") else "pk")
    if sort == "deadline":
        waiting = sorted(ANSWER_CLOCK_STATES)
        issues = issues.filter(state__in=waiting, answer_due_at__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert index in issues.explain()


def test_a_page_of_a_list_costs_the_same_for_one_and_for_many(
    client: Client,
    publish: Callable[..., Issue],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        publish()
    with django_assert_max_num_queries(12):
        assert len(numbers(client, "/issues/?topic=pothole&authority=square&category=roads")) == 5


def test_home_shows_figures_that_are_lists(
    client: Client,
    publish: Callable[..., Issue],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    publish(), publish(kind="thanks")
    with django_assert_max_num_queries(12):
        home = client.get("/")
    figures = home.context["figures"]
    for state in ("open", "overdue", "answered", "solved"):
        assert getattr(figures, state) == len(numbers(client, f"/issues/?state={state}")), state


def test_authorities_and_their_record(
    client: Client, publish: Callable[..., Issue], authority: Authority
) -> None:
    issue = publish()
    listing = client.get("/authorities/")
    assert [record.total for _, record in listing.context["authorities"]] == [1]
    page = client.get(f"/authorities/{authority.slug}/")
    assert issue.number in page.content.decode()
    assert "Квадратный округ" in page.content.decode()
    assert client.get("/authorities/nobody/").status_code == 404


def test_where_nothing_is_found_the_place_and_the_topic_that_may_be_meant_are_offered(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    Place.objects.create(
        kind="settlement",
        name="Квадратный",
        label="Квадратный",
        point=Point(37.5, 55.5, srid=4326),
        population=90000,
        source_id="1",
    )
    text = client.get("/issues/?q=кводратный").content.decode()
    assert "Искать это место на карте:" in text
    assert "/map/?q=%D0%9A%D0%B2%D0%B0" in text
    assert '?topic=pothole">Яма на дороге' in client.get("/issues/?q=ямв").content.decode()
    assert "Возможно, вы ищете" not in client.get("/issues/?q=хчъъ").content.decode()
