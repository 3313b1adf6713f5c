"""What an authority's desk reads: its own issues, by the day of the answer."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from authorities.models import Authority
from common import clock
from issues.models import Issue
from issues.workflow import AT_WORK_STATES, State

PAGE_SIZE = 50


@dataclass(frozen=True)
class Figures:
    """How many issues an authority has: at work, not registered yet, late, answered."""

    at_work: int
    new: int
    late: int
    answered: int


def of(authority: Authority) -> "QuerySet[Issue]":
    """Every issue of an authority that was ever sent to it; another's is not there at all."""
    return Issue.objects.filter(authority=authority, published_at__isnull=False).exclude(
        state=State.PUBLISHED
    )


def at_work(authority: Authority) -> "QuerySet[Issue]":
    """What has to be done, the nearest day of the answer first."""
    return (
        of(authority)
        .filter(state__in=sorted(AT_WORK_STATES))
        .select_related("topic", "municipality")
        .order_by("answer_due_at", "pk")
    )


def answered(authority: Authority) -> "QuerySet[Issue]":
    """What is done, the latest answer first."""
    return (
        of(authority)
        .filter(answered_at__isnull=False)
        .exclude(state__in=sorted(AT_WORK_STATES))
        .select_related("topic", "municipality")
        .order_by("-answered_at", "-pk")
    )


def figures(authority: Authority) -> Figures:
    """The figures above the queue."""
    waits = Q(state__in=sorted(AT_WORK_STATES))
    return Figures(
        **of(authority).aggregate(
            at_work=Count("pk", filter=waits),
            new=Count("pk", filter=Q(state=State.DISPATCHED)),
            late=Count("pk", filter=waits & Q(answer_due_at__lte=clock.now())),
            answered=Count("pk", filter=Q(answered_at__isnull=False) & ~waits),
        )
    )
