"""What tests read of an issue's timeline."""

from issues.models import Issue


def actions(issue: Issue) -> list[str]:
    """What was done to it, in order."""
    return list(issue.events.order_by("seq").values_list("action", flat=True))
