"""The map and the list beside it: every message is there exactly once, and both say the same."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from geo.models import Municipality, Place
from issues import operations, queries
from issues.models import Issue
from issues.policies import By
from issues.queries import Box

WHOLE = "36.9,54.9,38.1,56.1"
NEAR = "37.495,55.49,37.525,55.505"


def signs(client: Client, **query: str | int) -> dict[str, Any]:
    asked: dict[str, str | int] = {"bbox": WHOLE, "zoom": 9}
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


@given(
    lon=st.floats(-179, 179),
    lat=st.floats(-80, 80),
    zoom=st.floats(0, 18),
)
def test_a_sign_of_many_stays_in_the_middle_of_its_square(
    lon: float, lat: float, zoom: float
) -> None:
    """Two signs are therefore half a square apart at least, and never hide one another."""
    cells = 256 * 2**zoom / queries.CLUSTER_PIXELS

    def square(lon: float, lat: float) -> tuple[float, float]:
        down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return (lon + 180) / 360 * cells, down * cells

    across, down = square(lon, lat)
    row = {"count": 2, "middle_lon": lon, "middle_lat": lat, "west": lon, "south": lat}
    row |= {"east": lon + 1, "north": lat, "column": math.floor(across), "row": math.floor(down)}
    across, down = square(*queries.standing(row, cells))
    assert 0.249 < across - math.floor(across) < 0.751
    assert 0.249 < down - math.floor(down) < 0.751
