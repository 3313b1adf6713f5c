"""An upload in the default storage, under random names."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from common import clock
from common.uploads.upload import SUFFIXES, Upload

logger = logging.getLogger(__name__)


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
            write(SUFFIXES[upload.content_type], upload.content),
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
