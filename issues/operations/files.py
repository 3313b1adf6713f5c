"""Files of issues and answers: kept, waiting with their sender until the message is filed, forgotten."""

import uuid
from datetime import date, timedelta

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import IntegerField, Q, QuerySet
from django.db.models.functions import Cast

from accounts.models import User
from accounts.operations import lock_person
from common import clock, uploads
from issues.models import Answer, Attachment, Camera, Issue, Retouching

FOLDER = "attachments"
MAX_WAITING = 40
"""How many files may wait with one person."""
WAITING_TIME = timedelta(days=31)
"""How long a file waits for its message to be filed: as long as a draft is kept, and a day."""


class TooManyFilesError(Exception):
    """More files wait with this person than are allowed."""


def room_to_wait(*, owner: User) -> int:
    """How many files may still wait with a person: asked before a file is examined, which is slow."""
    return max(0, MAX_WAITING - Attachment.objects.filter(owner=owner, issue=None).count())


def keep_waiting_file(
    *, owner: User, upload: uploads.Upload, purpose: str = Attachment.Purpose.REPORT
) -> Attachment:
    """Keeps a file that belongs to nothing yet; `file_issue` and `answer_issue` take it by its uid.

    Args:
        owner: who sent it; nobody else can see or use it.
        upload: from `uploads.examine`.
        purpose: a value of `Attachment.Purpose`.

    Raises:
        TooManyFilesError: too many wait already.
    """
    if not room_to_wait(owner=owner):
        raise TooManyFilesError
    return _keep(Attachment(owner=owner, purpose=purpose), upload)


def keep_issue_file(
    *,
    issue: Issue,
    upload: uploads.Upload,
    purpose: str = Attachment.Purpose.ANSWER,
    answer: Answer | None = None,
    owner: User | None = None,
) -> Attachment:
    """Keeps a file of an issue: one that came with an answer, or a picture of before and after.

    Args:
        issue: whose file it is.
        upload: from `uploads.examine`.
        purpose: a value of `Attachment.Purpose`.
        answer: the answer it belongs to, where there is one already.
        owner: who sent it, where that is neither the author nor the authority.
    """
    return _keep(Attachment(issue=issue, answer=answer, owner=owner, purpose=purpose), upload)


def measure_cameras(issue: Issue) -> None:
    """Of the places where an issue's photos were taken keeps how far away they are, and no more."""
    Camera.objects.filter(attachment__issue=issue, point__isnull=False).update(
        metres_away=Cast(Distance("point", issue.point), IntegerField()), point=None
    )


def drop_waiting_file(*, owner: User, uid: uuid.UUID) -> bool:
    """Takes a file back before its message is filed; False when `owner` has no such file waiting."""
    with transaction.atomic():
        found = Attachment.objects.select_for_update().filter(uid=uid, owner=owner, issue=None)
        return _forget(list(found)) > 0


def forget_waiting_files(*, limit: int = 500) -> int:
    """Deletes files whose message was not filed in time; returns how many."""
    with transaction.atomic():
        late = (
            Attachment.objects.select_for_update(skip_locked=True)
            .filter(issue=None, uploaded_at__lt=clock.now() - WAITING_TIME)
            .order_by("uploaded_at")[:limit]
        )
        return _forget(list(late))


def delete_stray_files(*, day: date) -> int:
    """Deletes stored files of `day` that no row knows: a process died between the two.

    Args:
        day: a calendar day in the region, at least two days ago, so that nobody is still at work.

    Returns:
        How many were deleted.
    """
    if day > clock.region_date(clock.now()) - timedelta(days=2):
        raise ValueError("files of this day may still be on their way")
    folder = f"{FOLDER}/{day:%Y/%m/%d}"
    try:
        _folders, found = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    names = {f"{folder}/{name}" for name in found}
    known = Attachment.objects.filter(
        Q(file__in=names) | Q(page__in=names) | Q(thumbnail__in=names)
    ).values_list("file", "page", "thumbnail")
    originals = Retouching.objects.filter(original__in=names).values_list("original")
    stray = names.difference(*known, *originals)
    uploads.delete(*stray)
    return len(stray)


def _keep(attachment: Attachment, upload: uploads.Upload) -> Attachment:
    attachment.name = upload.name
    attachment.content_type = upload.content_type
    attachment.size = len(upload.content)
    attachment.sha256 = upload.sha256
    attachment.width, attachment.height = upload.width, upload.height
    attachment.uploaded_at = clock.now()
    with uploads.kept(upload, folder=FOLDER) as names, transaction.atomic():
        if attachment.owner is not None:
            lock_person(attachment.owner)
        attachment.file = names.file
        attachment.page = names.page
        attachment.thumbnail = names.thumbnail
        attachment.save(force_insert=True)
        _note_camera(attachment, upload)
    return attachment


def _note_camera(attachment: Attachment, upload: uploads.Upload) -> None:
    told = upload.origin
    is_waiting = attachment.issue is None and attachment.purpose == Attachment.Purpose.REPORT
    if is_waiting and told.lon is not None and told.lat is not None:
        Camera.objects.create(attachment=attachment, point=Point(told.lon, told.lat, srid=4326))


def forget_files(attachments: QuerySet[Attachment]) -> int:
    """Deletes files, the stored ones once the caller's transaction is committed; returns how many."""
    return _forget(list(attachments.select_for_update()))


def _forget(attachments: list[Attachment]) -> int:
    files = [file for a in attachments for file in (a.file, a.page, a.thumbnail)]
    names = [file.name for file in files if file.name]
    originals = Retouching.objects.filter(attachment__in=attachments)
    names += originals.values_list("original", flat=True)
    Attachment.objects.filter(pk__in=[a.pk for a in attachments]).delete()
    transaction.on_commit(lambda: uploads.delete(*names), robust=True)
    return len(attachments)
