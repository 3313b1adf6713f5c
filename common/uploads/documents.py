"""Documents, judged by what is in them."""

import io
import zipfile

from common.uploads.refusals import NotTakenError, Refusal
from common.uploads.upload import DOCX, ODT

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
"""What a packed document may unpack to, bytes."""
MAX_ENTRIES = 5_000
"""A packed document may have so many files inside; reading the list of 150,000 took 2.8 s."""
# What the formats allow (ISO 29500-2, ODF 1.3 part 2).
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def document(data: bytes, found: str) -> tuple[str, bytes]:
    """What a document is, and the bytes of it to keep.

    Args:
        data: the file.
        found: what libmagic takes it for.

    Raises:
        NotTakenError: it is damaged, dangerous, or none of the documents that are taken.
    """
    if found == "application/pdf" and data.startswith(b"%PDF-"):
        return "application/pdf", data
    if data.startswith(b"PK\x03\x04"):
        return _packed_document(data), data
    if found == "text/plain":
        return "text/plain", _text(data)
    raise NotTakenError(Refusal.UNKNOWN_TYPE)


def _packed_document(data: bytes) -> str:
    """The type of an office document by what is in the package, not by what libmagic sees first."""
    # Each entry of the list begins so: counted before it is read, whatever the package says of it.
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise NotTakenError(Refusal.PACKED_TOO_TIGHT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = {entry.filename: entry for entry in package.infolist()}
            if not {entry.compress_type for entry in entries.values()} <= _PACKINGS:
                raise NotTakenError(Refusal.DAMAGED)
            if sum(entry.file_size for entry in entries.values()) > MAX_UNPACKED_BYTES:
                raise NotTakenError(Refusal.PACKED_TOO_TIGHT)
            mimetype = entries.get("mimetype")
            is_odt = (
                mimetype is not None
                and mimetype.file_size < 100
                and package.read(mimetype).strip() == ODT.encode()
            )
    except NotTakenError:
        raise
    except Exception:  # noqa: BLE001  (on hostile bytes an unpacker may raise anything)
        raise NotTakenError(Refusal.DAMAGED) from None
    if any(entry.endswith("vbaProject.bin") or entry.startswith("Basic/") for entry in entries):
        raise NotTakenError(Refusal.MACROS)
    if is_odt and "content.xml" in entries:
        return ODT
    if "[Content_Types].xml" in entries and "word/document.xml" in entries:
        return DOCX
    raise NotTakenError(Refusal.UNKNOWN_TYPE)


def _text(data: bytes) -> bytes:
    """The text in UTF-8, which is how it will be shown; older programs write Windows-1251."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding).encode()
        except UnicodeDecodeError:
            continue
    raise NotTakenError(Refusal.DAMAGED)
