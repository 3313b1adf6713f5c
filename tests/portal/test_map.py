"""The map and the list beside it: every message is there exactly once, and both say the same."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db.models import F
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from common import clock
from geo.models import Municipality, Place
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.queries import Box

WHOLE = "36.9,54.9,38.1,56.1"
NEAR = "37.495,55.49,37.525,55.505"


def signs(client: Client, **query: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"bbox": WHOLE, "zoom": 9}
    found = client.get("/map/issues.json", asked | query)
    assert found.status_code == 200, found.content
    answer: dict[str, Any] = found.json()
    return answer


@pytest.mark.parametrize("zoom", [0, 5, 9, 12, 15, 18])
def test_each_message_is_in_exactly_one_sign_at_every_zoom(
    client: Client, publish: Callable[..., Issue], zoom: int
) -> None:
    for step in range(6):
        publish(lon=37.5 + step * 0.004, lat=55.5 - step * 0.001)
    publish(lon=37.5, lat=55.5)
    found = signs(client, zoom=zoom, bbox=NEAR if zoom > 12 else WHOLE)
    assert found["count"] == 7
    assert sum(sign["count"] for sign in found["signs"]) == 7


def test_one_message_alone_leads_to_its_page(client: Client, published: Issue) -> None:
    (sign,) = signs(client)["signs"]
    assert sign["href"] == f"/issues/{published.number}/"
    assert published.address in sign["label"]


def test_messages_at_one_spot_lead_to_a_list_of_just_these(
    client: Client, publish: Callable[..., Issue]
) -> None:
    here, there = publish(), publish()
    away = publish(lon=37.51)
    by_count = {sign["count"]: sign for sign in signs(client, zoom=18, bbox=NEAR)["signs"]}
    page = client.get(by_count[2]["href"]).content.decode()
    assert all(f"/issues/{issue.number}/" in page for issue in (here, there))
    assert f"/issues/{away.number}/" not in page


def test_the_list_beside_the_map_counts_what_the_map_counts(
    client: Client, publish: Callable[..., Issue]
) -> None:
    for lon in (37.2, 37.4, 37.8):
        publish(lon=lon)
    west = "37.0,55.0,37.5,56.0"
    assert signs(client, bbox=west)["count"] == 2
    listed = client.get("/map/", {"bbox": west, "part": "list"}).content.decode()
    assert listed.count("issue-card__title") == 2
    assert "<html" not in listed
    whole = client.get("/map/", {"bbox": west}).content.decode()
    assert whole.count("issue-card__title") == 2


def test_filters_narrow_the_map(client: Client, publish: Callable[..., Issue]) -> None:
    publish()
    publish(kind="thanks")
    assert signs(client, kind="thanks")["count"] == 1
    assert signs(client, state="open", kind="problem")["count"] == 1
    assert signs(client, state="solved")["count"] == 0


def test_nothing_hidden_or_unpublished_is_on_the_map(
    client: Client, issue: Issue, publish: Callable[..., Issue], moderator: User
) -> None:
    operations.hide_issue(by=By.moderator(moderator), issue=publish(), reason="личные данные")
    assert signs(client) == {"count": 0, "signs": []}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"bbox": "1,2,3"},
        {"bbox": "38,55,37,56"},
        {"bbox": "nan,55,38,56"},
        {"bbox": "a,b,c,d"},
        {"bbox": WHOLE, "zoom": "99"},
        {"bbox": WHOLE, "zoom": "inf"},
    ],
)
@pytest.mark.django_db
def test_a_part_of_the_map_that_is_none_is_refused(client: Client, query: dict[str, str]) -> None:
    assert client.get("/map/issues.json", {"zoom": "9"} | query).status_code == 400


@given(st.text(max_size=30))
@hypothesis_settings(max_examples=200)
def test_no_text_breaks_the_reading_of_a_box(text: str) -> None:
    try:
        box = Box.parse(text)
    except ValueError:
        return
    assert box.west < box.east


def test_signs_cost_few_queries(
    client: Client,
    publish: Callable[..., Issue],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for step in range(5):
        publish(lon=37.1 + step * 0.15)
    with django_assert_max_num_queries(3):
        assert len(signs(client, zoom=11)["signs"]) == 5


def test_a_place_by_name_is_looked_at(client: Client, municipality: Municipality) -> None:
    Place.objects.create(
        kind="settlement",
        name="Коломна",
        label="Коломна",
        point=Point(37.3, 55.1, srid=4326),
        population=140000,
        source_id="1",
    )
    went = client.get("/map/", {"q": "коломна", "kind": "problem"})
    assert went.status_code == 302
    assert "kind=problem" in went["Location"]
    box = client.get(went["Location"]).context["box"]
    assert box.west < 37.3 < box.east
    (place,) = client.get("/map/places.json", {"q": "Коломна"}).json()["places"]
    assert (place["lon"], place["lat"]) == (37.3, 55.1)


def test_a_map_of_ones_own_takes_the_place_of_ours(
    client: Client, municipality: Municipality, settings: Settings
) -> None:
    settings.TILE_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    settings.TILE_ATTRIBUTION = "© Картографы"
    told = client.get("/map/").context["settings"]
    assert (told["tiles"], told["attribution"]) == (settings.TILE_URL, "© Картографы")


def test_a_place_that_is_not_there_is_said(client: Client, municipality: Municipality) -> None:
    page = client.get("/map/", {"q": "Эльдорадо"})
    assert page.status_code == 200
    assert "«Эльдорадо» не нашлось" in page.content.decode()


# --- All say the same -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"kind": ["problem", "thanks"]},
        {"kind": "thanks", "category": "roads", "state": "closed"},
        {"state": ["open", "closed"], "topic": "pothole"},
        {"authority": "square"},
        {"municipality": "square", "since": "2020-01-01", "until": "2100-01-01"},
        {"until": "2001-01-01"},
        {"kind": ["problem", "nonsense"]},
        {"kind": "", "category": "", "state": ""},
    ],
)
def test_map_list_and_page_agree(
    client: Client, publish: Callable[..., Issue], query: dict[str, Any]
) -> None:
    for step in range(4):
        publish(lon=37.2 + step * 0.2, kind="thanks" if step % 2 else "problem")
    asked = query | {"bbox": "37.1,55.0,37.7,56.0"}
    beside = client.get("/map/", asked | {"part": "list"})
    listed = client.get("/issues/", asked, follow=True).context["listing"].count
    count = beside.context["count"]
    assert count == listed == beside.content.decode().count("issue-card__title")
    if query.get("kind") != ["problem", "nonsense"]:  # the map says what is wrong instead
        assert signs(client, **asked)["count"] == count


def test_what_narrows_the_map_is_taken_away_by_a_link(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    page = client.get("/map/", {"kind": ["problem", "thanks"], "bbox": WHOLE, "part": "list"})
    chips = {chip.value: chip.without for chip in page.context["chips"]}
    assert chips.keys() == {"проблема", "благодарность"}
    assert "kind=thanks" not in chips["благодарность"]
    assert "kind=problem" in chips["благодарность"]
    assert "part=" not in chips["благодарность"]


@pytest.mark.django_db(transaction=True)
def test_whoever_has_the_view_is_told_so_until_a_message_changes(
    client: Client,
    publish: Callable[..., Issue],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    issue = publish()
    asked: dict[str, Any] = {"bbox": WHOLE, "zoom": 9}
    for path, part in (("/map/issues.json", {}), ("/map/", {"part": "list"})):
        asked |= part
        first = client.get(path, asked)
        with django_assert_num_queries(1):
            again = client.get(path, asked, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        with django_assert_num_queries(1):
            assert client.get(path, asked).content == first.content
        elsewhere = client.get(path, asked | {"kind": "problem"})
        assert elsewhere["ETag"] != first["ETag"]
        english = client.get(path, asked, headers={"Accept-Language": "en"})
        assert english["ETag"] != first["ETag"]
        Issue.objects.filter(pk=issue.pk).update(support_count=F("support_count") + 1)
        changed = client.get(path, asked, headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200


def test_deadlines_pass_without_a_change(client: Client, publish: Callable[..., Issue]) -> None:
    issue = publish()
    assert signs(client, state="overdue")["count"] == 0
    assert issue.answer_due_at is not None
    with clock.told(issue.answer_due_at + timedelta(seconds=1)):
        assert signs(client, state="overdue")["count"] == 1


def test_the_picture_for_pages_without_a_script_is_narrowed_as_the_list_is(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish(lon=37.2), publish(lon=37.7, kind="thanks")
    page = client.get("/map/?kind=thanks&bbox=37.1,55.1,37.9,55.9").content.decode()
    found = re.search(r'<img src="(/tiles/region.svg[^"]+)"', page)
    assert found is not None
    narrowed = client.get(found[1].replace("&amp;", "&")).content.decode()
    whole = client.get("/tiles/region.svg").content.decode()
    assert (narrowed.count(">1</text>"), whole.count(">1</text>")) == (1, 2)


def test_no_box_is_too_small_for_the_picture(client: Client, publish: Callable[..., Issue]) -> None:
    publish()
    assert client.get("/tiles/region.svg?bbox=37.5,55.5,37.50001,55.50001").status_code == 200
