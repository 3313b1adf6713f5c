"""Messages whose problem is fixed, with a photo from before and one from after."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from issues.models import Attachment, Issue

_BEFORE = (Attachment.Purpose.BEFORE, Attachment.Purpose.REPORT)
_AFTER = (Attachment.Purpose.AFTER,)


@dataclass(frozen=True)
class Fixed:
    """A message that was fixed.

    Attributes:
        issue: with its topic.
        before, after: photos, None where there is none.
    """

    issue: Issue
    before: Attachment | None
    after: Attachment | None

    @property
    def is_shown(self) -> bool:
        """Whether one sees what was done."""
        return bool(self.before and self.after)


def fixed(ids: Sequence[int], *, limit: int) -> list[Fixed]:
    """The first `limit` of messages that were fixed; those with both photos come first.

    Args:
        ids: of the messages, in their order.
        limit: how many at most.
    """
    photos = Attachment.objects.filter(width__isnull=False).order_by("pk")
    rows = (
        Issue.objects.filter(pk__in=ids)
        .select_related("topic")
        .prefetch_related(Prefetch("attachments", photos, to_attr="photos"))
        .in_bulk()
    )
    found = [_with_photos(rows[number]) for number in ids if number in rows]
    return sorted(found, key=lambda one: not one.is_shown)[:limit]


def _with_photos(issue: Issue) -> Fixed:
    photos: list[Attachment] = issue.photos  # type: ignore[attr-defined]
    after = [photo for photo in photos if photo.purpose in _AFTER]
    before = [photo for purpose in _BEFORE for photo in photos if photo.purpose == purpose]
    return Fixed(issue, before[0] if before else None, after[-1] if after else None)
