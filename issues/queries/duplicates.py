"""Public messages that may be about the same thing as one that is being written (R7.5)."""

import math
import re
from dataclasses import dataclass

from django.db import connection

from authorities.models import Topic
from issues.models import Issue
from issues.queries.pages import for_cards
from issues.workflow import ANSWER_CLOCK_STATES

REACH = 300
"""How far away a message may be about the same thing, metres."""
_NEXT_TO_IT = 100
_NEAR = 150
_MOST_WORDS = 60
_WORD = re.compile(r"[^\W\d_]{3,}")

# Only what is still at work is worth a support. The nearest thirty are compared by their words, those
# of the same topic first.
_NEAR_BY = """
    WITH here AS (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS point),
    typed AS (
        SELECT word, (ts_lexize('russian_stem', word))[1] AS stem FROM unnest(%(words)s::text[]) word
    ),
    near AS MATERIALIZED (
        SELECT issue.id, published_text, topic_id = %(topic)s AS has_topic,
            topic_id = ANY(%(related)s::bigint[]) AS has_category,
            ST_DistanceSphere(issue.point, here.point) AS metres
        FROM issues_issue issue, here
        WHERE issue.point && ST_Expand(here.point, %(across)s, %(up)s)
            AND state = ANY(%(states)s) AND NOT is_hidden AND kind = %(kind)s
            AND ST_DistanceSphere(issue.point, here.point) <= %(reach)s
        ORDER BY has_topic DESC, has_category DESC, metres LIMIT 30
    ),
    read AS MATERIALIZED (
        SELECT *, tsvector_to_array(to_tsvector('russian', published_text)) AS lexemes FROM near
    )
    SELECT id, has_topic, has_category, metres, similarity(published_text, %(text)s),
        ARRAY(SELECT word FROM typed WHERE stem = ANY(lexemes))
    FROM read
"""


@dataclass(frozen=True)
class Duplicate:
    """A message that may be about the same thing, and why it is offered.

    Attributes:
        issue: the message, with all that a card of a list shows.
        metres: how far it is from the place, metres.
        has_topic: whether it has the very topic.
        words: the words that both use, as they were typed now.
    """

    issue: Issue
    metres: int
    has_topic: bool
    words: tuple[str, ...]


def near_duplicates(
    *, topic: Topic, kind: str, lon: float, lat: float, text: str, limit: int = 3
) -> list[Duplicate]:
    """Open messages near a place that have its topic, or say much the same; the likeliest first.

    Args:
        topic, kind: of what is being written.
        lon, lat: the place, WGS 84 degrees.
        text: what was written so far, may be empty.
        limit: how many at most.
    """
    found = []
    related = Topic.objects.filter(category=topic.category_id).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAR_BY,
            {
                "lon": lon,
                "lat": lat,
                "reach": REACH,
                "up": REACH / 110_000,
                "across": REACH / 110_000 / max(math.cos(math.radians(lat)), 0.01),
                "topic": topic.pk,
                "related": list(related),
                "kind": kind,
                "states": sorted(ANSWER_CLOCK_STATES),
                "text": text[:2000],
                "words": list(dict.fromkeys(_WORD.findall(text.lower())))[:_MOST_WORDS],
            },
        )
        for pk, has_topic, has_category, metres, alike, words in cursor.fetchall():
            likeness = alike + len(words) / 5
            if _is_likely(metres, likeness, alike, has_topic, has_category):
                found.append((likeness + has_topic - metres / REACH, pk, metres, has_topic, words))
    best = sorted(found, reverse=True)[:limit]
    issues = for_cards(Issue.objects.filter(pk__in=[row[1] for row in best])).in_bulk()
    return [
        Duplicate(issues[pk], round(metres), has_topic, tuple(words))
        for _score, pk, metres, has_topic, words in best
        if pk in issues
    ]


def _is_likely(
    metres: float, likeness: float, alike: float, has_topic: bool, has_category: bool
) -> bool:
    """The farther and the less akin the topic, the more the words must say the same.

    Args:
        metres: the distance.
        likeness: `alike`, and a fifth for each word that both use.
        alike: the likeness of all their trigrams, 0 to 1.
        has_topic, has_category: what they have in common.
    """
    if has_topic:
        return metres <= _NEXT_TO_IT or likeness >= 0.2
    if has_category:
        return metres <= _NEAR and likeness >= 0.5
    return metres <= _NEXT_TO_IT and alike >= 0.4
