"""Where and when a photo was taken, as its camera wrote it: read before the photo is drawn anew."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from common import clock

_OLDEST = 2000
"""Before this year a camera's clock was not set."""


@dataclass(frozen=True)
class Origin:
    """What a camera told of a photo; only its sender is shown it.

    Attributes:
        lon, lat: WGS 84 degrees, None where it does not tell the place.
        taken_at: when; a camera that names no zone is taken to show the region's time.
    """

    lon: float | None = None
    lat: float | None = None
    taken_at: datetime | None = None


def origin(image: Image.Image) -> Origin:
    """What the metadata of an opened picture tell; damaged or impossible ones tell nothing."""
    try:
        exif = image.getexif()
        place, camera = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)
    except Exception:  # noqa: BLE001  (on hostile bytes a decoder may raise anything)
        return Origin()
    lat = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    lon = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    taken_at = _moment(camera)
    # A receiver that has found nothing writes zeros.
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return Origin(taken_at=taken_at)
    return Origin(lon, lat, taken_at)


def _degrees(
    place: Mapping[int, Any], value: int, reference: int, negative: str, most: int
) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[value])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(found) or not 0 <= found <= most:
        return None
    return round(-found if place.get(reference) == negative else found, 6)


def _moment(camera: Mapping[int, Any]) -> datetime | None:
    told = str(camera.get(ExifTags.Base.DateTimeOriginal, ""))
    zone = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        moment = datetime.strptime(told.strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
        if zone:
            moment = datetime.fromisoformat(f"{moment.isoformat()}{zone}")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=clock.region_zone())
        return moment if moment.year >= _OLDEST and moment <= clock.now() else None
    except (ValueError, OverflowError):
        return None
