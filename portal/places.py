"""Where to look on the map for a place that somebody names."""

from dataclasses import dataclass

from django.conf import settings

from geo.models import Place
from geo.queries import find_places
from issues.queries import Box
from portal.queries import region_box

_ZOOMS = {Place.Kind.HOUSE: 17, Place.Kind.STREET: 16, Place.Kind.SETTLEMENT: 13}


@dataclass(frozen=True)
class Found:
    """A place to look at.

    Attributes:
        label: its full name.
        lon, lat: WGS 84 degrees.
        zoom: zoom of the web map that shows it well.
    """

    label: str
    lon: float
    lat: float
    zoom: int

    @property
    def box(self) -> Box:
        """What a middling screen shows at that zoom."""
        half = 720 / 2**self.zoom
        return Box(self.lon - half, self.lat - half / 2, self.lon + half, self.lat + half / 2)


def map_to_choose_on() -> dict[str, str]:
    """What the script of a map is told on which somebody points at a place or draws an area."""
    return {
        "tiles": settings.TILE_URL,
        "attribution": settings.TILE_ATTRIBUTION,
        "box": str(region_box()),
    }


def find(words: str, limit: int = 5) -> list[Found]:
    """Places that `words` may mean, the best first."""
    return [
        Found(place.label, place.lon, place.lat, _ZOOMS[Place.Kind(place.kind)])
        for place in find_places(text=words[:200], limit=limit)
    ]
