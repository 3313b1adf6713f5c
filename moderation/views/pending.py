"""What the desk's pages tell a moderator of their own decisions: still to go out, or dropped."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from common import clock
from moderation import queries
from moderation.views.refusals import why_dropped


@dataclass(frozen=True)
class Ended:
    """What has become of a decision that was held.

    Attributes:
        number: of its message.
        why: why it could not go out, as a sentence; empty where it could.
        is_out: whether it has gone out; else it was undone.
    """

    number: str
    why: str
    is_out: bool


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


def ended(moderator: User, numbers: Collection[str]) -> list[Ended]:
    """Of decisions that a page shows as held, those that are not any more.

    Args:
        moderator: whose decisions.
        numbers: of their messages.
    """
    if not numbers:
        return []
    still = {held.issue.number for held in queries.decided_by(moderator)}
    why = {one.issue.number: why_dropped(one) for one in queries.dropped_of(moderator)}
    rows = queries.rows_now(set(numbers) - still, standing="")
    return [
        Ended(number, why.get(number, ""), is_out=bool(row.over) or row.issue.is_referred)
        for row in rows
        for number in [row.issue.number]
    ]
