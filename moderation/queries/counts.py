"""How many messages wait behind each filter of the queue."""

from collections import defaultdict
from collections.abc import Mapping

from django.core.cache import cache
from django.db import connection

from common import clock

KEPT_SECONDS = 15
"""So long the counts beside the filters may be behind: the list itself never is."""

Counts = Mapping[str, Mapping[str, int]]

# Each waiting message is read once, however many filters there are.
_BY_COLUMN = """
    SELECT grouping(kind, channel, category.code, municipality.code) AS grouped,
        coalesce(kind, channel, category.code, municipality.code) AS value, count(*)
    FROM issues_issue issue
    JOIN authorities_topic topic ON topic.id = issue.topic_id
    JOIN authorities_category category ON category.id = topic.category_id
    LEFT JOIN geo_municipality municipality ON municipality.id = issue.municipality_id
    WHERE state = 'submitted' AND asked_until IS NULL
    GROUP BY GROUPING SETS ((kind), (channel), (category.code), (municipality.code))
"""
_GROUPED = {0b0111: "kind", 0b1011: "channel", 0b1101: "category", 0b1110: "municipality"}
"""What `grouping` says: a bit for each column that is not grouped by."""

_BY_FINDING = """
    SELECT finding.code, count(*) FROM moderation_finding finding
    JOIN issues_issue issue ON issue.id = finding.issue_id
    WHERE state = 'submitted' AND asked_until IS NULL GROUP BY finding.code
"""

_BY_STANDING = """
    SELECT count(*) FILTER (WHERE is_urgent), count(*) FILTER (WHERE is_referred),
        count(*) FILTER (WHERE is_appealed), count(*) FILTER (WHERE claim.issue_id IS NULL),
        (SELECT count(*) FROM issues_issue WHERE state = 'submitted' AND asked_until IS NOT NULL)
    FROM issues_issue issue
    LEFT JOIN moderation_claim claim ON claim.issue_id = issue.id AND claim.expires_at > %(now)s
    WHERE state = 'submitted' AND asked_until IS NULL
"""
_STANDINGS = ("urgent", "referred", "appealed", "free", "asked")


def counts() -> Counts:
    """The counts of all that waits, by the name of a filter and its value; of a moment ago."""
    kept: Counts | None = cache.get("moderation.counts")
    if kept is None:
        kept = _counted()
        cache.set("moderation.counts", kept, timeout=KEPT_SECONDS)
    return kept


def _counted() -> Counts:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_BY_COLUMN)
        for grouped, value, count in cursor.fetchall():
            found[_GROUPED[grouped]][value or ""] = count
        cursor.execute(_BY_FINDING)
        found["finding"] = dict(cursor.fetchall())
        cursor.execute(_BY_STANDING, {"now": clock.now()})
        found["standing"] = dict(zip(_STANDINGS, cursor.fetchone(), strict=True))
    return dict(found)
