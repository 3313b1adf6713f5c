"""Who may pass by the fast lane, and whether it is open."""

from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from common import clock
from issues.models import Issue, IssueEvent
from moderation.models import FastLane

AGAINST = ("reject", "uphold", "hide")
"""What a message of an author in good standing has not met."""


def fast_lane() -> FastLane | None:
    """The rule as it is set now; None where it is off."""
    last = FastLane.objects.order_by("-pk").first()
    return last if last is not None and last.is_on else None


def is_in_good_standing(author: User, rule: FastLane) -> bool:
    """Whether enough of an author's messages are public, and none was rejected or hidden of late.

    A rejection that a second look has found wrong is not held against the author.
    """
    since = clock.now() - timedelta(days=rule.clean_days)
    public = Issue.objects.filter(author=author, published_at__isnull=False, is_hidden=False)
    if public[: rule.least_accepted].count() < rule.least_accepted:
        return False
    against = IssueEvent.objects.filter(issue__author=author, at__gte=since, action__in=AGAINST)
    return not _upheld(against).exists()


def _upheld(against: "QuerySet[IssueEvent]") -> "QuerySet[IssueEvent]":
    """Without rejections that were wrong: accepted later as it was sent, at a second look."""
    then = IssueEvent.objects.filter(
        issue=OuterRef("issue"), seq__gt=OuterRef("seq"), action__in=("accept", "resubmit")
    )
    came = against.annotate(then=Subquery(then.order_by("seq").values("action")[:1]))
    return came.filter(Q(then=None) | Q(then="resubmit"))
