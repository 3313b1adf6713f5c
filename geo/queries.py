"""What is read of the ground."""

from datetime import date

from django.contrib.gis.geos import Point

from geo.models import Municipality


def municipality_id_at(*, lon: float, lat: float, on: date) -> int | None:
    """The municipality that covers a point on a day, None outside the region.

    Args:
        lon, lat: WGS 84 degrees.
        on: the calendar day in the region.
    """
    return (
        Municipality.objects.filter(
            polygon__covers=Point(lon, lat, srid=4326), validity__contains=on
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
