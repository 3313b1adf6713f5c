"""What the desk's pages tell a moderator of their own decisions: still to go out, or dropped."""

from typing import Any

from accounts.models import User
from common import clock
from moderation import queries
from moderation.views.refusals import why_dropped


def pending(moderator: User) -> dict[str, Any]:
    """Decisions that can be undone with the seconds left, and dropped ones with the reason."""
    now = clock.now()
    return {
        "decided": [
            (held, max(0, round((held.leaves_at - now).total_seconds())))
            for held in queries.decided_by(moderator)
        ],
        "dropped": [(one, why_dropped(one)) for one in queries.dropped_of(moderator)],
    }
