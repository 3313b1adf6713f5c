"""Files that people and other systems send: judged by content, photos redrawn, kept under random names.

    upload = uploads.examine(file, name="яма.jpg")      # slow, outside of any transaction
    with uploads.kept(upload, folder="attachments") as names, transaction.atomic():
        ...                                             # rows that point at `names`

A photo is decoded and drawn anew, so that nothing of the original's bytes but the picture is left:
no place, no device, no thumbnail of what was cut off, nothing that hides behind the pixels.
"""

from common.uploads.documents import MAX_ENTRIES, MAX_UNPACKED_BYTES
from common.uploads.judging import ACCEPT, ACCEPT_PHOTOS, MAX_BYTES, Readable, examine
from common.uploads.keeping import Kept, delete, kept
from common.uploads.pictures import MAX_PIXELS, MAX_PIXELS_WHOLE, SIZES, in_sizes
from common.uploads.refusals import REASONS, Refusal, RefusedFiles, UploadRefusedError
from common.uploads.upload import Upload, clean_name

__all__ = [
    "ACCEPT",
    "ACCEPT_PHOTOS",
    "MAX_BYTES",
    "MAX_ENTRIES",
    "MAX_PIXELS",
    "MAX_PIXELS_WHOLE",
    "MAX_UNPACKED_BYTES",
    "REASONS",
    "SIZES",
    "Kept",
    "Readable",
    "Refusal",
    "RefusedFiles",
    "Upload",
    "UploadRefusedError",
    "clean_name",
    "delete",
    "examine",
    "in_sizes",
    "kept",
]
