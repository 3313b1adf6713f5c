"""Who answers: records that are lists, in any order."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from authorities.models import Authority
from issues.columns import Record
from issues.models import Issue
from portal.views.authorities import ORDERS, Row


def test_an_authority_shows_its_record_and_its_messages(
    client: Client, publish: Callable[..., Issue], authority: Authority
) -> None:
    issue = publish()
    page = client.get(f"/authorities/{authority.slug}/")
    text = page.content.decode()
    assert issue.number in text
    assert "Квадратный округ" in text
    assert f"/feeds/authorities/{authority.slug}/" in text
    record = page.context["row"].record
    for state, number in (("open", record.open), ("overdue", record.overdue), ("judged", 0)):
        found = client.get(f"/issues/?authority={authority.slug}&state={state}")
        assert found.context["listing"].count == number, state
    assert client.get("/authorities/nobody/").status_code == 404


@pytest.mark.parametrize("sort", ["", *ORDERS, "nonsense"])
def test_the_list_is_ordered_as_asked(
    client: Client,
    publish: Callable[..., Issue],
    authority: Authority,
    sort: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    publish()
    Authority.objects.create(
        slug="idle", name="А никому не отвечающий комитет", level="regional", exchange="cabinet"
    )
    with django_assert_max_num_queries(12):
        page = client.get(f"/authorities/?sort={sort}")
    assert page.context["sort"] == (sort if sort in ORDERS else "")
    first = page.context["rows"][0].authority.slug
    assert first == ("square" if sort in ("messages", "open") else "idle")


def test_levels_are_chosen(client: Client, authority: Authority) -> None:
    Authority.objects.create(
        slug="other", name="Министерство", level="regional", exchange="cabinet"
    )
    page = client.get("/authorities/?level=regional")
    assert [row.authority.slug for row in page.context["rows"]] == ["other"]
    assert len(client.get("/authorities/?level=x").context["rows"]) == 2


def test_few_ratings_make_no_share() -> None:
    few = Row(Authority(), Record(total=4, judged=4, solved=4, mean_stars=5.0))
    enough = Row(Authority(), Record(total=8, judged=8, solved=2, mean_stars=2.0))
    assert (few.share_solved, few.stars) == (None, None)
    assert (enough.share_solved, enough.stars) == (25, 2.0)
    assert sorted([few, enough], key=ORDERS["solved"].key) == [enough, few]
