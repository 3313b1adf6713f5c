"""What tests of filing send: photos, some of which know their place, and messages as JSON."""

import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image

from accounts.models import User
from common.uploads import examine
from issues import operations
from issues.models import Attachment

WORDS = "У дома яма, машины объезжают её по тротуару."
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


def photo(
    name: str = "яма.jpg",
    *,
    lon: float | None = None,
    lat: float = 55.5,
    taken: str = "",
    zone: str = "",
) -> SimpleUploadedFile:
    """A grey photo; with `lon` its camera tells the place (WGS 84), with `taken` the time."""
    exif, out = Image.Exif(), io.BytesIO()
    if lon is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
                ExifTags.GPS.GPSLatitude: _sexagesimal(lat),
                ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
                ExifTags.GPS.GPSLongitude: _sexagesimal(lon),
            }
        )
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif).update(
            {ExifTags.Base.DateTimeOriginal: taken, ExifTags.Base.OffsetTimeOriginal: zone}
        )
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def waiting_file(owner: User) -> Attachment:
    return operations.keep_waiting_file(owner=owner, upload=examine(photo(), name="яма.jpg"))


def as_json(client: Client, data: Any, **extra: Any) -> Any:
    body = data if isinstance(data, str) else json.dumps(data)
    return client.post("/new/", body, content_type="application/json", **extra)


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(abs(degrees) * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 3)
