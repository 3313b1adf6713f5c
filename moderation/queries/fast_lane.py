"""Who may pass by the fast lane, and whether it is open."""

from datetime import timedelta

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
    """Whether enough of an author's messages are public, and none was rejected or hidden of late."""
    since = clock.now() - timedelta(days=rule.clean_days)
    public = Issue.objects.filter(author=author, published_at__isnull=False, is_hidden=False)
    if public[: rule.least_accepted].count() < rule.least_accepted:
        return False
    return not IssueEvent.objects.filter(
        issue__author=author, at__gte=since, action__in=AGAINST
    ).exists()
