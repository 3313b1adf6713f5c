"""Photos are drawn anew by the moderator who has their message, or once it is published."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from common.retouching import Region
from issues import operations as issues
from issues.models import Attachment, Issue
from issues.operations.writer import lock
from issues.policies import By
from issues.workflow import State
from moderation.operations.claiming import hold
from moderation.operations.looking import tell


def retouch(
    *, by: User, issue: Issue, uid: uuid.UUID, regions: Sequence[Region], quarters: int
) -> Attachment:
    """Blurs parts of a photo, turns it, or takes that back; drawn from the photo as it was sent.

    Args:
        by: the moderator; takes a waiting message by it.
        issue: waiting or published.
        uid: of the photo as the moderator saw it.
        regions: all that is to be blurred, in the frame of the photo as it was sent.
        quarters: by how many quarters it is turned, clockwise, from how it was sent.

    Raises:
        PhotoChangedError: another moderator was first.
        ClaimedError, DecidedError, ActionRefusedError: the message is another's, or not to be judged.
        ValueError: too many regions.
    """
    with transaction.atomic():
        locked = lock(issue)
        if locked.state == State.SUBMITTED:
            hold(by, locked)
    # Drawing takes a second: the message stays the moderator's meanwhile, and is not locked.
    photo = issues.photos_to_judge(issue).select_related("retouching").filter(uid=uid).first()
    if photo is None:
        raise issues.PhotoChangedError
    upload = issues.draw_anew(photo, regions=regions, quarters=quarters)
    drawn = issues.retouch_photo(
        by=By.moderator(by),
        issue=issue,
        uid=uid,
        upload=upload,
        regions=regions,
        quarters=quarters,
    )
    tell(issue)
    return drawn
