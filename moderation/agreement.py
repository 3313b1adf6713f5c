"""How well two judges agree, beyond what chance alone would give: Cohen's kappa."""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """How often two judges said the same.

    Attributes:
        count: messages that both have judged.
        same: of these, judged alike.
        kappa: 1 for always alike, 0 for as often as by chance, below that for less often; None where it
            says nothing: no message, or both say the same of all.
    """

    count: int
    same: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """The share judged alike; None of nothing."""
        return self.same / self.count if self.count else None


def agreement(pairs: Iterable[tuple[Hashable, Hashable]]) -> Agreement:
    """The agreement over pairs of verdicts, one pair for each message.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20 (1960), 37-46.
    """
    told = Counter(pairs)
    count = told.total()
    same = sum(number for (one, other), number in told.items() if one == other)
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), number in told.items():
        first[one] += number
        second[other] += number
    by_chance = sum(first[verdict] * second[verdict] for verdict in first)
    if by_chance == count**2:
        return Agreement(count, same, None)
    return Agreement(count, same, (same * count - by_chance) / (count**2 - by_chance))
