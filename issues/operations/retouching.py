"""Photos of a message that a moderator has drawn anew: parts blurred, or the whole turned."""

import uuid
from collections.abc import Sequence
from dataclasses import astuple

from django.db import transaction
from django.db.models import QuerySet

from common import retouching, uploads
from common.retouching import Region
from issues.models import Attachment, Camera, Issue, Retouching
from issues.operations.files import FOLDER
from issues.operations.writer import lock, perform
from issues.policies import By

MOST_REGIONS = 40
"""So many parts of one photo may be blurred."""


class PhotoChangedError(Exception):
    """Another moderator has drawn the photo anew, or its author has taken it back."""


def photos_to_judge(issue: Issue) -> QuerySet[Attachment]:
    """The photos that came with a message: what can be drawn anew."""
    return issue.attachments.filter(
        purpose=Attachment.Purpose.REPORT, answer=None, width__isnull=False
    ).order_by("pk")


def draw_anew(photo: Attachment, *, regions: Sequence[Region], quarters: int) -> uploads.Upload:
    """Draws a photo from the one that was sent. Slow: call outside transactions.

    Args:
        photo: with its `retouching`, if it was drawn anew before.
        regions: all that is to be blurred, in the frame of the photo as it was sent.
        quarters: by how many quarters it is turned, clockwise, from how it was sent.

    Raises:
        PhotoChangedError: the file is gone.
        ValueError: too many regions.
    """
    if len(regions) > MOST_REGIONS:
        raise ValueError("too many regions")
    try:
        with photo.as_sent.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise PhotoChangedError from None
    return retouching.retouch(content, name=photo.name, regions=regions, quarters=quarters)


def retouch_photo(
    *,
    by: By,
    issue: Issue,
    uid: uuid.UUID,
    upload: uploads.Upload,
    regions: Sequence[Region],
    quarters: int,
) -> Attachment:
    """Shows a photo of a message as it was drawn anew; the timeline tells it, not what was blurred.

    The photo gets another address, and the files that were shown before are deleted: whoever has the
    old address gets nothing.

    Args:
        by: the moderator.
        issue: waiting or published.
        uid: of the photo as the moderator saw it.
        upload, regions, quarters: what `draw_anew` made, of what.

    Raises:
        PhotoChangedError: it is not shown so any more.
        ActionRefusedError: the message neither waits nor is published.
    """
    # Outside of the transaction: what fails deletes the new files, what was committed the old ones.
    with uploads.kept(upload, folder=FOLDER) as names, transaction.atomic():
        issue = lock(issue)
        photos = list(photos_to_judge(issue).select_for_update(of=("self",)))
        place = next((n for n, one in enumerate(photos, 1) if one.uid == uid), None)
        if place is None:
            raise PhotoChangedError
        photo = photos[place - 1]
        kept, is_first = Retouching.objects.get_or_create(
            attachment=photo, defaults={"original": photo.file.name}
        )
        replaced = [photo.page, photo.thumbnail, *([] if is_first else [photo.file])]
        gone = [file.name for file in replaced if file.name]
        kept.blurred = [list(astuple(region)) for region in regions]
        kept.quarters = quarters % retouching.QUARTERS
        kept.save()
        photo.uid = uuid.uuid4()
        photo.file, photo.page, photo.thumbnail = names.file, names.page, names.thumbnail
        photo.width, photo.height = upload.width, upload.height
        photo.save(update_fields=["uid", "file", "page", "thumbnail", "width", "height"])
        perform(
            issue,
            "retouch",
            by=by,
            data={"photo": place, "blurred": len(regions), "turned": kept.quarters * 90},
        )
        transaction.on_commit(lambda: uploads.delete(*gone), robust=True)
    return photo


def forget_originals(issue: Issue) -> None:
    """Leaves of each photo only what everybody sees; the stored files go with the caller's commit."""
    kept = list(Retouching.objects.select_for_update().filter(attachment__issue=issue))
    names = [one.original.name for one in kept if one.original.name]
    Retouching.objects.filter(pk__in=[one.pk for one in kept]).delete()
    Camera.objects.filter(attachment__issue=issue).delete()
    transaction.on_commit(lambda: uploads.delete(*names), robust=True)
