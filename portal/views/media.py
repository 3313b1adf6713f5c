"""Files that people sent, for those who may see the message they belong to."""

import uuid
from typing import Final

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from issues.models import Attachment
from issues.policies import may_see_file
from portal.views.access import note_staff, reader

# Pictures that were drawn anew on arrival; anything else is handed over as a download.
SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/webp"})


@require_safe
def attachment(request: HttpRequest, uid: uuid.UUID, size: str = "large") -> HttpResponseBase:
    """`/media/<uid>/`, and `/media/<uid>/page/` and `/media/<uid>/thumbnail/` of a photo."""
    found = get_object_or_404(Attachment.objects.select_related("issue"), uid=uid)
    if not may_see_file(reader(request), found):
        raise Http404
    is_public = found.issue is not None and found.issue.is_public and not found.is_private
    if found.issue is not None and not is_public:
        note_staff(request, found.issue)
    file: FieldFile = found.file if size == "large" else getattr(found, size)
    if not file:
        raise Http404
    is_shown = found.is_photo and found.content_type in SHOWN
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=not is_shown,
        filename=found.name,
        content_type=_content_type(found, size) if is_shown else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Short: a moderator who hides a message hides its photos too.
    response["Cache-Control"] = "public, max-age=600" if is_public else "private, no-store"
    return response


def _content_type(found: Attachment, size: str) -> str:
    # The two smaller pictures of a photo are WebP (`common.uploads`).
    return found.content_type if size == "large" else "image/webp"
