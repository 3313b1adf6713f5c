"""What is wrong with an authority's answer, before or after it is sent: explained findings, never a refusal.

Pure: the same answer to the same message gives the same findings. Rules prefer silence to a false alarm:
each one names the words it means and says what to do.
"""

from collections.abc import Iterable, Iterator

from issues.reply_quality import deeds, points, wording
from issues.reply_quality.findings import (
    ADVICE,
    EARLIER_ANSWERS,
    MUST_CONFIRM,
    TITLES,
    VISIBLE_WORK,
    Code,
    Draft,
    Finding,
)

__all__ = [
    "ADVICE",
    "EARLIER_ANSWERS",
    "MUST_CONFIRM",
    "TITLES",
    "VISIBLE_WORK",
    "Code",
    "Draft",
    "Finding",
    "check",
]


def check(draft: Draft) -> list[Finding]:
    """Everything found, the gravest first.

    Args:
        draft: the answer with what it is judged by.
    """
    rules = (
        (Code.PERSONAL, wording.personal),
        (Code.BLANK, wording.blanks),
        (Code.TOO_SHORT, deeds.too_short),
        (Code.NO_ACTION, deeds.no_action),
        (Code.NO_GROUND, deeds.no_ground),
        (Code.NO_DATE, deeds.no_date),
        (Code.NOT_ATTACHED, deeds.not_attached),
        (Code.NO_PROOF, deeds.no_proof),
        (Code.COPIED, wording.copied),
        (Code.UNANSWERED, points.unanswered),
        (Code.WALL, wording.wall),
    )
    return [
        Finding(code, tuple(_shortened(words)))
        for code, rule in rules
        if (words := rule(draft)) is not None
    ]


def _shortened(words: Iterable[str], *, most: int = 6, longest: int = 160) -> Iterator[str]:
    for one in list(words)[:most]:
        yield one if len(one) <= longest else one[: longest - 1].rstrip() + "…"
