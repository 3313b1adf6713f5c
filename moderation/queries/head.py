"""What a head moderator looks at: the load, the pace, the verdicts and their reasons, by the timeline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.formats import date_format

from accounts.models import Role, User
from authorities.models import Category
from common import clock
from geo.models import Municipality
from issues import deadlines
from issues.models import Issue
from issues.queries.judged import DECISIONS
from issues.workflow import State
from moderation.models import Claim, Code, RejectionReason
from moderation.queries.queue import asked, waiting

BUCKETS = (0, 12, 24, 36)
"""Hours left of the 48 by which what waits is counted: none, under 12, under 24, under 36, and more."""


@dataclass(frozen=True)
class Pace:
    """What was decided, and how fast.

    Attributes:
        name: of whom or of what.
        decided: accepted, rejected and merged ones together.
        accepted, edited, rejected, merged: of these; an edited one is accepted too.
        asked, referred: questions to authors, and messages left to the head: no decisions yet.
        median_hours, p90_hours: from the sending to the decision, without the time of the author.
        within_day, within_two: decided within 24 and within 48 hours.
        today, week, month: decided lately, where people are told of; else 0.
        claimed: messages held now, where people are told of; else 0.
    """

    name: str
    decided: int = 0
    accepted: int = 0
    edited: int = 0
    rejected: int = 0
    merged: int = 0
    asked: int = 0
    referred: int = 0
    median_hours: float | None = None
    p90_hours: float | None = None
    within_day: int = 0
    within_two: int = 0
    today: int = 0
    week: int = 0
    month: int = 0
    claimed: int = 0

    def share(self, part: str) -> float | None:
        """A part of what was decided, by its attribute; None of nothing."""
        return getattr(self, part) / self.decided if self.decided else None


@dataclass(frozen=True)
class Followed:
    """How often a finding was followed.

    Attributes:
        code: the finding.
        decided: decided messages that had it.
        followed: of these, rejected, merged, or accepted with another text or topic.
    """

    code: str
    decided: int
    followed: int

    @property
    def label(self) -> str:
        """The finding in a word or two."""
        return str(Code(self.code).label) if self.code in Code.values else self.code

    @property
    def share(self) -> float | None:
        """The share that was followed; None of nothing."""
        return self.followed / self.decided if self.decided else None


@dataclass(frozen=True)
class Waiting:
    """What waits, by the hours left of its 48.

    Attributes:
        late, under_12, under_24, under_36, more: the buckets.
        asked: those whose authors are asked.
        referred: those that are left to the head.
        escalated: those past their 48 hours, the longest first, at most fifty.
    """

    late: int
    under_12: int
    under_24: int
    under_36: int
    more: int
    asked: int
    referred: int
    escalated: list[Issue]


@dataclass(frozen=True)
class Report:
    """All that is told of a period."""

    all: Pace
    people: list[Pace]
    days: list[Pace]
    categories: list[Pace]
    municipalities: list[Pace]
    reasons: list[tuple[str, int]]
    findings: list[Followed]


# One row for each entry of the period; what it says of time is in the entry itself.
_DECISIONS = """
    SELECT event.issue_id, event.seq, event.action, event.at,
        (words.private -> 'by' ->> 'user')::bigint AS person,
        event.action = 'accept' AND event.data -> 'edited' <> '[]' AS is_edited,
        event.data ->> 'reason' AS reason, topic.category_id AS category,
        municipality.code AS municipality,
        event.action = ANY(%(decisions)s) AS is_decision,
        (event.at AT TIME ZONE %(zone)s)::date AS day,
        extract(epoch FROM greatest(
            make_interval(secs => %(term)s) - (event.moderation_due_at - event.at), interval '0'
        )) / 3600 AS hours
    FROM issues_issueevent event
    LEFT JOIN issues_eventnote words ON words.event_id = event.id
    JOIN issues_issue issue ON issue.id = event.issue_id
    JOIN authorities_topic topic ON topic.id = issue.topic_id
    LEFT JOIN geo_municipality municipality ON municipality.id = issue.municipality_id
    WHERE event.action = ANY(%(actions)s) AND event.at >= %(since)s AND event.at < %(until)s
"""

# Asked once: whoever is grouped, the rows are the same.
_BY_EACH = f"""
    WITH decisions AS MATERIALIZED ({_DECISIONS})
    SELECT grouping(person, category, municipality, reason, day) AS grouped,
    person, category, municipality, reason, day,
    count(*) FILTER (WHERE is_decision) AS decided,
    count(*) FILTER (WHERE action = 'accept') AS accepted,
    count(*) FILTER (WHERE is_edited) AS edited,
    count(*) FILTER (WHERE action IN ('reject', 'uphold')) AS rejected,
    count(*) FILTER (WHERE action = 'merge') AS merged,
    count(*) FILTER (WHERE action = 'ask') AS asked,
    count(*) FILTER (WHERE action = 'refer') AS referred,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) FILTER (WHERE is_decision) AS median_hours,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) FILTER (WHERE is_decision) AS p90_hours,
    count(*) FILTER (WHERE is_decision AND hours <= 24) AS within_day,
    count(*) FILTER (WHERE is_decision AND hours <= 48) AS within_two
    FROM decisions
    GROUP BY GROUPING SETS ((), (person), (category), (municipality), (reason), (day))
"""  # noqa: S608  (only constants of this module)

# What was found in a message that was sent anew since is not what the moderator had seen.
_BY_FINDING = f"""
    WITH decisions AS MATERIALIZED ({_DECISIONS})
    SELECT finding.code, count(*), count(*) FILTER (WHERE action <> 'accept' OR is_edited)
    FROM decisions JOIN moderation_finding finding USING (issue_id)
    WHERE is_decision AND NOT EXISTS (
        SELECT FROM issues_issueevent later WHERE later.issue_id = decisions.issue_id
            AND later.seq > decisions.seq AND later.action = 'resubmit'
    )
    GROUP BY finding.code ORDER BY 2 DESC, 1
"""  # noqa: S608


def report(*, since: datetime, until: datetime) -> Report:
    """What the desk did from `since` until before `until` (UTC), by the entries of the timelines."""
    period: dict[str, Any] = {
        "term": deadlines.MODERATION.total_seconds(),
        "zone": clock.region_zone().key,
        "decisions": list(DECISIONS),
        "actions": [*DECISIONS, "ask", "refer"],
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_EACH, period)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(_BY_FINDING, period)
        findings = [Followed(*row) for row in cursor.fetchall()]
    return Report(
        all=next(_paces(rows, "", {None: ""})),
        people=_people(rows),
        days=_days(rows),
        categories=_sorted(_paces(rows, "category", _categories())),
        municipalities=_sorted(_paces(rows, "municipality", _municipalities())),
        reasons=_reasons(rows),
        findings=findings,
    )


def lately(until: datetime) -> dict[int | None, tuple[int, int, int]]:
    """How much everybody decided on the day of `until` (UTC), within seven days and within thirty."""
    today = clock.end_of_day(clock.region_date(until) - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (words.private -> 'by' ->> 'user')::bigint,"
            " count(*) FILTER (WHERE event.at >= %(today)s),"
            " count(*) FILTER (WHERE event.at >= %(week)s), count(*)"
            " FROM issues_issueevent event"
            " LEFT JOIN issues_eventnote words ON words.event_id = event.id"
            " WHERE event.action = ANY(%(decisions)s)"
            " AND event.at >= %(month)s AND event.at < %(until)s GROUP BY 1",
            {
                "decisions": list(DECISIONS),
                "today": today,
                "week": until - timedelta(days=7),
                "month": until - timedelta(days=30),
                "until": until,
            },
        )
        return {person: (today, week, month) for person, today, week, month in cursor.fetchall()}


def held() -> dict[int, int]:
    """How many messages every moderator holds now."""
    counted = Claim.objects.filter(expires_at__gt=clock.now(), issue__state=State.SUBMITTED)
    return dict(counted.values_list("moderator").annotate(Count("pk")))


def what_waits() -> Waiting:
    """What waits now, by the time that is left."""
    now = clock.now()
    edges = [now + timedelta(hours=hours) for hours in BUCKETS]
    left = "moderation_due_at"
    counted = waiting().aggregate(
        late=Count("pk", Q(**{f"{left}__lte": edges[0]})),
        **{
            f"under_{hours}": Count("pk", Q(**{f"{left}__gt": start, f"{left}__lte": end}))
            for hours, start, end in zip(BUCKETS[1:], edges, edges[1:], strict=False)
        },
        more=Count("pk", Q(**{f"{left}__gt": edges[-1]})),
        referred=Count("pk", Q(is_referred=True)),
    )
    escalated = (
        waiting()
        .filter(Q(moderation_due_at__lte=now) | Q(is_referred=True))
        .select_related("topic", "municipality", "claim__moderator")
        .defer("municipality__polygon", "municipality__centre", "topic__examples")
        .order_by("moderation_due_at", "pk")[:50]
    )
    return Waiting(**counted, asked=asked().count(), escalated=list(escalated))


def moderators() -> dict[int, User]:
    """Everybody who works at the desk now."""
    working = User.objects.filter(
        role_grants__role__in=[Role.MODERATOR, Role.HEAD_MODERATOR], is_active=True
    )
    return {user.pk: user for user in working}


def _people(rows: list[dict[str, Any]]) -> list[Pace]:
    # What they do now is told whatever period is looked at.
    counts, holding = lately(clock.now()), held()
    told = {row["person"]: row for row in rows if row["grouped"] == _GROUPED["person"]}
    ids = {*told, *counts, *moderators()}
    names: dict[int | None, str] = {
        user.pk: str(user) for user in User.objects.filter(pk__in=ids - {None})
    }
    people = []
    for person in ids:
        today, week, month = counts.get(person, (0, 0, 0))
        people.append(
            Pace(
                names.get(person, ""),
                **_figures(told.get(person, {})),
                today=today,
                week=week,
                month=month,
                claimed=holding.get(person, 0) if person is not None else 0,
            )
        )
    return _sorted(people)


_GROUPED = {
    "person": 0b01111,
    "category": 0b10111,
    "municipality": 0b11011,
    "reason": 0b11101,
    "day": 0b11110,
    "": 0b11111,
}
"""What `grouping` says of each set: a bit for each column that is not grouped by."""

_FIGURES = (
    *("decided", "accepted", "edited", "rejected", "merged", "asked", "referred"),
    *("median_hours", "p90_hours", "within_day", "within_two"),
)


def _paces(rows: list[dict[str, Any]], column: str, names: Mapping[Any, str]) -> Iterator[Pace]:
    for row in rows:
        if row["grouped"] == _GROUPED[column]:
            key = row[column] if column else None
            yield Pace(names.get(key, ""), **_figures(row))


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _FIGURES if name in row}


def _sorted(paces: Iterator[Pace] | list[Pace]) -> list[Pace]:
    return sorted(paces, key=lambda pace: (-pace.decided, -pace.month, pace.name))


def _days(rows: list[dict[str, Any]]) -> list[Pace]:
    days = {row["day"]: date_format(row["day"], "SHORT_DATE_FORMAT") for row in rows if row["day"]}
    told = [row for row in rows if row["grouped"] == _GROUPED["day"]]
    told.sort(key=lambda row: row["day"], reverse=True)
    return list(_paces(told, "day", days))


def _reasons(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    counted = {
        row["reason"]: row["rejected"]
        for row in rows
        if row["grouped"] == _GROUPED["reason"] and row["rejected"]
    }
    names = dict(RejectionReason.objects.values_list("code", "name"))
    told = [(names.get(code, code or ""), number) for code, number in counted.items()]
    return sorted(told, key=lambda row: (-row[1], row[0]))


def _categories() -> dict[int, str]:
    return {category.pk: str(category) for category in Category.objects.all()}


def _municipalities() -> dict[str | None, str]:
    rows = Municipality.objects.defer("polygon", "centre").order_by("validity")
    return {row.code: str(row) for row in rows}
