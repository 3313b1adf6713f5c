"""Addresses for the place step: found by words, or the nearest to a point."""

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point

from geo.models import Place
from portal.places import Found, find

SHOWN = 8
NEAR = 0.01
"""How far the nearest known address may be, degrees: about one kilometre."""


def found(text: str) -> list[Found]:
    """Places that fit `text`, the best first."""
    return find(text, SHOWN)


def nearest(*, lon: float, lat: float) -> str:
    """The nearest known address to a point (WGS 84 degrees), empty when none is near."""
    point = Point(lon, lat, srid=4326)
    near = Place.objects.filter(point__dwithin=(point, NEAR)).exclude(kind=Place.Kind.SETTLEMENT)
    place = near.order_by(Distance("point", point)).first()
    return place.label if place else ""
