"""How fast moderators judge: the public figure of the 48 hours (R4.4)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from issues import deadlines
from issues.models import Issue
from issues.workflow import State

DECISIONS = ("accept", "merge", "reject", "uphold")
"""What ends the waiting of a message for a moderator."""


@dataclass(frozen=True)
class Judged:
    """How messages were judged within a period.

    Attributes:
        decided: how many were.
        in_time: how many of them before their 48 hours had passed.
        left_late: how many were withdrawn by authors who had waited longer.
        waiting_late: how many wait longer at the end of the period, and still.
        median_hours: the time from the sending to the decision, of which half of them took less; without
            that in which the author was asked. None where nothing was decided.
    """

    decided: int
    in_time: int
    left_late: int
    waiting_late: int
    median_hours: float | None

    @property
    def share(self) -> float | None:
        """The share judged in time, of all that was judged or should have been; None of nothing."""
        due = self.decided + self.left_late + self.waiting_late
        return self.in_time / due if due else None

    @property
    def percent(self) -> int | None:
        """`share` as a whole number of percents; 100 only where all were in time."""
        return None if self.share is None else int(self.share * 100)

    @property
    def late(self) -> int:
        """How many were, or are, not judged in time."""
        return self.decided - self.in_time + self.left_late + self.waiting_late


def judged(*, since: datetime, until: datetime) -> Judged:
    """What was judged from `since` until before `until`, the present moment (both UTC).

    An entry says itself when its message was due, and so how long it took: the 48 hours without what was
    left of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE is_decision),"
            " count(*) FILTER (WHERE is_decision AND at <= moderation_due_at),"
            " count(*) FILTER (WHERE NOT is_decision AND at > moderation_due_at),"
            " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM"
            "  greatest(make_interval(secs => %(term)s) - (moderation_due_at - at), interval '0')))"
            "  FILTER (WHERE is_decision)"
            " FROM (SELECT at, moderation_due_at, action <> 'withdraw' AS is_decision"
            "  FROM issues_issueevent"
            # A part of what the index `issue_event_of_desk` holds, all of it in its columns.
            "  WHERE action = ANY(%(endings)s) AND at >= %(since)s AND at < %(until)s"
            "  AND (action <> 'withdraw' OR state_before = 'submitted')) AS ended",
            {
                "term": deadlines.MODERATION.total_seconds(),
                "since": since,
                "until": until,
                "endings": [*DECISIONS, "withdraw"],
            },
        )
        decided, in_time, left_late, seconds = cursor.fetchone()
    waiting = Issue.objects.filter(
        state=State.SUBMITTED, asked_until=None, moderation_due_at__lt=until
    )
    hours = None if seconds is None else float(seconds) / 3600
    return Judged(decided, in_time, left_late, waiting.count(), hours)
