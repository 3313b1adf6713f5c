"""Views of the map as people have them, and the naive way to fill one."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.reader import PUBLIC, Rows

SCREEN = (1014, 700)
"""Pixels of the map on a wide screen."""
COUNTRY_ZOOM = 7.25


@dataclass(frozen=True)
class View:
    """A part of the map as a screen shows it, and what narrows it."""

    west: float
    south: float
    east: float
    north: float
    zoom: float
    chosen: Mapping[str, str]

    @property
    def path(self) -> str:
        """What the page asks for its signs."""
        box = f"{self.west:.5f},{self.south:.5f},{self.east:.5f},{self.north:.5f}"
        query = urlencode({**self.chosen, "bbox": box, "zoom": self.zoom})
        return f"/map/issues.json?{query}"

    def of_rows(self, rows: Rows) -> tuple[float, int]:
        """The naive way: every message of the box, for the browser to group."""
        took, found = rows.ask(
            "SELECT issue.id, issue.number, issue.kind, issue.state, ST_X(point), ST_Y(point)"
            " FROM issues_issue AS issue JOIN authorities_topic AS topic ON topic.id = topic_id"
            " JOIN authorities_category AS category ON category.id = topic.category_id"
            f" WHERE {PUBLIC} AND ST_Intersects(point,"
            " ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))"
            " AND (%(kind)s IS NULL OR issue.kind = %(kind)s)"
            " AND (%(category)s IS NULL OR category.code = %(category)s)"
            " AND (%(state)s IS NULL OR state = %(state)s)",
            {
                **dict.fromkeys(("kind", "category", "state")),
                **self.chosen,
                **{side: getattr(self, side) for side in ("west", "south", "east", "north")},
            },
        )
        return took, len(found)


class Views:
    """Views as people have them: where messages are, narrowed or not, and no two alike."""

    def __init__(self, rows: Rows) -> None:
        self._random = random.Random(1)
        _, points = rows.ask(
            f"SELECT ST_X(point), ST_Y(point) FROM issues_issue TABLESAMPLE SYSTEM (0.2) REPEATABLE (1)"
            f" WHERE {PUBLIC}",
            {},
        )
        _, codes = rows.ask("SELECT code FROM authorities_category ORDER BY position", {})
        self._points, self.categories = points, [code for (code,) in codes]
        lons, lats = ([point[axis] for point in points] for axis in (0, 1))
        self._middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2

    def country(self, *, narrowed: bool) -> View:
        """All that there is, moved by a hair."""
        lon, lat = self._middle
        hair = self._random.uniform(-0.05, 0.05)
        return self._view(lon + hair, lat + hair, COUNTRY_ZOOM, narrowed=narrowed)

    def anywhere(self, *, narrowed: bool) -> View:
        """Somewhere at any zoom."""
        lon, lat = self._random.choice(self._points)
        return self._view(lon, lat, self._random.randint(28, 72) / 4, narrowed=narrowed)

    def _view(self, lon: float, lat: float, zoom: float, *, narrowed: bool) -> View:
        degrees = 360 / (256 * 2**zoom)
        wide, high = (side / 2 * degrees for side in SCREEN)
        high *= math.cos(math.radians(lat))
        chosen = {}
        if narrowed:
            chosen = {
                "kind": "problem",
                "category": self._random.choice(self.categories),
                "state": "closed",
            }
        # As finely as an address says it.
        west, east = round(lon - wide, 5), round(lon + wide, 5)
        south, north = round(lat - high, 5), round(lat + high, 5)
        return View(west, south, east, north, zoom, chosen)
