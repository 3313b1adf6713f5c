"""What a file is, by its content, whatever its sender calls it."""

from typing import Protocol

import magic

from common.uploads import documents, pictures
from common.uploads.refusals import NotTakenError, Refusal, UploadRefusedError
from common.uploads.upload import Upload, clean_name, renamed

MAX_BYTES = 20 * 1024 * 1024
"""A file may be this long, bytes."""
ACCEPT_PHOTOS = ".jpg,.jpeg,.png,.webp,.avif"
ACCEPT = f"{ACCEPT_PHOTOS},.pdf,.docx,.odt,.txt"
"""For the `accept` attribute of a form; with it an iPhone gives JPEG instead of HEIC."""


class Readable(Protocol):
    """What bytes can be read from: an open file, `io.BytesIO`, an uploaded file of Django."""

    def read(self, size: int = ..., /) -> bytes: ...


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
    except NotTakenError as refused:
        raise UploadRefusedError(name, refused.refusal) from None


def _judge(data: bytes, name: str) -> Upload:
    if not data:
        raise NotTakenError(Refusal.EMPTY)
    if len(data) > MAX_BYTES:
        raise NotTakenError(Refusal.TOO_LONG)
    found = magic.from_buffer(data[:8192], mime=True)
    if found in pictures.FORMATS:
        return pictures.photo(data, name, pictures.FORMATS[found])
    if found in {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}:
        raise NotTakenError(Refusal.HEIC)
    if found.startswith("video/"):
        raise NotTakenError(Refusal.VIDEO)
    content_type, content = documents.document(data, found)
    return Upload(renamed(name, content_type), content_type, content)
