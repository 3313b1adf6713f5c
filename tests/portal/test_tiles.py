"""The base map comes from the database, and readers keep what they have."""

import re
from datetime import date, datetime

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from common import clock
from geo.models import Landscape, Municipality, Place
from portal import drawing

ZOOM = 10


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    x, y = drawing.mercator(lon, lat)
    size = 2 * 20037508.342789244 / 2**zoom
    return int((x + 20037508.342789244) / size), int((20037508.342789244 - y) / size)


@pytest.fixture
def town(municipality: Municipality) -> Place:
    """A large town whose name is wide."""
    return Place.objects.create(
        kind="settlement",
        name="Железнодорожный",
        name_en="Zheleznodorozhny",
        label="Железнодорожный",
        point=Point(37.5, 55.5, srid=4326),
        population=200000,
        source_id="1",
    )


def test_a_tile_shows_land_water_and_names(client: Client, town: Place) -> None:
    Landscape.objects.create(
        kind="water",
        source_id="lake",
        geometry="SRID=4326;POLYGON((37.4 55.4,37.6 55.4,37.6 55.6,37.4 55.6,37.4 55.4))",
    )
    x, y = tile_of(37.5, 55.5, ZOOM)
    tile = client.get(f"/tiles/base/{ZOOM}/{x}/{y}.svg")
    svg = tile.content.decode()
    assert tile["Content-Type"] == "image/svg+xml"
    assert drawing.THEMES["light"].land in svg
    assert drawing.THEMES["light"].water in svg
    assert "Железнодорожный" in svg
    assert "style=" not in svg
    assert (
        "Zheleznodorozhny" in client.get(f"/tiles/base/{ZOOM}/{x}/{y}.svg?lang=en").content.decode()
    )
    dark = client.get(f"/tiles/base/{ZOOM}/{x}/{y}.svg?theme=dark").content.decode()
    assert drawing.THEMES["dark"].land in dark


def test_a_name_goes_on_over_the_edge_of_a_tile(client: Client, town: Place) -> None:
    """The town is put so near to an edge that its name must be on both sides, at the same place."""
    x, y = tile_of(37.5, 55.5, ZOOM)
    edge = x * 360 / 2**ZOOM - 180
    town.point.x = edge + 0.01
    town.save()
    drawing.settled_labels.cache_clear()
    places = []
    for column in (x - 1, x):
        svg = client.get(f"/tiles/base/{ZOOM}/{column}/{y}.svg").content.decode()
        found = re.search(r'<text x="(-?[\d.]+)" y="(-?[\d.]+)"[^>]*>Железнодорожный', svg)
        assert found, f"the name is not on tile {column}"
        places.append((column * 256 + float(found[1]), float(found[2])))
    assert places[0] == pytest.approx(places[1], abs=0.11)


def test_the_larger_of_two_towns_keeps_its_name(town: Place) -> None:
    Place.objects.create(
        kind="settlement",
        name="Соседка",
        label="Соседка",
        point=Point(37.51, 55.5, srid=4326),
        population=60000,
        source_id="2",
    )
    far = {label.text for label in drawing.settled_labels(8, "ru", "far")}
    near = {label.text for label in drawing.settled_labels(14, "ru", "near")}
    assert far == {"Железнодорожный"}
    assert near == {"Железнодорожный", "Соседка"}


def test_what_the_reader_has_is_not_drawn_again(
    client: Client, town: Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    x, y = tile_of(37.5, 55.5, ZOOM)
    address = f"/tiles/base/{ZOOM}/{x}/{y}.svg"
    first = client.get(address)
    assert "max-age" in first["Cache-Control"]
    with django_assert_num_queries(1):  # the version of the ground alone
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_new_ground_makes_new_tiles(client: Client, town: Place) -> None:
    x, y = tile_of(37.5, 55.5, ZOOM)
    address = f"/tiles/base/{ZOOM}/{x}/{y}.svg"
    before = client.get(address)["ETag"]
    Landscape.objects.create(
        kind="road", source_id="road", geometry="SRID=4326;LINESTRING(37 55.5,38 55.5)"
    )
    assert client.get(address)["ETag"] != before


@pytest.mark.parametrize("address", ["5/32/0", "5/0/32", "19/0/0", "99999/0/0"])
@pytest.mark.django_db
def test_tiles_beside_the_world_are_not_there(client: Client, address: str) -> None:
    assert client.get(f"/tiles/base/{address}.svg").status_code == 404


def test_names_can_not_break_out_of_the_picture(client: Client, town: Place) -> None:
    town.name = "<script>alert(1)</script>"
    town.save()
    drawing.settled_labels.cache_clear()
    x, y = tile_of(37.5, 55.5, 14)
    svg = client.get(f"/tiles/base/14/{x}/{y}.svg").content.decode()
    assert "<script" not in svg
    assert "&lt;script" in svg


def test_the_region_in_one_picture(client: Client, town: Place) -> None:
    picture = client.get("/tiles/region.svg")
    assert picture.status_code == 200
    assert "Железнодорожный" in picture.content.decode()


def test_the_day_of_new_boundaries_is_the_regions_own(
    client: Client, municipality: Municipality
) -> None:
    """At one in the morning of that day it is still the day before in UTC."""
    x, y = tile_of(37.5, 55.5, ZOOM)
    municipality.validity = (date(2020, 1, 1), date(2026, 6, 1))
    municipality.save()

    def tile_at(moment: datetime) -> str:
        with clock.told(moment):
            return client.get(f"/tiles/base/{ZOOM}/{x}/{y}.svg").content.decode()

    land = drawing.THEMES["light"].land
    assert land in tile_at(datetime(2026, 5, 31, 23, tzinfo=clock.region_zone()))
    assert land not in tile_at(datetime(2026, 6, 1, 1, tzinfo=clock.region_zone()))
