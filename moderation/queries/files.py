"""Which files of a message were looked at, and which photos came before with another message."""

from collections.abc import Iterator

from django.db.models import QuerySet

from issues.models import Attachment, Issue
from issues.workflow import State
from moderation.models import FileLook

BITS = 64
BANDS = 4
ALIKE = BITS // BANDS
MOST_DIFFERENT = 3
"""Two fingerprints of one picture differ in so many bits; then one of four bands is the same."""
MOST_COMPARED = 200


def files_to_judge(issue: Issue) -> QuerySet[Attachment]:
    """The files that came with a message, in the order in which they are counted for moderators."""
    return issue.attachments.filter(purpose=Attachment.Purpose.REPORT, answer=None).order_by("pk")


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
