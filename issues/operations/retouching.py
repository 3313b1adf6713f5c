"""Photos of a message, and of what came of it, that a moderator has drawn anew: parts blurred, or the whole turned."""

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

_PURPOSE = Attachment.Purpose
_OF_THE_AUTHOR = (_PURPOSE.REPORT, _PURPOSE.VERDICT)


class PhotoChangedError(Exception):
    """Another moderator has drawn the photo anew, or its author has taken it back."""


def photos_to_judge(issue: Issue) -> QuerySet[Attachment]:
    """What can be drawn anew: photos of a message, of its answers, and of what residents say of these.

    Not those of an author's additions: only the authority ever reads them, with the words beside them.
    """
    # Not by `issue.attachments`: a page has read a part of them beforehand, and would filter that.
    shown = Attachment.objects.filter(issue=issue, width__isnull=False)
    return shown.exclude(purpose=_PURPOSE.ADDITION).order_by("pk")


def photos_beside(issue: Issue, photo: Attachment) -> QuerySet[Attachment]:
    """The photos that came with the same message, the same answer, or in the same voice; itself among them."""
    found = photos_to_judge(issue).filter(answer=photo.answer_id)
    return found if photo.answer_id else found.filter(purpose=photo.purpose)


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
    """Shows a photo as it was drawn anew; the timeline tells it, not what was blurred.

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
        photo = photos_to_judge(issue).select_for_update(of=("self",)).filter(uid=uid).first()
        if photo is None:
            raise PhotoChangedError
        place = photos_beside(issue, photo).filter(pk__lte=photo.pk).count()
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
            data={
                "photo": place,
                "of": photo.purpose,
                "blurred": len(regions),
                "turned": kept.quarters * 90,
            },
        )
        transaction.on_commit(lambda: uploads.delete(*gone), robust=True)
    return photo


def forget_originals(issue: Issue) -> None:
    """Leaves of each photo of the author only what others see; the stored files go with the caller's commit."""
    of_author = Retouching.objects.filter(
        attachment__issue=issue, attachment__purpose__in=_OF_THE_AUTHOR
    )
    kept = list(of_author.select_for_update())
    names = [one.original.name for one in kept if one.original.name]
    Retouching.objects.filter(pk__in=[one.pk for one in kept]).delete()
    Camera.objects.filter(attachment__issue=issue).delete()
    transaction.on_commit(lambda: uploads.delete(*names), robust=True)
