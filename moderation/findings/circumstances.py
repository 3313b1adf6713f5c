"""What is noticed about a message beside its words: where it lies, what else its author sent, its likes."""

import re
from collections.abc import Iterator
from datetime import timedelta

from issues.models import Issue
from issues.queries.duplicates import Duplicate, near_duplicates
from moderation import queries
from moderation.findings.finding import Finding
from moderation.findings.shape import is_meaningful
from moderation.models import Code

FLOODS = {timedelta(hours=1): 5, timedelta(hours=24): 10}
"""So many messages of one author within the period are a flood."""

NEXT_TO_IT = 100
"""Metres within which fewer like words are enough."""
LEAST_ALIKE = {True: 0.25, False: 0.5}
"""The share of like words that a duplicate needs next to the place, and farther away."""

_WORD = re.compile(r"[^\W\d_]{3,}")


def circumstances(issue: Issue) -> Iterator[Finding]:
    """Findings of the codes `outside`, `flooding` and `duplicate`."""
    if issue.municipality_id is None:
        yield Finding(Code.OUTSIDE)
    yield from _flooding(issue)
    yield from _duplicate(issue)


def _flooding(issue: Issue) -> Iterator[Finding]:
    if issue.author_id is None:
        return
    for period, most in FLOODS.items():
        count, alike = queries.filed_before(issue, period)
        if count >= most:
            hours = round(period / timedelta(hours=1))
            yield Finding(
                Code.FLOODING, values={"count": count, "hours": hours, "alike": alike - 1}
            )
            return


def _duplicate(issue: Issue) -> Iterator[Finding]:
    """The likeliest duplicate that everybody can read, if its words are like enough."""
    likes = near_duplicates(
        topic=issue.topic,
        kind=issue.kind,
        lon=issue.point.x,
        lat=issue.point.y,
        text=issue.description,
    )
    words = {word.lower() for word in _WORD.findall(issue.description) if is_meaningful(word)}
    found = [(_share(like, words), like) for like in likes if like.issue.pk != issue.pk]
    likely = [
        (share, like) for share, like in found if share >= LEAST_ALIKE[like.metres <= NEXT_TO_IT]
    ]
    if likely:
        share, like = max(likely, key=lambda one: one[0])
        yield Finding(
            Code.DUPLICATE,
            values={
                "number": like.issue.number,
                "metres": like.metres,
                "days": max((issue.filed_at - like.issue.filed_at).days, 0),
                "alike": round(100 * share),
            },
        )


def _share(like: Duplicate, words: set[str]) -> float:
    """Which share of a message's meaningful words a like one has too."""
    return len(words & set(like.words)) / max(len(words), 1)
