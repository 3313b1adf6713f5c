"""What of an upload reaches memory and disk at all, before any view has looked at it."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from common import uploads

MAX_REQUEST_BYTES = 220 * 1024 * 1024
"""Ten files of the greatest length and the form around them, bytes."""


class Gate(FileUploadHandler):
    """Stands before the other handlers: cuts off what would be refused anyway.

    A file that is too long arrives one byte longer than allowed and is refused by its name, while the
    form and the other files stay. Of somebody who is not logged in no byte of a file is kept.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_REQUEST_BYTES:
            raise RequestDataTooBig
        user = getattr(self.request, "user", None)
        self._most = uploads.MAX_BYTES + 1 if user and user.is_authenticated else 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data[: max(0, self._most - start)] or None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        return None
