"""Why a file is not taken."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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


class RefusedFiles:
    """Files that were not taken, by the reason: a reason is said once, however many files it is for."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, name: str, reason: str) -> None:
        """Notes one; the reason comes without a full stop, in the reader's language."""
        self._names.setdefault(reason, []).append(name)

    def sentences(self) -> list[str]:
        """A sentence for each reason, with the names of its files in the order they were sent."""
        return [f"{', '.join(names)}: {reason}." for reason, names in self._names.items()]


class NotTakenError(Exception):
    """What the judges of photos and documents raise, who do not know the file's name."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
