"""What is read of the ground."""

from datetime import date

import shapely
from django.contrib.gis.db.models.functions import AsWKB

from geo.areas import AreaIndex
from geo.models import Municipality
from geo.revision import PerPeriod


def municipality_id_at(*, lon: float, lat: float, on: date) -> int | None:
    """The municipality that covers a point on a day, None outside the region.

    On a common border it is the one that was entered first.

    Args:
        lon, lat: WGS 84 degrees.
        on: the calendar day in the region.
    """
    keys, index = _municipalities.on(on)
    covering = index.sets[index.find(lon, lat)]
    return keys[covering[0]] if covering else None


def _municipalities_on(day: date) -> tuple[list[int], AreaIndex]:
    rows = (
        Municipality.objects.filter(validity__contains=day)
        .order_by("pk")
        .annotate(wkb=AsWKB("polygon"))
        .values_list("pk", "wkb")
    )
    keys, polygons = [], []
    for pk, wkb in rows:
        keys.append(pk)
        polygons.append(shapely.from_wkb(bytes(wkb)))
    return keys, AreaIndex(polygons)


def days_of_change() -> list[date]:
    """The days from which some municipality is drawn otherwise than the day before."""
    validities = Municipality.objects.values_list("validity", flat=True)
    return [day for one in validities for day in (one.lower, one.upper) if day]


_municipalities = PerPeriod(days_of_change=days_of_change, make=_municipalities_on)
