"""Counts of messages for those who watch the portal."""

from django.db.models import Count

from issues.models import Issue


def count_by_state() -> dict[str, int]:
    """All messages by their state, public or not."""
    rows = Issue.objects.order_by().values("state").annotate(count=Count("pk"))
    return {row["state"]: row["count"] for row in rows}
