"""The index of polygons says what PostGIS says, for one point and for many, on borders too."""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from geo.areas import AreaIndex

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

Points = list[tuple[float, float]]


def asked_of_postgis(polygons: list[Any], points: Points) -> list[tuple[int, ...]]:
    """Which polygons cover each point, by ST_Covers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (point.n - 1)::int, array_agg((area.n - 1)::int ORDER BY area.n)"
            " FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY point (x, y, n)"
            " JOIN unnest(%s::bytea[]) WITH ORDINALITY area (wkb, n)"
            " ON ST_Covers(ST_GeomFromWKB(area.wkb), ST_MakePoint(point.x, point.y))"
            " GROUP BY point.n",
            [
                [float(x) for x, _y in points],
                [float(y) for _x, y in points],
                [shapely.to_wkb(polygon) for polygon in polygons],
            ],
        )
        covering = {n: tuple(areas) for n, areas in cursor.fetchall()}
    return [covering.get(n, ()) for n in range(len(points))]


def one_by_one(index: AreaIndex, points: Points) -> list[tuple[int, ...]]:
    return [index.sets[index.find(x, y)] for x, y in points]


def all_at_once(index: AreaIndex, points: Points) -> list[tuple[int, ...]]:
    lons, lats = np.array(points, dtype=float).reshape(-1, 2).T
    return [index.sets[number] for number in index.find_many(lons, lats).tolist()]


@st.composite
def grounds(draw: st.DrawFn) -> tuple[list[Any], Points]:
    """Polygons that overlap, some with holes, and the points where mistakes would hide.

    All coordinates are eighths of a degree, so that the middle of an edge lies on it exactly.
    """
    west = draw(st.sampled_from([-180, -8, 0, 37, 172]))
    south = draw(st.sampled_from([-90, -4, 55, 82]))
    eighths = st.integers(0, 64)
    polygons: list[Any] = []
    points: Points = []
    for _ in range(draw(st.integers(1, 4))):
        corners = draw(st.lists(st.tuples(eighths, eighths), min_size=3, max_size=9, unique=True))
        middle = np.mean(corners, axis=0)
        corners.sort(key=lambda at: math.atan2(at[1] - middle[1], at[0] - middle[0]))
        ring = [(west + x / 8, south + y / 8) for x, y in corners]
        polygon = Polygon(ring)
        assume(polygon.is_valid and polygon.area > 0)
        inner = polygon.buffer(-0.5)
        if draw(st.booleans()) and isinstance(inner, Polygon) and not inner.is_empty:
            x, y = inner.representative_point().coords[0]
            hole = box(*(math.floor(at * 8) / 8 for at in (x, y, x + 0.25, y + 0.25)))
            if polygon.contains_properly(hole):
                polygon = polygon.difference(hole)
                ring += list(hole.exterior.coords)
        if draw(st.booleans()):
            polygon = MultiPolygon([polygon])
        polygons.append(polygon)
        points += ring
        points += [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(ring)]
    anywhere = st.tuples(st.floats(west - 1, west + 9), st.floats(south - 1, south + 9))
    points += draw(st.lists(anywhere, max_size=20))
    points += [(-x, y) for x, y in points[:5]]
    return polygons, points


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(ground=grounds(), most_cells=st.sampled_from([1, 40, 5000, 1 << 18]))
def test_every_point_is_where_postgis_says(
    ground: tuple[list[Any], Points], most_cells: int
) -> None:
    polygons, points = ground
    index = AreaIndex(polygons, most_cells=most_cells)
    expected = asked_of_postgis(polygons, points)
    assert one_by_one(index, points) == expected
    assert all_at_once(index, points) == expected


def test_a_hole_belongs_to_nobody_but_its_rim_does() -> None:
    index = AreaIndex([box(0, 0, 8, 8).difference(box(2, 2, 4, 4))])
    points = [(1.0, 1.0), (2.0, 3.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0), (8.0, 8.0), (8.1, 8.0)]
    assert one_by_one(index, points) == [(0,), (0,), (0,), (), (0,), (0,), ()]
    assert all_at_once(index, points) == one_by_one(index, points)


def test_a_common_border_belongs_to_both_neighbours() -> None:
    index = AreaIndex([box(36, 55, 37, 56), box(37, 55, 38, 56)])
    points = [(37.0, 55.5), (37.0, 55.0), (np.nextafter(37.0, 0), 55.5)]
    assert one_by_one(index, points) == [(0, 1), (0, 1), (0,)]
    assert all_at_once(index, points) == one_by_one(index, points)


def test_a_land_on_both_sides_of_the_antimeridian() -> None:
    chukotka = MultiPolygon([box(170, 62, 180, 70), box(-180, 62, -169, 70)])
    index = AreaIndex([chukotka])
    points = [
        (179.9, 65.0),
        (180.0, 65.0),
        (-180.0, 65.0),
        (-170.0, 65.0),
        (0.0, 65.0),
        (169.9, 65),
    ]
    assert one_by_one(index, points) == [(0,), (0,), (0,), (0,), (), ()]
    assert all_at_once(index, points) == one_by_one(index, points)


@pytest.mark.parametrize("polygons", [[], [Polygon()], [box(0, 0, 1, 1)]])
def test_nowhere_is_nowhere(polygons: list[Any]) -> None:
    index = AreaIndex(polygons)
    points = [
        (math.nan, 0.5),
        (0.5, math.nan),
        (math.inf, 0.5),
        (-math.inf, math.inf),
        (1e300, 0.5),
    ]
    assert one_by_one(index, points) == [()] * 5
    assert all_at_once(index, points) == [()] * 5
    assert all_at_once(index, []) == []


def test_more_borders_in_a_cell_than_a_number_has_bits() -> None:
    index = AreaIndex([box(0, 0, 1, 1 + n / 128) for n in range(100)], most_cells=4)
    points = [(0.5, 1.0), (0.5, 1.5), (0.5, 1.25), (0.5, 2.0)]
    assert [len(found) for found in one_by_one(index, points)] == [100, 36, 68, 0]
    assert all_at_once(index, points) == one_by_one(index, points)


@pytest.mark.django_db
def test_sixty_real_municipalities() -> None:
    file = DATA / "municipalities_moscow_oblast.geojson"
    if not file.exists():
        pytest.skip(f"real boundaries are not at {file}")
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    polygons = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    index = AreaIndex(polygons)
    chance = np.random.default_rng(7)
    west, south, east, north = shapely.total_bounds(polygons)
    points = list(
        zip(chance.uniform(west, east, 3000), chance.uniform(south, north, 3000), strict=True)
    )
    vertices = shapely.get_coordinates(polygons)
    points += [tuple(at) for at in chance.choice(vertices, 1500)]
    # A hair beside a vertex is where a clipped copy of the polygon would err.
    points += [(np.nextafter(x, 0), np.nextafter(y, 90)) for x, y in points[-500:]]
    expected = asked_of_postgis(polygons, points)
    assert one_by_one(index, points) == expected
    assert all_at_once(index, points) == expected
    assert {len(found) for found in expected} >= {0, 1, 2, 3}

    outline = DATA / "moscow_city_outline.geojson"
    city = shapely.from_geojson(
        json.dumps(json.loads(outline.read_text())["features"][0]["geometry"])
    )
    inside = np.array(points)[shapely.contains_xy(city.buffer(-0.01), np.array(points))]
    assert len(inside) > 50
    assert not index.find_many(*inside.T.copy()).any(), "Moscow city is nobody's ground here"
