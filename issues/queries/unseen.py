"""What residents wrote or showed after an answer, and no moderator has looked at yet (R6.2)."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet

from issues.models import Confirmation, Rating
from issues.workflow import PUBLIC_STATES

MOST_COUNTED = 99

_OF_PUBLIC = Q(answer__issue__state__in=sorted(PUBLIC_STATES), answer__issue__is_hidden=False)
_M = TypeVar("_M", Rating, Confirmation)


@dataclass(frozen=True)
class Unseen:
    """What the desk looks through.

    Attributes:
        comments: verdicts with the author's words, the newest first.
        photos: words on a repair with a photo, the one that waits longest first.
    """

    comments: list[Rating]
    photos: list[Confirmation]


def unseen(*, limit: int) -> Unseen:
    """What waits for a moderator's look, at most `limit` of each."""
    return Unseen(list(_comments()[:limit]), list(_photos()[:limit]))


def of_number(number: str) -> Unseen:
    """All that residents wrote and showed after the answers to one message, judged or not."""
    rated = _with_issue(Rating.objects.filter(answer__issue__number=number).exclude(comment=""))
    said = _with_issue(Confirmation.objects.filter(answer__issue__number=number))
    return Unseen(
        list(rated.order_by("-rated_at", "-pk")),
        list(said.exclude(photo=None).select_related("photo").order_by("-said_at")),
    )


def count_unseen() -> int:
    """How much waits; more than `MOST_COUNTED` is not told apart."""
    most = MOST_COUNTED + 1
    return min(most, _comments()[:most].count() + _photos()[:most].count())


def _comments() -> QuerySet[Rating]:
    waiting = Rating.objects.filter(~Q(comment=""), comment_judged_at=None)
    return _with_issue(waiting.filter(_OF_PUBLIC)).order_by("-rated_at", "-pk")


def _photos() -> QuerySet[Confirmation]:
    waiting = Confirmation.objects.filter(photo_outcome="", photo__isnull=False)
    return _with_issue(waiting.filter(_OF_PUBLIC)).select_related("photo").order_by("said_at", "pk")


def _with_issue(found: "QuerySet[_M]") -> "QuerySet[_M]":
    return found.select_related("answer__issue__topic", "answer__authority")
