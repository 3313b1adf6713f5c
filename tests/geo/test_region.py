"""The demo region looks real, holds together, and its addresses are found as people type them."""

import json
from datetime import date

import pytest
import shapely
from django.db import connection

from geo.demo import load_region, outline
from geo.models import Landscape, Municipality, Place
from geo.queries import find_places, municipality_id_at, place_near

pytestmark = pytest.mark.usefixtures("region")


def shapes() -> list[shapely.Geometry]:
    return [
        shapely.from_wkb(bytes(row.polygon.wkb)) for row in Municipality.objects.order_by("code")
    ]


def labels(text: str, limit: int = 8) -> list[str]:
    return [found.label for found in find_places(text=text, limit=limit)]


def test_municipalities_share_their_borders_exactly() -> None:
    polygons = shapes()
    assert len(polygons) == 50
    assert all(shapely.is_valid(polygons))
    assert shapely.coverage_is_valid(polygons), "neither gaps nor overlaps along a border"


def test_moscow_is_nobodys_ground() -> None:
    day = date(2026, 6, 1)
    assert municipality_id_at(lon=37.62, lat=55.75, on=day) is None
    khimki = municipality_id_at(lon=37.42848, lat=55.9001, on=day)
    assert khimki
    assert Municipality.objects.get(pk=khimki).name == "городской округ Химки"
    assert municipality_id_at(lon=37.42848, lat=55.9001, on=date(2014, 12, 31)) is None


def test_every_settlement_street_and_house_lies_in_the_region() -> None:
    region = shapely.from_wkb(bytes(outline().wkb))
    shapely.prepare(region)
    points = [place.point.coords for place in Place.objects.all()]
    assert shapely.covers(region, shapely.points(points)).all()


def test_the_region_is_large_enough_to_look_alive() -> None:
    kinds = [Place.objects.filter(kind=kind).count() for kind in ("settlement", "street", "house")]
    assert kinds[0] > 280
    assert kinds[1] > 900
    assert kinds[2] > 9000
    assert {row.kind for row in Landscape.objects.all()} == {"water", "river", "forest", "road"}
    assert json.loads(Landscape.objects.filter(kind="river")[0].geometry.json)["coordinates"]


def test_loading_again_changes_nothing() -> None:
    before = set(Municipality.objects.values_list("pk", flat=True))
    places = Place.objects.count()
    load_region()
    assert set(Municipality.objects.values_list("pk", flat=True)) == before
    assert Place.objects.count() == places


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Мытищи, улица Мира, 12", "Мытищи, улица Мира, 12"),
        ("мира 12 мытищи", "Мытищи, улица Мира, 12"),
        ("г. Мытищи, ул. Мира, д. 12", "Мытищи, улица Мира, 12"),
        ("химки ленина 24 корп. 2", "Химки, улица Ленина, 24 к2"),
        ("щелково", "Щёлково"),
        ("Щёлков", "Щёлково"),
        ("бала", "Балашиха"),
        ("митищи", "Мытищи"),
        ("люберци лен", "Люберцы, улица Ленина"),
        ("красногорск ленена 5", "Красногорск, улица Ленина, 5"),
        ("просп юбилейный химки", "Химки, Юбилейный проспект"),
        ("ко", "Коломна"),
        ("орехово зуево", "Орехово-Зуево"),
    ],
)
def test_an_address_is_found_as_it_is_typed(typed: str, first: str) -> None:
    assert labels(typed)[0] == first


def test_larger_settlements_come_first() -> None:
    found = labels("улица ленина", limit=3)
    sizes = [Place.objects.get(label=label).population for label in found]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 150_000


def test_houses_are_offered_only_once_a_number_is_typed() -> None:
    assert {found.kind for found in find_places(text="мытищи")} == {"settlement", "street"}
    assert find_places(text="мытищи мира 1")[0].kind == "house"


@pytest.mark.parametrize("typed", ["", "   ", "?!", "%", "_", "\\", "(", "'; --", "ы" * 500, "дом"])
def test_nothing_that_is_typed_breaks_the_search(typed: str) -> None:
    assert isinstance(labels(typed), list)


def test_a_house_that_is_not_known_gives_its_street_and_keeps_the_number() -> None:
    first, *_others = find_places(text="Клин, улица Ленина, 41")
    assert (first.label, first.house) == ("Клин, улица Ленина", "41")
    assert first.address == "Клин, улица Ленина, 41"
    first, second, *_others = find_places(text="Мытищи, улица Мира, 7")
    assert (first.address, first.kind) == ("Мытищи, улица Мира, 7", "street")
    assert second.label == "Мытищи, улица Мира, 7А"


def test_the_very_house_comes_first_and_its_street_is_offered_too() -> None:
    found = find_places(text="Мытищи, улица Мира, 1")
    assert found[0].label == "Мытищи, улица Мира, 1"
    assert "Мытищи, улица Мира" in [place.label for place in found]
    assert not any(place.house for place in found)
    assert labels("мытищи мира 24 корп. 2")[0] == "Мытищи, улица Мира, 24 к2"


def test_settlements_are_known_by_their_english_names() -> None:
    assert labels("mytish")[0] == "Мытищи"


def test_namesakes_are_told_apart() -> None:
    found = labels("верея")
    assert len(found) == 3
    assert all("округ" in label for label in found)


def test_a_point_is_called_by_what_is_near() -> None:
    house = Place.objects.get(label="Мытищи, улица Мира, 12")
    found = place_near(lon=house.point.x + 0.0002, lat=house.point.y)
    assert found
    assert (found.label, found.kind) == ("Мытищи, улица Мира, 12", "house")
    field = place_near(lon=36.5, lat=55.9)
    assert field
    assert field.kind == "settlement"
    assert place_near(lon=0.0, lat=0.0) is None


def test_the_search_is_quick_because_it_uses_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE geo_place")
        cursor.execute(
            "EXPLAIN SELECT label FROM geo_place WHERE search ~ '\\mмытищи' AND kind <> 'house'"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "place_name_trigrams" in plan
