"""Boundaries as files: GeoJSON, Shapefile or GeoPackage, read, checked and repaired before anything is stored."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.gdal import DataSource, GDALException
from django.contrib.gis.gdal.feature import Feature
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

# How the fields are called in the files at hand, the likeliest first; small letters.
GUESSES = {
    "name": ("name", "name_ru", "name:ru", "official_name", "наименование", "название"),
    "name_en": ("name_en", "name:en", "int_name"),
    "oktmo": ("oktmo", "oktmo:user", "ref:oktmo", "октмо"),
    "code": ("code", "slug"),
}
# GDAL knows many more, some of which call the network.
FORMATS = ("GeoJSON", "ESRI Shapefile", "GPKG")
EARTH = 6371.0072  # km: radius of the sphere whose surface is as large as the ellipsoid's
MOST_CHANGED = 0.01  # of its area: what a repair changes more is not a repair
NOTICED_KM2 = 1e-6  # 1 m²: overlaps and gaps below are rounding
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
        **{"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"},
        **{"ъ": "", "ь": "", "ю": "yu", "я": "ya"},
    }
)


class BoundaryError(ValueError):
    """The file can not be used.

    Attributes:
        faults: each names its feature.
    """

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Boundary:
    """One municipality as it shall be drawn; WGS 84 degrees. `code` is empty where the file has none."""

    name: str
    name_en: str
    oktmo: str
    code: str
    polygon: MultiPolygon


@dataclass
class BoundaryFile:
    """A set of boundaries, with what is to be said of it.

    Attributes:
        repaired: features whose rings were wrong, with what was wrong.
        overlaps: two names and the area that both claim, km².
        gaps: area of each hole between the boundaries, km², and a point in it.
    """

    boundaries: list[Boundary]
    repaired: list[str] = field(default_factory=list)
    overlaps: list[tuple[str, str, float]] = field(default_factory=list)
    gaps: list[tuple[float, tuple[float, float]]] = field(default_factory=list)


def read_boundaries(
    path: Path,
    *,
    fields: Mapping[str, str] | None = None,
    repair: bool = True,
) -> BoundaryFile:
    """The boundaries of the first layer of a file.

    Args:
        path: what GDAL reads: .geojson, .gpkg, .shp (with its .cpg, which names the texts' encoding).
        fields: names of the fields for name, name_en, oktmo, code, where guessing is not enough.
        repair: whether wrong rings are repaired; otherwise they are faults.

    Raises:
        BoundaryError: with everything that is wrong.
    """
    try:
        source = DataSource(path)
        if str(source.driver) not in FORMATS:
            raise BoundaryError([f"{path.name}: {source.driver} is none of {', '.join(FORMATS)}"])
        layer = source[0]
        names = _field_names(list(layer.fields), fields or {})
        features = list(layer)
    except (GDALException, IndexError, UnicodeDecodeError) as error:
        raise BoundaryError([f"{path.name}: not readable: {error}"]) from error
    if not features:
        raise BoundaryError([f"{path.name}: there are no features"])
    result = BoundaryFile([])
    faults = []
    for number, feature in enumerate(features, start=1):
        texts = {ours: _text(feature, theirs) for ours, theirs in names.items()}
        named = f"feature {number} «{texts['name']}»"
        try:
            polygon, wrong = _polygon(feature, repair=repair)
            oktmo = _oktmo(texts.get("oktmo", ""))
            if not texts["name"]:
                raise ValueError("it has no name")
        except (ValueError, GDALException) as error:
            faults.append(f"{named}: {error}")
            continue
        if wrong:
            result.repaired.append(f"{named}: {wrong}")
        result.boundaries.append(
            Boundary(texts["name"], texts.get("name_en", ""), oktmo, texts.get("code", ""), polygon)
        )
    faults += _twice(result.boundaries)
    if faults:
        raise BoundaryError(faults)
    result.overlaps = _overlaps(result.boundaries)
    result.gaps = _gaps([boundary.polygon for boundary in result.boundaries])
    return result


def _field_names(present: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    by_small = {name.lower(): name for name in present}
    found = {}
    for ours, guesses in GUESSES.items():
        if ours in given and given[ours] not in present:
            raise BoundaryError([f"there is no field {given[ours]}: {', '.join(present)}"])
        known = [by_small[guess] for guess in guesses if guess in by_small]
        if ours in given or known:
            found[ours] = given.get(ours) or known[0]
    if "name" not in found:
        raise BoundaryError([f"which field is the name? There are: {', '.join(present)}"])
    return found


def _text(feature: Feature, name: str) -> str:
    value = feature.get(name)
    return "" if value is None else str(value).strip()


def _oktmo(text: str) -> str:
    """The code with the zero that a numeric field loses."""
    if not text:
        return ""
    code = text.removesuffix(".0")
    code = code.zfill({7: 8, 10: 11}.get(len(code), 0))
    if not re.fullmatch(r"\d{8}|\d{11}", code):
        raise ValueError(f"ОКТМО {text} has neither 8 nor 11 digits")
    return code


def _polygon(feature: Feature, *, repair: bool) -> tuple[MultiPolygon, str]:
    """The ground of a feature, and what was wrong with it."""
    try:
        drawn = feature.geom
    except GDALException:
        raise ValueError("it has no geometry") from None
    if drawn.empty:
        raise ValueError("it has no geometry")
    if drawn.srs is not None and drawn.srid != 4326:
        drawn = drawn.transform(4326, clone=True)
    shape = shapely.force_2d(shapely.from_wkb(bytes(drawn.wkb)))
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"a {shape.geom_type} is not a ground")
    west, south, east, north = shape.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise ValueError("its coordinates are not degrees, and the file does not say what they are")
    wrong = "" if shape.is_valid else shapely.is_valid_reason(shape)
    if wrong:
        if not repair:
            raise ValueError(wrong)
        shape = _repaired(shape, wrong)
    return shapely.multipolygons(shapely.get_parts(shape)), wrong


def _repaired(shape: BaseGeometry, wrong: str) -> BaseGeometry:
    repaired = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(repaired) if part.geom_type == "Polygon"]
    before, after = shape.area, sum(part.area for part in parts)
    if not parts or abs(after - before) > MOST_CHANGED * max(abs(before), after):
        raise ValueError(f"{wrong}; a repair would change its area from {before} to {after} deg²")
    return shapely.multipolygons(parts)


def _twice(boundaries: Iterable[Boundary]) -> list[str]:
    seen: dict[tuple[str, str], int] = {}
    for boundary in boundaries:
        for kind in ("name", "oktmo", "code"):
            if value := getattr(boundary, kind):
                seen[kind, value] = seen.get((kind, value), 0) + 1
    return [f"the {kind} {value} is there {n} times" for (kind, value), n in seen.items() if n > 1]


def _overlaps(boundaries: Sequence[Boundary]) -> list[tuple[str, str, float]]:
    polygons = [boundary.polygon for boundary in boundaries]
    shapely.prepare(polygons)
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    found = []
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if one < other:
            both = area_km2(polygons[one].intersection(polygons[other]))
            if both > NOTICED_KM2:
                found.append((boundaries[one].name, boundaries[other].name, both))
    return sorted(found, key=lambda overlap: -overlap[2])


def _gaps(polygons: Sequence[MultiPolygon]) -> list[tuple[float, tuple[float, float]]]:
    found = []
    for part in shapely.get_parts(shapely.union_all(polygons)):
        for ring in part.interiors:
            hole = shapely.polygons(ring)
            if (area := area_km2(hole)) > NOTICED_KM2:
                inside = hole.representative_point()
                found.append((area, (round(inside.x, 5), round(inside.y, 5))))
    return sorted(found, reverse=True)


def area_km2(shape: BaseGeometry) -> float:
    """Area on the sphere, km²: Lambert's cylinder keeps areas as they are."""

    def unrolled(coords: Any) -> Any:
        lon, lat = np.radians(coords).T
        return np.column_stack((lon * EARTH, np.sin(lat) * EARTH))

    return float(shapely.area(shapely.transform(shape, unrolled)))


def code_of(name: str) -> str:
    """A code made of a Russian name: letters, digits and `_`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().translate(_LATIN)).strip("_")[:80]
