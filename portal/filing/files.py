"""Files while a message is written: taken one by one, the refused ones named with the reason."""

import uuid
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.models import User
from common import uploads
from common.photo_origin import Origin
from issues import operations
from issues.models import Attachment
from issues.operations.filing import MAX_ATTACHMENTS
from portal.filing.draft import Draft


def take(
    draft: Draft, user: User, sent: "Iterable[UploadedFile[bytes]]", removed: Iterable[str]
) -> list[str]:
    """Removes and adds files of a draft, each for itself; why some were not taken, in sentences."""
    refused = uploads.RefusedFiles()
    for uid in set(removed) & set(draft.attachments):
        draft.attachments.remove(uid)
        operations.drop_waiting_file(owner=user, uid=uuid.UUID(uid))
    chosen = list(sent)
    places = max(0, MAX_ATTACHMENTS - len(draft.attachments))
    room = operations.room_to_wait(owner=user) if chosen else 0
    # Counted before any is examined: a file that is refused costs as much as one that is taken.
    for number, file in enumerate(chosen):
        name = uploads.clean_name(file.name or "")
        if number >= places:
            refused.add(name, _("a message takes at most ten files"))
            continue
        try:
            if number >= room:
                raise operations.TooManyFilesError
            upload = uploads.examine(file, name=name)
            kept = operations.keep_waiting_file(owner=user, upload=upload)
        except uploads.UploadRefusedError as error:
            refused.add(error.name, error.reason)
        except operations.TooManyFilesError:
            refused.add(name, _("too many of your files wait already; throw away a draft"))
        else:
            draft.attachments.append(str(kept.uid))
            _note_origin(draft, upload.origin)
    return refused.sentences()


def _note_origin(draft: Draft, origin: Origin) -> None:
    """The first photo that tells its place or its time is the one that is asked about."""
    if origin.lon is not None and origin.lat is not None and not draft.seen_lon:
        draft.seen_lon, draft.seen_lat = str(origin.lon), str(origin.lat)
    if origin.taken_at is not None and not draft.taken_at:
        draft.taken_at = origin.taken_at.isoformat()


def waiting(draft: Draft, user: User) -> list[Attachment]:
    """The draft's files that really wait with this person, in the order they were sent."""
    if not draft.attachments:
        return []
    return list(Attachment.objects.filter(uid__in=draft.attachments, owner=user, issue=None))
