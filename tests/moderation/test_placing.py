"""The place corrected at the desk: what is told before the decision is what the decision does."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from authorities.models import Authority, ServiceArea
from geo.models import Place
from issues.models import Issue
from moderation import operations
from moderation.models import HeldDecision

IN_THE_EAST = "55.50000, 37.90000"


@pytest.fixture
def east(authority: Authority) -> Authority:
    """Answers in the eastern quarter of the square, before the one of the whole."""
    east = Authority.objects.create(
        slug="east", name="Управа Востока", level="municipal", exchange="cabinet"
    )
    ServiceArea.objects.create(
        authority=east,
        polygon=MultiPolygon(Polygon.from_bbox((37.75, 55, 38, 56)), srid=4326),
        validity=(date(2020, 1, 1), None),
    )
    return east


@pytest.fixture
def desk(moderator: User, issue: Issue, client: Client) -> Client:
    operations.claim(by=moderator, issue=issue)
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


def told(desk: Client, issue: Issue, point: str, *, topic: int | None = None) -> str:
    asked = {"point": point, "topic": str(issue.topic_id if topic is None else topic)}
    return desk.get(f"/moderation/{issue.number}/place/", asked).content.decode()


def decide(desk: Client, issue: Issue, **fields: object) -> Any:
    data = {
        "seen": issue.event_count,
        "published_text": "Мои слова о яме",
        "topic": issue.topic_id,
        "authority": issue.authority_id,
    }
    return desk.post(f"/moderation/{issue.number}/accept/", data | fields)


def test_the_authority_that_is_told_for_another_place_is_the_one_that_gets_the_message(
    desk: Client, issue: Issue, east: Authority
) -> None:
    Place.objects.create(
        kind=Place.Kind.SETTLEMENT,
        label="Восточный",
        point=Point(37.9, 55.5, srid=4326),
        population=9,
    )
    page = told(desk, issue, IN_THE_EAST)
    assert "<strong>Управа Востока</strong>" in page
    assert "Восточный" in page
    preview = decide(desk, issue, point=IN_THE_EAST, preview="1").content.decode()
    assert "Authority: Управа Востока" in preview  # not the one that the field still shows
    assert decide(desk, issue, point=IN_THE_EAST).status_code == 302
    issue.refresh_from_db()
    assert issue.authority == east
    assert (issue.point.y, issue.point.x) == (55.5, 37.9)


def test_the_place_of_an_undone_decision_is_told_anew(
    desk: Client, issue: Issue, east: Authority, moderator: User, settings: Settings
) -> None:
    settings.MODERATION_UNDO_SECONDS = 30
    page = desk.get(f"/moderation/{issue.number}/").content.decode()
    assert 'class="place-map"' in page
    assert "Nearest known address" not in page  # the author's place is told beside it
    decide(desk, issue, point=IN_THE_EAST)
    assert HeldDecision.objects.exists()
    operations.undo(by=moderator, issue=issue)
    page = desk.get(f"/moderation/{issue.number}/").content.decode()
    assert f'value="{IN_THE_EAST}"' in page
    assert "<strong>Управа Востока</strong>" in page


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("", "the place that the author chose"),
        ("10.00000, 10.00000", "lies in no municipality"),
        ("здесь", "Write it like this"),
        ("95.00000, 37.50000", "lies in no municipality"),
        ("<script>", "Write it like this"),
    ],
)
def test_what_is_no_place_of_the_region_gets_a_sentence_and_loses_no_word(
    desk: Client, issue: Issue, point: str, words: str
) -> None:
    assert words in told(desk, issue, point)
    if point:
        page = decide(desk, issue, point=point)
        assert page.status_code == 400
        assert words in page.content.decode()
        assert "Мои слова о яме" in page.content.decode()


def test_a_topic_that_nobody_knows_is_passed_over(desk: Client, issue: Issue) -> None:
    assert "answers" not in told(desk, issue, IN_THE_EAST, topic=0)


def test_only_the_desk_is_told(
    client: Client, issue: Issue, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user())
    assert client.get(f"/moderation/{issue.number}/place/").status_code == 403
