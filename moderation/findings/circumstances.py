"""What is noticed about a message beside its words: where it lies, what else its author sent, its likes."""

import re
from collections.abc import Iterator
from datetime import timedelta

from common import russian
from issues.models import Issue
from issues.queries.duplicates import REACH, near_duplicates
from moderation import queries
from moderation.findings.finding import Finding
from moderation.findings.shape import FEWEST_WORDS, is_meaningful
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
    """The likeliest of the messages near by that everybody can read, or that wait too."""
    words = _said(issue.description)
    public = near_duplicates(
        topic=issue.topic,
        kind=issue.kind,
        lon=issue.point.x,
        lat=issue.point.y,
        text=issue.description,
    )
    # Decided before it was looked at, it is itself among what everybody can read.
    near = [(like.issue, like.metres) for like in public if like.issue.pk != issue.pk]
    near += queries.waiting_near(issue, REACH)
    likely = [
        (share, other, metres)
        for other, metres in near
        if (share := _share(words, _said(other.published_text or other.description)))
        >= LEAST_ALIKE[metres <= NEXT_TO_IT]
    ]
    if likely:
        share, other, metres = max(likely, key=lambda one: (one[0], -one[2]))
        yield Finding(
            Code.DUPLICATE,
            values={
                "number": other.number,
                "metres": metres,
                "days": max((issue.filed_at - other.filed_at).days, 0),
                "alike": round(100 * share),
            },
        )


def _said(text: str) -> set[str]:
    """First forms of a text's meaningful words."""
    return {russian.lemma(word) for word in _WORD.findall(text[:2000]) if is_meaningful(word)}


def _share(words: set[str], others: set[str]) -> float:
    """Which share of a message's words another has too; of a word or two nothing can be told."""
    return len(words & others) / len(words) if len(words) >= FEWEST_WORDS else 0.0
