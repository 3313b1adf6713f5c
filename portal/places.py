"""Where a place is on the map, by its name."""

from dataclasses import dataclass

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models.functions import Upper

from geo.models import Place
from issues.queries import Box


@dataclass(frozen=True)
class Found:
    """A place to look at.

    Attributes:
        label: its full name.
        lon, lat: WGS 84 degrees.
        zoom: the zoom that shows it well.
    """

    label: str
    lon: float
    lat: float
    zoom: int

    @property
    def box(self) -> Box:
        """What a middling screen shows of it."""
        across = 360 / 2**self.zoom * 2
        return Box(
            self.lon - across, self.lat - across / 2, self.lon + across, self.lat + across / 2
        )


def find(words: str, limit: int = 5) -> list[Found]:
    """Places whose full name is like `words`, the likest first, then the largest."""
    words = words.strip()[:200]
    if len(words) < 2:
        return []
    found = (
        Place.objects.annotate(label_upper=Upper("label"))
        .filter(label_upper__trigram_word_similar=words.upper())
        .annotate(likeness=TrigramWordSimilarity(words.upper(), "label_upper"))
        .order_by("-likeness", "-population", "label")[:limit]
    )
    return [
        Found(place.label, round(place.point.x, 6), round(place.point.y, 6), _zoom(place))
        for place in found
    ]


def _zoom(place: Place) -> int:
    match place.kind:
        case Place.Kind.HOUSE:
            return 17
        case Place.Kind.STREET:
            return 16
        case _:
            return 12 if place.population > 100_000 else 13
