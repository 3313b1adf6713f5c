"""The text of a message in pieces, so that a page can mark those that findings are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from moderation.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text.

    Attributes:
        text: the piece.
        labels: what was noticed there; empty where it is plain.
    """

    text: str
    labels: tuple[str, ...] = ()


def marked(text: str, findings: Iterable[Finding]) -> list[Piece]:
    """The whole of `text` from its beginning to its end, cut where a finding begins or ends."""
    spans = [(*span, finding.label) for finding in findings for span in finding.spans]
    cuts = sorted({0, len(text)} | {at for span in spans for at in span[:2] if at < len(text)})
    return [
        Piece(
            text[start:end],
            tuple(label for first, last, label in spans if first < end and start < last),
        )
        for start, end in pairwise(cuts)
    ]
