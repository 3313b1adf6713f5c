"""What a photo tells of itself: read where it is right, and never trusted."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from common import uploads
from common.photo_origin import Origin, origin

GPS = ExifTags.GPS


def told(place: Mapping[int, object], camera: Mapping[int, object] | None = None) -> Origin:
    """The origin of a photo whose camera wrote these tags."""
    exif, out = Image.Exif(), io.BytesIO()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place)
    exif.get_ifd(ExifTags.IFD.Exif).update(camera or {})
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    return uploads.examine(io.BytesIO(out.getvalue()), name="a.jpg").origin


def test_south_and_west_are_negative() -> None:
    found = told(
        {
            GPS.GPSLatitudeRef: "S",
            GPS.GPSLatitude: (33.0, 24.0, 36.0),
            GPS.GPSLongitudeRef: "W",
            GPS.GPSLongitude: (70.0, 30.0, 0.0),
        }
    )
    assert (found.lat, found.lon) == (-33.41, -70.5)


def test_a_zone_that_the_camera_names_holds_else_it_is_the_regions() -> None:
    at: dict[int, object] = {ExifTags.Base.DateTimeOriginal: "2026:03:01 14:05:00"}
    assert told({}, at).taken_at == datetime(2026, 3, 1, 11, 5, tzinfo=UTC)
    named = at | {ExifTags.Base.OffsetTimeOriginal: "+05:00"}
    assert told({}, named).taken_at == datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize("latitude", [(91.0, 0.0, 0.0), (5.0,), (5.0, 6.0)])
def test_an_impossible_place_is_none(latitude: object) -> None:
    found = told({GPS.GPSLatitude: latitude, GPS.GPSLongitude: (37.0, 0.0, 0.0)})
    assert found == Origin()


# Pillow only warns of metadata that it can not read.
@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.filterwarnings("ignore:Possibly corrupt EXIF")
@settings(max_examples=40, deadline=None)
@given(st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]), st.binary(max_size=300))
def test_whatever_stands_in_the_metadata_the_photo_is_taken(head: bytes, data: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=b"Exif\0\0" + head + data)
    upload = uploads.examine(io.BytesIO(out.getvalue()), name="a.jpg")
    assert upload.is_photo
    with Image.open(io.BytesIO(upload.content)) as kept:
        assert origin(kept) == Origin()
