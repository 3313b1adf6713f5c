"""A file that was judged: its name, what it is, and the bytes to keep."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePath

from common.photo_origin import Origin

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
SUFFIXES = {
    "image/jpeg": ".jpg",
    "application/pdf": ".pdf",
    DOCX: ".docx",
    ODT: ".odt",
    "text/plain": ".txt",
}
_LONGEST_NAME = 120


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


def clean_name(name: str) -> str:
    """`name` without folders, control and direction characters, at most 120 characters long."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    # Categories C*: control, format (direction overrides hide a suffix), surrogates, unassigned.
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", re.sub(r"\s+", " ", name)).strip(" .") or "file"
    path = PurePath(name)
    suffix = path.suffix[:16]
    return path.stem[: _LONGEST_NAME - len(suffix)] + suffix


def renamed(name: str, content_type: str) -> str:
    """`name` with the suffix of what the file really is."""
    return PurePath(name).stem + SUFFIXES[content_type]
