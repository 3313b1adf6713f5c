"""Exact clusters for the map, counted by the database row by row."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db.models import Avg, Count, F, FloatField, Func, Max, Min, QuerySet
from django.db.models.functions import Cos, Floor, Ln, Pi, Radians, Tan

from issues.models import Issue
from issues.queries.filters import Box

CLUSTER_PIXELS = 72
"""Messages within one square of so many screen pixels become one sign on the map."""


@dataclass(frozen=True)
class Cluster:
    """A sign on the map: how many messages, where it stands, and the box that holds them all.

    Attributes:
        count: exact.
        lon, lat: about their middle, WGS 84 degrees.
        box: west, south, east, north; a point where all lie at one place.
        issue_id: the message where it is only one.
    """

    count: int
    lon: float
    lat: float
    box: tuple[float, float, float, float]
    issue_id: int | None


def clusters(issues: QuerySet[Issue], *, zoom: float) -> list[Cluster]:
    """What the map shows of `issues` at a zoom: each is in exactly one cluster.

    Args:
        issues: as `Filter.issues` gives them, with a box.
        zoom: zoom of the web map, 0 is the world in 256 pixels; need not be a whole number.
    """
    cells = 256 * 2**zoom / CLUSTER_PIXELS
    lon, lat = (
        Func("point", function=name, output_field=FloatField()) for name in ("ST_X", "ST_Y")
    )
    # Squares of Web Mercator by plain arithmetic: a projection of each point would cost more.
    down = 1 - Ln(Tan(Radians("lat")) + 1 / Cos(Radians("lat"))) / Pi()
    rows = (
        issues.order_by()
        .annotate(lon=lon, lat=lat)
        .annotate(column=Floor((F("lon") + 180) / 360 * cells), row=Floor(down / 2 * cells))
        .values("column", "row")
        .annotate(count=Count("pk"), first=Min("pk"), middle_lon=Avg("lon"), middle_lat=Avg("lat"))
        .annotate(west=Min("lon"), south=Min("lat"), east=Max("lon"), north=Max("lat"))
        .order_by("-count", "first")
    )
    return [
        Cluster(
            row["count"],
            *standing(row, cells),
            (row["west"], row["south"], row["east"], row["north"]),
            row["first"] if row["count"] == 1 else None,
        )
        for row in rows
    ]


def standing(row: Mapping[str, Any], cells: float) -> tuple[float, float]:
    """Where a sign stands, WGS 84 degrees: many are pulled into the middle half of their square.

    So the signs of two squares never lie one over the other. One message stands where it is.
    """
    lon, lat = float(row["middle_lon"]), float(row["middle_lat"])
    if row["count"] == 1 or (row["west"], row["south"]) == (row["east"], row["north"]):
        return lon, lat
    across = (lon + 180) / 360 * cells
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * cells
    across = min(max(across, row["column"] + 0.25), row["column"] + 0.75)
    down = min(max(down, row["row"] + 0.25), row["row"] + 0.75)
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down / cells))))
    return across / cells * 360 - 180, lat


def extent(issues: QuerySet[Issue]) -> Box | None:
    """The box that holds all of `issues`, None where there are none."""
    hull = issues.order_by().aggregate(hull=Extent("point"))["hull"]
    if hull is None:
        return None
    west, south, east, north = hull
    margin = 0.005
    return Box(west - margin, south - margin, east + margin, north + margin)
