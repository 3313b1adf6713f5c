"""Files that people and other systems send: judged by content, photos redrawn, kept under random names.

    upload = uploads.examine(file, name="яма.jpg")      # slow, outside of any transaction
    with uploads.kept(upload, folder="attachments") as names, transaction.atomic():
        ...                                             # rows that point at `names`

A photo is decoded and drawn anew, so that nothing of the original's bytes but the picture is left:
no place, no device, no thumbnail of what was cut off, nothing that hides behind the pixels.
"""

import hashlib
import io
import logging
import re
import secrets
import threading
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Protocol

import magic
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from common import clock
from common.photo_origin import Origin
from common.photo_origin import origin as origin_of

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
"""A file may be this long, bytes."""
MAX_PIXELS = 64_000_000
"""A baseline JPEG, which is what cameras write, may have so many: it is decoded at a fraction."""
MAX_PIXELS_WHOLE = 24_000_000
"""Any other picture may have so many, as it is decoded whole.

Measured at these limits, memory for one picture: JPEG 115 MB, progressive 165, PNG 245, AVIF 220,
WebP 375.
"""
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
"""What a packed document may unpack to, bytes."""
MAX_ENTRIES = 5_000
"""A packed document may have so many files inside; reading the list of 150,000 took 2.8 s."""
SIZES: Mapping[str, int] = {"large": 2048, "page": 1024, "thumbnail": 320}
"""The longer side of each picture made of a photo, pixels; a smaller photo is never blown up."""
ACCEPT_PHOTOS = ".jpg,.jpeg,.png,.webp,.avif"
ACCEPT = f"{ACCEPT_PHOTOS},.pdf,.docx,.odt,.txt"
"""For the `accept` attribute of a form; with it an iPhone gives JPEG instead of HEIC."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/avif": "AVIF"}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "application/pdf": ".pdf",
    _DOCX: ".docx",
    _ODT: ".odt",
    "text/plain": ".txt",
}
# What the formats allow (ISO 29500-2, ODF 1.3 part 2).
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LONGEST_NAME = 120
# So many pictures are decoded at a time in a process, whoever sends them: memory stays bounded.
_decoding = threading.BoundedSemaphore(2)


class Refusal(StrEnum):
    """Why a file is not taken; a stable code for API clients."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"
    HEIC = "heic"
    VIDEO = "video"
    MACROS = "macros"
    PACKED_TOO_TIGHT = "packed_too_tight"
    UNKNOWN_TYPE = "unknown_type"


REASONS: Mapping[Refusal, Promise] = {
    Refusal.EMPTY: _("the file is empty"),
    Refusal.TOO_LONG: _("the file is longer than 20 MB"),
    Refusal.TOO_MANY_PIXELS: _(
        "the picture has too many pixels: an ordinary JPEG may have 64 million, any other picture 24"
    ),
    Refusal.DAMAGED: _("the file is damaged and can not be opened"),
    Refusal.HEIC: _(
        "HEIC pictures are not taken; choose “Most Compatible” in the camera's settings or save as JPEG"
    ),
    Refusal.VIDEO: _("videos are not taken yet; send photos"),
    Refusal.MACROS: _("the document contains macros"),
    Refusal.PACKED_TOO_TIGHT: _("the document unpacks to more than 200 MB or 5,000 files"),
    Refusal.UNKNOWN_TYPE: _(
        "files of this type are not taken; send a photo (JPEG, PNG, WebP) or a document (PDF, DOCX, ODT, TXT)"
    ),
}


class UploadRefusedError(Exception):
    """A file is not taken.

    Attributes:
        name: the file's cleaned name, for the message to its sender.
        refusal: why.
    """

    def __init__(self, name: str, refusal: Refusal) -> None:
        self.name, self.refusal = name, refusal
        # Without the name: it may be personal, and errors are logged.
        super().__init__(refusal.value)

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return str(REASONS[self.refusal])


class Readable(Protocol):
    """What bytes can be read from: an open file, `io.BytesIO`, an uploaded file of Django."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """A file that was judged and may be kept.

    Attributes:
        name: the sender's name for it, cleaned, with the suffix of what it really is.
        content_type: what it is.
        content: the bytes to keep; of a photo the large picture.
        page, thumbnail: the two smaller pictures (WebP) of a photo, else empty.
        width, height: of the large picture, pixels; None for a document.
        origin: where and when a photo was taken, for its sender alone; nothing that is kept has it.
    """

    name: str
    content_type: str
    content: bytes
    page: bytes = b""
    thumbnail: bytes = b""
    width: int | None = None
    height: int | None = None
    origin: Origin = field(default_factory=Origin)

    @property
    def sha256(self) -> str:
        """Of the bytes kept, 64 lower-case hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_photo(self) -> bool:
        """Whether it is a picture."""
        return self.width is not None


@dataclass(frozen=True)
class Kept:
    """Names under which the default storage keeps an upload; empty where there is none."""

    file: str
    page: str
    thumbnail: str

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are there."""
        return tuple(filter(None, (self.file, self.page, self.thumbnail)))


def examine(file: Readable, *, name: str) -> Upload:
    """Judges a file by its content and makes of it what is kept. Slow: call outside transactions.

    Args:
        file: where its bytes come from; at most `MAX_BYTES` and one are read.
        name: as the sender calls it; it never decides what the file is.

    Raises:
        UploadRefusedError: it is not taken; says why.
    """
    data = file.read(MAX_BYTES + 1)
    name = clean_name(name)
    try:
        return _judge(data, name)
    except _Refused as refused:
        raise UploadRefusedError(name, refused.refusal) from None


@contextmanager
def kept(upload: Upload, *, folder: str) -> Iterator[Kept]:
    """Keeps an upload in the default storage; when the block fails, its files are deleted.

    Open the transaction inside the block: a failed commit then deletes the files too.

    Args:
        upload: what `examine` gave.
        folder: the upper folder; below it are folders by day, and random names.
    """
    stem = f"{folder}/{clock.region_date(clock.now()):%Y/%m/%d}/{secrets.token_hex(16)}"
    written: list[str] = []

    def write(suffix: str, content: bytes) -> str:
        if not content:
            return ""
        written.append(default_storage.save(stem + suffix, ContentFile(content)))
        return written[-1]

    try:
        yield Kept(
            write(_SUFFIXES[upload.content_type], upload.content),
            write("-page.webp", upload.page),
            write("-thumbnail.webp", upload.thumbnail),
        )
    except BaseException:
        delete(*written)
        raise


def delete(*names: str) -> None:
    """Deletes files from the default storage; one that is gone or can not be deleted is passed over."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except OSError as error:
            logger.warning("a file could not be deleted: %s", type(error).__name__)


def clean_name(name: str) -> str:
    """`name` without folders, control and direction characters, at most 120 characters long."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    # Categories C*: control, format (direction overrides hide a suffix), surrogates, unassigned.
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", re.sub(r"\s+", " ", name)).strip(" .") or "file"
    path = PurePath(name)
    suffix = path.suffix[:16]
    return path.stem[: _LONGEST_NAME - len(suffix)] + suffix


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def _judge(data: bytes, name: str) -> Upload:
    if not data:
        raise _Refused(Refusal.EMPTY)
    if len(data) > MAX_BYTES:
        raise _Refused(Refusal.TOO_LONG)
    found = magic.from_buffer(data[:8192], mime=True)
    if found in _PICTURES:
        return _photo(data, name, _PICTURES[found])
    if found in {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}:
        raise _Refused(Refusal.HEIC)
    if found.startswith("video/"):
        raise _Refused(Refusal.VIDEO)
    content_type, content = _document(data, found)
    return Upload(_renamed(name, content_type), content_type, content)


def _renamed(name: str, content_type: str) -> str:
    return PurePath(name).stem + _SUFFIXES[content_type]


def _photo(data: bytes, name: str, picture_format: str) -> Upload:
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
        _renamed(name, "image/jpeg"),
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
                raise _Refused(Refusal.TOO_MANY_PIXELS)
            told = origin_of(image)
            # Decodes too; a JPEG at the smallest fraction of its size that is enough (a gap of one).
            longest = SIZES["large"]
            image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=1.0)
            upright = ImageOps.exif_transpose(image)
            return _plain(_in_srgb(upright)), told
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _Refused(Refusal.TOO_MANY_PIXELS) from None
    except _Refused:
        raise
    except Exception:  # noqa: BLE001  (on hostile bytes a decoder may raise anything)
        raise _Refused(Refusal.DAMAGED) from None


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


def _document(data: bytes, found: str) -> tuple[str, bytes]:
    if found == "application/pdf" and data.startswith(b"%PDF-"):
        return "application/pdf", data
    if data.startswith(b"PK\x03\x04"):
        return _packed_document(data), data
    if found == "text/plain":
        return "text/plain", _text(data)
    raise _Refused(Refusal.UNKNOWN_TYPE)


def _packed_document(data: bytes) -> str:
    """The type of an office document by what is in the package, not by what libmagic sees first."""
    # Each entry of the list begins so: counted before it is read, whatever the package says of it.
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise _Refused(Refusal.PACKED_TOO_TIGHT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = {entry.filename: entry for entry in package.infolist()}
            if not {entry.compress_type for entry in entries.values()} <= _PACKINGS:
                raise _Refused(Refusal.DAMAGED)
            if sum(entry.file_size for entry in entries.values()) > MAX_UNPACKED_BYTES:
                raise _Refused(Refusal.PACKED_TOO_TIGHT)
            mimetype = entries.get("mimetype")
            is_odt = (
                mimetype is not None
                and mimetype.file_size < 100
                and package.read(mimetype).strip() == _ODT.encode()
            )
    except _Refused:
        raise
    except Exception:  # noqa: BLE001  (on hostile bytes an unpacker may raise anything)
        raise _Refused(Refusal.DAMAGED) from None
    if any(entry.endswith("vbaProject.bin") or entry.startswith("Basic/") for entry in entries):
        raise _Refused(Refusal.MACROS)
    if is_odt and "content.xml" in entries:
        return _ODT
    if "[Content_Types].xml" in entries and "word/document.xml" in entries:
        return _DOCX
    raise _Refused(Refusal.UNKNOWN_TYPE)


def _text(data: bytes) -> bytes:
    """The text in UTF-8, which is how it will be shown; older programs write Windows-1251."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise _Refused(Refusal.DAMAGED)
