"""Which files of a message were looked at, and which photos came before with another message."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from issues.models import Attachment, Confirmation, Issue
from issues.workflow import State
from moderation.models import WITH_FACE, FileLook

BITS = 64
BANDS = 4
ALIKE = BITS // BANDS
MOST_DIFFERENT = 3
"""Two fingerprints of one picture differ in so many bits; then one of four bands is the same."""
MOST_COMPARED = 200


def files_to_judge(issue: Issue) -> QuerySet[Attachment]:
    """The files that came with a message, in the order in which they are counted for moderators."""
    return issue.attachments.filter(purpose=Attachment.Purpose.REPORT, answer=None).order_by("pk")


def files_to_look_at(issue: Issue) -> QuerySet[Attachment]:
    """The files that came with a message, and the photos that came with its answers."""
    of_answers = Q(answer__isnull=False, width__isnull=False)
    of_message = Q(purpose=Attachment.Purpose.REPORT, answer=None)
    return Attachment.objects.filter(of_message | of_answers, issue=issue).order_by("pk")


def repairs_to_look_at(limit: int) -> QuerySet[Attachment]:
    """Photos of repairs that a moderator will judge and that nobody has looked at yet."""
    waiting = Confirmation.objects.filter(photo_outcome="", photo__isnull=False)
    unseen = waiting.filter(photo__look=None).values("photo")[:limit]
    return Attachment.objects.filter(pk__in=unseen)


def faces_on_answers(*, since: datetime, limit: int) -> QuerySet[FileLook]:
    """Photos of public answers from `since` on (UTC) with faces that nobody has had blurred, the latest first."""
    return (
        FileLook.objects.filter(
            WITH_FACE,
            attachment__answer__published_at__gte=since,
            attachment__issue__is_hidden=False,
            attachment__retouching=None,
        )
        .select_related("attachment__answer__authority", "attachment__issue")
        .order_by("-attachment__answer__published_at", "-pk")[:limit]
    )


def bands(fingerprint: int) -> list[int]:
    """Four pieces of a fingerprint, each with its place.

    Neighbouring bits tell much the same of a picture: each piece takes every fourth.
    """
    bits = f"{fingerprint % 2**BITS:064b}"
    return [place << ALIKE | int(bits[place::BANDS], 2) for place in range(BANDS)]


def looks_like(photo: Attachment, fingerprint: int) -> Iterator[Attachment]:
    """Photos with nearly the same fingerprint that came earlier with other messages, the latest first."""
    if photo.issue_id is None:
        return
    near = (
        FileLook.objects.filter(
            bands__overlap=bands(fingerprint), attachment__uploaded_at__lt=photo.uploaded_at
        )
        .exclude(attachment__issue=photo.issue_id)
        .exclude(attachment__issue__isnull=True)
        .exclude(attachment__issue__state=State.WITHDRAWN)
        .select_related("attachment__issue")
        .order_by("-attachment__uploaded_at")[:MOST_COMPARED]
    )
    for other in near:
        assert other.fingerprint is not None
        different = (fingerprint ^ other.fingerprint) % 2**BITS
        if different.bit_count() <= MOST_DIFFERENT:
            yield other.attachment
