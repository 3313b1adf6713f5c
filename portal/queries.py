"""What the base map draws, straight from the database as SVG paths."""

from dataclasses import dataclass
from datetime import date

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from django.db import connection

from common import clock
from geo.models import Municipality, Place
from issues.queries import Box

# A line that leaves the picture is cut so far outside that the cut is never seen.
MARGIN = 32


@dataclass(frozen=True)
class View:
    """A picture of the map in Web Mercator.

    Attributes:
        west, north: the upper left corner, metres of EPSG:3857.
        scale: pixels for a metre.
        width, height: pixels.
    """

    west: float
    north: float
    scale: float
    width: int
    height: int


@dataclass(frozen=True)
class Shape:
    """A path of the picture, `kind` is `land` or a kind of landscape."""

    kind: str
    path: str


_SHAPES = """
WITH box AS (SELECT ST_Transform(ST_MakeEnvelope(%(x0)s, %(y0)s, %(x1)s, %(y1)s, 3857), 4326) AS g),
chosen AS (
    SELECT 'land' AS kind, ST_ClipByBox2D(polygon, g) AS drawn FROM geo_municipality, box
        WHERE polygon && g AND validity @> %(today)s
    UNION ALL
    SELECT kind, ST_ClipByBox2D(geometry, g) FROM geo_landscape, box WHERE geometry && g
)
SELECT kind, ST_AsSVG(ST_TransScale(
    ST_SimplifyPreserveTopology(ST_Transform(drawn, 3857), %(pixel)s),
    %(dx)s, %(dy)s, %(scale)s, %(scale)s), 1, 1)
FROM chosen WHERE NOT ST_IsEmpty(drawn)
"""


def shapes(view: View) -> list[Shape]:
    """Everything of the ground that touches a picture; lines are as fine as half a pixel shows."""
    margin = MARGIN / view.scale
    east, south = view.west + view.width / view.scale, view.north - view.height / view.scale
    with connection.cursor() as cursor:
        cursor.execute(
            _SHAPES,
            {
                "x0": view.west - margin,
                "y0": south - margin,
                "x1": east + margin,
                "y1": view.north + margin,
                "pixel": 0.5 / view.scale,
                "dx": -view.west,
                "dy": -view.north,
                "scale": view.scale,
                "today": _today(),
            },
        )
        return [Shape(kind, path) for kind, path in cursor.fetchall() if path]


_VERSION = """
SELECT (SELECT stamp FROM geo_revision), (SELECT max(id) FROM geo_place),
    (SELECT max(id) FROM geo_landscape),
    (
        SELECT max(day) FROM geo_municipality, unnest(ARRAY[lower(validity), upper(validity)]) AS day
        WHERE day <= %(today)s
    )
"""


def ground_version() -> str:
    """Changes when anything that the base map draws does, and on the day when other boundaries hold."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, {"today": _today()})
        return "-".join(map(str, cursor.fetchone()))


def settlements(*, larger_than: int, limit: int) -> list[Place]:
    """Settlements with at least so many inhabitants, the largest first."""
    return list(
        Place.objects.filter(kind=Place.Kind.SETTLEMENT, population__gte=larger_than)
        .only("name", "name_en", "point", "population")
        .order_by("-population", "pk")[:limit]
    )


def details(view: View, kind: str, *, limit: int) -> list[Place]:
    """Streets or houses of a picture, in a settled order."""
    margin = 4 * MARGIN / view.scale
    east, south = view.west + view.width / view.scale, view.north - view.height / view.scale
    box = Polygon.from_bbox(
        (view.west - margin, south - margin, east + margin, view.north + margin)
    )
    box.srid = 3857
    return list(
        Place.objects.filter(kind=kind, point__bboverlaps=box)
        .only("name", "name_en", "point", "population")
        .order_by("pk")[:limit]
    )


def region_box() -> Box:
    """The box that holds all municipalities; the whole world where there is none."""
    found = Municipality.objects.filter(validity__contains=_today())
    hull = found.aggregate(hull=Extent("polygon"))["hull"]
    return Box(*hull) if hull else Box(-180, -85, 180, 85)


def _today() -> date:
    """Of the region: the database's own day is that of its session's zone."""
    return clock.region_date(clock.now())
