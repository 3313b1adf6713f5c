"""What has happened to what people follow: matched by the database, for many subscriptions at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from issues.models import Issue, IssueEvent, Subscription
from issues.workflow import PUBLIC_STATES

# Three ways to match, each with its own index: by the message, by the area (GiST), by the members of a list.
_NEWS = """
WITH news AS (
    SELECT event.id, event.action, issue.id AS issue_id, issue.author_id, issue.point, issue.kind,
        issue.topic_id, topic.category_id, issue.authority_id, municipality.code AS municipality
    FROM issues_issueevent event
    JOIN issues_issue issue ON issue.id = event.issue_id
    JOIN authorities_topic topic ON topic.id = issue.topic_id
    LEFT JOIN geo_municipality municipality ON municipality.id = issue.municipality_id
    WHERE event.id > %(after)s AND event.id <= %(until)s AND event.action = ANY(%(actions)s)
        AND issue.state = ANY(%(public)s) AND NOT issue.is_hidden
), matched AS (
    SELECT subscription.id AS subscription_id, news.*
    FROM issues_subscription subscription
    JOIN news ON news.issue_id = subscription.issue_id
    WHERE subscription.id = ANY(%(subscriptions)s) AND news.id > subscription.told_up_to
        AND news.author_id IS DISTINCT FROM subscription.user_id
  UNION ALL
    SELECT subscription.id, news.*
    FROM news
    JOIN issues_subscription subscription ON subscription.area && news.point
        AND ST_Covers(subscription.area, news.point)
    WHERE subscription.id = ANY(%(subscriptions)s) AND {members}
  UNION ALL
    SELECT subscription.id, news.*
    FROM issues_subscription subscription
    JOIN news ON {members}
    WHERE subscription.id = ANY(%(subscriptions)s)
        AND subscription.area IS NULL AND subscription.issue_id IS NULL
), told AS (
    SELECT subscription_id, issue_id, array_agg(action ORDER BY id) AS actions, max(id) AS last
    FROM matched GROUP BY subscription_id, issue_id
), placed AS (
    SELECT told.*, row_number() OVER (PARTITION BY subscription_id ORDER BY last DESC) AS place,
        count(*) OVER (PARTITION BY subscription_id) AS found
    FROM told
)
SELECT subscription_id, issue_id, actions, found FROM placed WHERE place <= %(most)s
ORDER BY subscription_id, place
""".format(  # noqa: S608  (put together of constants)
    members="""news.id > subscription.told_up_to AND news.action = ANY(%(of_lists)s)
        AND news.author_id IS DISTINCT FROM subscription.user_id
        AND subscription.kind IN ('', news.kind)
        AND (subscription.category_id IS NULL OR subscription.category_id = news.category_id)
        AND (subscription.topic_id IS NULL OR subscription.topic_id = news.topic_id)
        AND (subscription.authority_id IS NULL OR subscription.authority_id = news.authority_id)
        AND (subscription.municipality = '' OR subscription.municipality = news.municipality)"""
)


@dataclass(frozen=True)
class News:
    """What happened to one message of one subscription.

    Attributes:
        actions: names of actions, oldest first.
        found: how many messages of the subscription there is news of.
    """

    subscription_id: int
    issue_id: int
    actions: Sequence[str]
    found: int


def news(
    subscriptions: Sequence[Subscription],
    *,
    until: int,
    of_issues: Collection[str],
    of_lists: Collection[str],
    most: int,
) -> list[News]:
    """What `subscriptions` were not told yet, of public messages of others than their owners; one query.

    Args:
        subscriptions: each with its `told_up_to`.
        until: id of the last entry of a timeline that is looked at.
        of_issues: actions told to those who follow one message.
        of_lists: actions told to those who follow an area or a list; some of `of_issues`.
        most: messages of one subscription at most, the latest.
    """
    if not subscriptions:
        return []
    values: dict[str, Any] = {
        "subscriptions": [subscription.pk for subscription in subscriptions],
        "after": min(subscription.told_up_to for subscription in subscriptions),
        "until": until,
        "actions": list(of_issues),
        "of_lists": list(of_lists),
        "public": sorted(PUBLIC_STATES),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, values)
        return [News(*row) for row in cursor.fetchall()]


def last_entry(before: datetime | None = None) -> int:
    """The id of the last entry of all timelines, or of the last one made before a moment (UTC)."""
    entries = IssueEvent.objects.order_by("-pk")
    if before:
        entries = entries.filter(at__lt=before)
    return entries.values_list("pk", flat=True).first() or 0


def followers(issue: Issue, *, is_news_of_lists: bool) -> QuerySet[Subscription]:
    """Subscriptions with pushes that match a public message, those of its author left out.

    Args:
        issue: with its topic and municipality.
        is_news_of_lists: whether it is told to those who follow an area or a list, too.
    """
    matching = Q(issue=issue)
    if is_news_of_lists:
        matching |= (
            Q(issue__isnull=True)
            & Q(kind__in=["", issue.kind])
            & (Q(category__isnull=True) | Q(category=issue.topic.category_id))
            & (Q(topic__isnull=True) | Q(topic=issue.topic_id))
            & (Q(authority__isnull=True) | Q(authority=issue.authority_id))
            & Q(municipality__in=["", issue.municipality.code if issue.municipality else ""])
            & (Q(area__isnull=True) | Q(area__covers=issue.point))
        )
    found = Subscription.objects.filter(matching, push=True, user__is_active=True)
    return found.exclude(user=issue.author_id) if issue.author_id else found


def follow_of(user_id: int | None, issue: Issue) -> Subscription | None:
    """How a person follows a message; None when they do not, without a query for a stranger."""
    if user_id is None:
        return None
    return Subscription.objects.filter(user=user_id, issue=issue).first()
