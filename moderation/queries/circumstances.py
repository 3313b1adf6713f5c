"""What surrounds a message: what its author has written before, and what waits near by."""

from datetime import timedelta
from math import cos, radians

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Polygon
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Q

from accounts.models import User
from common import clock
from issues.models import Issue
from issues.workflow import PUBLIC_STATES, State
from moderation.queries.queue import waiting


def history(author: User) -> dict[str, int]:
    """What the author has written before, as counts."""
    month_ago = clock.now() - timedelta(days=30)
    return Issue.objects.filter(author=author).aggregate(
        filed=Count("pk"),
        lately=Count("pk", filter=Q(filed_at__gte=month_ago)),
        published=Count("pk", filter=Q(state__in=sorted(PUBLIC_STATES))),
        rejected=Count("pk", filter=Q(state=State.REJECTED)),
        hidden=Count("pk", filter=Q(is_hidden=True)),
    )


NEARLY_THE_SAME = 0.7
"""Texts whose trigrams are alike to this share say the same in nearly the same words."""


def waiting_near(issue: Issue, reach: float) -> "list[tuple[Issue, int]]":
    """Messages of the same kind and topic that were sent before `issue` and still wait, the nearest first.

    Args:
        issue: the message that is looked at.
        reach: how far away they may be, metres.

    Returns:
        At most thirty, each with its distance in metres.
    """
    up = reach / 110_000
    across = up / max(cos(radians(issue.point.y)), 0.01)
    box = Polygon.from_bbox(
        (
            *(issue.point.x - across, issue.point.y - up),
            *(issue.point.x + across, issue.point.y + up),
        )
    )
    near = (
        waiting()
        .filter(kind=issue.kind, topic=issue.topic_id, filed_at__lte=issue.filed_at)
        .filter(point__bboverlaps=box)
        .exclude(pk=issue.pk)
        .annotate(away=Distance("point", issue.point))
        .order_by("away")[:30]
    )
    return [(one, round(one.away.m)) for one in near if one.away.m <= reach]


def filed_before(issue: Issue, period: timedelta) -> tuple[int, int]:
    """How many messages the author of `issue` has filed up to it within `period`, itself counted.

    Returns:
        All of them, and those with nearly the same words.
    """
    filed = Issue.objects.filter(
        author=issue.author_id,
        filed_at__gt=issue.filed_at - period,
        filed_at__lte=issue.filed_at,
    ).annotate(alike=TrigramSimilarity("description", issue.description[:2000]))
    counted = filed.aggregate(
        all=Count("pk"), same=Count("pk", filter=Q(alike__gte=NEARLY_THE_SAME))
    )
    return counted["all"], counted["same"]
