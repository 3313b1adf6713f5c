"""Search of topics as somebody types: beginnings and other endings of words, and typing mistakes (R2.2)."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from authorities.models import Topic

MOST_WORDS = 8
_WORD = re.compile(r"[\w-]+")
_GUESSED = 3
"""Letters from which on a word may have a typing mistake."""
_ALIKE = 0.4
"""From this likeness of trigrams on a word counts as the same with a typing mistake."""

# Of what is on offer: the name, and what stands around it and counts less.
_TOPICS = """
    SELECT t.id, t.position, c.position AS of_category,
        replace(lower(t.name || ' ' || t.name_en), 'ё', 'е') AS name,
        replace(lower(array_to_string(t.keywords, ' ') || ' ' || c.name || ' ' || c.name_en),
            'ё', 'е') AS around
    FROM authorities_topic t JOIN authorities_category c ON c.id = t.category_id
    WHERE t.is_active AND c.is_active AND (%(kind)s = '' OR %(kind)s = ANY(t.kinds))
"""
_KNOW = f"""
    WITH topic AS MATERIALIZED ({_TOPICS}), typed AS (
        SELECT word, (ts_lexize('russian_stem', word))[1] AS stem FROM unnest(%(words)s) word
    )
    SELECT word, stem, EXISTS (
        SELECT 1 FROM topic WHERE name || ' ' || around ~ concat('\\m(', word, '|', stem, ')')
    ) FROM typed
"""  # noqa: S608
_FIND = """
    WITH topic AS MATERIALIZED ({topics}),
    scored AS (SELECT id, of_category, position, ARRAY[{scores}]::float[] AS scores FROM topic),
    summed AS (
        SELECT id, of_category, position,
            (SELECT sum(score) FROM unnest(scores) score) AS total,
            (SELECT count(*) FROM unnest(scores) score WHERE score >= %(alike)s) AS fitting
        FROM scored
    ),
    best AS (SELECT *, max(fitting) OVER () AS most FROM summed)
    SELECT id FROM best WHERE fitting = most AND (most > 0 OR %(all)s)
    ORDER BY total DESC, of_category, position LIMIT %(limit)s
"""


@dataclass(frozen=True)
class _Typed:
    """A typed word, its stem, and whether some topic has it as it is."""

    word: str
    stem: str
    is_known: bool


def find_topics(*, text: str, kind: str = "", limit: int = 10) -> list[Topic]:
    """Topics by what somebody types, those that fit the most of its words.

    A word fits the topic's names, its keywords or its category; a word of the name counts more. Stop
    words («не», «на») count only where there is nothing else.

    Args:
        text: as typed; empty: all the topics.
        kind: only topics that take messages of this kind.
        limit: how many at most.
    """
    values: dict[str, Any] = {"kind": kind, "limit": limit, "alike": _ALIKE * 0.7}
    words = _typed(text, values)
    scores = []
    for number, typed in enumerate(words):
        values |= {
            f"word{number}": typed.word,
            f"begins{number}": rf"\m{typed.word}",
            # The endings of Russian words differ; what stands before them does not.
            f"stem{number}": rf"\m{typed.stem}",
        }
        # Likeness is dear to compute: it is asked only of words that are nowhere as they are.
        guess = not typed.is_known and len(typed.word) >= _GUESSED
        name, around = (_score(column, number, guess=guess) for column in ("name", "around"))
        scores.append(f"GREATEST({name}, 0.7 * {around})")
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND.format(topics=_TOPICS, scores=", ".join(scores)), {**values, "all": not words}
        )
        found = [row[0] for row in cursor.fetchall()]
    by_key = Topic.objects.select_related("category").in_bulk(found)
    return [by_key[key] for key in found]


def _typed(text: str, values: dict[str, Any]) -> list[_Typed]:
    words = _WORD.findall(text[:200].lower().replace("ё", "е"))[:MOST_WORDS]
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_KNOW, {**values, "words": words})
        rows = cursor.fetchall()
    telling = [row for row in rows if row[1]] or rows
    return [_Typed(word, stem or word, is_known) for word, stem, is_known in telling]


def _score(column: str, number: int, *, guess: bool) -> str:
    """The word itself or its inflection («парк» in «парках») counts more than its beginning («парковка»)."""
    likeness = f"strict_word_similarity(%(word{number})s, {column})" if guess else "0"
    return (
        f"(CASE WHEN to_tsvector('russian', {column}) @@ plainto_tsquery('russian', %(word{number})s)"
        f" THEN 1 WHEN {column} ~ %(begins{number})s THEN 0.6"
        f" WHEN {column} ~ %(stem{number})s THEN 0.5 ELSE {likeness} END)"
    )
