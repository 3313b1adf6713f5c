"""Photos, drawn anew: nothing of the original's bytes but the picture is left."""

import io
import threading
from collections.abc import Mapping

from PIL import Image, ImageCms, ImageOps

from common.photo_origin import Origin
from common.photo_origin import origin as origin_of
from common.uploads.refusals import NotTakenError, Refusal
from common.uploads.upload import Upload, renamed

MAX_PIXELS = 64_000_000
"""A baseline JPEG, which is what cameras write, may have so many: it is decoded at a fraction."""
MAX_PIXELS_WHOLE = 24_000_000
"""Any other picture may have so many, as it is decoded whole.

Measured at these limits, memory for one picture: JPEG 115 MB, progressive 165, PNG 245, AVIF 220,
WebP 375.
"""
SIZES: Mapping[str, int] = {"large": 2048, "page": 1024, "thumbnail": 320}
"""The longer side of each picture made of a photo, pixels; a smaller photo is never blown up."""
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/avif": "AVIF"}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# So many pictures are decoded at a time in a process, whoever sends them: memory stays bounded.
_decoding = threading.BoundedSemaphore(2)


def photo(data: bytes, name: str, picture_format: str) -> Upload:
    """A photo as it is kept.

    Raises:
        NotTakenError: it is damaged or has too many pixels.
    """
    with _decoding:
        large, told = _decoded(data, picture_format)
    return in_sizes(large, name=name, origin=told)


def in_sizes(large: Image.Image, *, name: str, origin: Origin | None = None) -> Upload:
    """A photo in the sizes that are kept.

    Args:
        large: upright, in RGB, at most of the large size.
        name: the sender's name for it.
        origin: where and when it was taken.
    """
    page = _shrunk(large, "page")
    thumbnail = _shrunk(page, "thumbnail")
    return Upload(
        renamed(name, "image/jpeg"),
        "image/jpeg",
        _encoded(large, "JPEG", quality=85, optimize=True, progressive=True),
        _encoded(page, "WEBP", quality=78),
        _encoded(thumbnail, "WEBP", quality=74),
        large.width,
        large.height,
        origin or Origin(),
    )


def _shrunk(picture: Image.Image, size: str) -> Image.Image:
    smaller = picture.copy()
    smaller.thumbnail((SIZES[size], SIZES[size]), Image.Resampling.LANCZOS)
    return smaller


def _decoded(data: bytes, picture_format: str) -> tuple[Image.Image, Origin]:
    """The picture, upright, in sRGB, without an alpha channel, at most of the large size; its origin."""
    try:
        with Image.open(io.BytesIO(data), formats=[picture_format]) as image:
            if image.width * image.height > _most_pixels(image):
                raise NotTakenError(Refusal.TOO_MANY_PIXELS)
            told = origin_of(image)
            # Decodes too; a JPEG at the smallest fraction of its size that is enough (a gap of one).
            longest = SIZES["large"]
            image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=1.0)
            upright = ImageOps.exif_transpose(image)
            return _plain(_in_srgb(upright)), told
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotTakenError(Refusal.TOO_MANY_PIXELS) from None
    except NotTakenError:
        raise
    except Exception:  # noqa: BLE001  (on hostile bytes a decoder may raise anything)
        raise NotTakenError(Refusal.DAMAGED) from None


def _most_pixels(image: Image.Image) -> int:
    # A progressive JPEG keeps the coefficients of the whole picture in memory, whatever is drawn.
    fraction = image.format == "JPEG" and not image.info.get("progressive")
    return MAX_PIXELS if fraction else MAX_PIXELS_WHOLE


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours that browsers assume, as its own profile goes with the metadata."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _plain(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    # A new picture of the pixels alone: what else the file told stays behind.
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _encoded(image: Image.Image, picture_format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, picture_format, **options)
    return out.getvalue()
