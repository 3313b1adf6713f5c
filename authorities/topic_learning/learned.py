"""What was learned of topics, as numbers: it reads a text without the texts that it was learned from."""

import io
import json
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from authorities.topic_learning.features import Features, read

Floats = npt.NDArray[np.float32]
Row = tuple[npt.NDArray[np.intp], Floats]
"""A text: which features it has, and how much of each."""

MOST_WORDS_SHOWN = 4
LEAST = 0.03
"""Topics with less confidence than this are not named even behind a better one."""


class UnreadableError(ValueError):
    """The stored bytes are not what `dump` has written."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What a topic needs to be set against the one that a person has chosen, who mostly chooses right.

    Attributes:
        times: so many times likelier it has to be.
        sure: with so much confidence.
    """

    times: float
    sure: float


NEVER = Bar(float("inf"), 1.0)


@dataclass(frozen=True)
class Learned:
    """A linear model: each feature speaks for or against each topic.

    Attributes:
        topics: codes, in the order of the columns.
        vocabulary: the row of each feature.
        rarity: how much a feature tells, by row.
        weights: what each feature says of each topic, by row and column.
        sharpness: what scores are multiplied by before they become shares.
        shares, rights: a rising curve: of topics with such a share, so many were right.
        shown_from: the confidence of the first topic from which on topics are suggested.
        likelier: what another topic than the chosen one needs to be named.
        wrong: what it needs so that the chosen one is called wrong.
    """

    topics: tuple[str, ...]
    vocabulary: Mapping[str, int]
    rarity: Floats
    weights: npt.NDArray[np.float16]
    sharpness: float
    shares: Floats = field(default_factory=lambda: np.array([0, 1], np.float32))
    rights: Floats = field(default_factory=lambda: np.array([0, 1], np.float32))
    shown_from: float = 0.0
    likelier: Bar = NEVER
    wrong: Bar = NEVER

    def judge(self, text: str, offered: Collection[str]) -> "Judged":
        """How well each of the offered topics fits a text.

        Args:
            text: of a message.
            offered: codes of the topics that can be chosen; those never learned are left out.
        """
        features = read(text)
        rows, values = row(features, self.vocabulary, self.rarity)
        columns = [self._column[code] for code in offered if code in self._column]
        scores = values @ self.weights[rows][:, columns].astype(np.float32)
        return Judged(
            model=self,
            features=features,
            topics=tuple(self.topics[column] for column in columns),
            shares=shares(scores[None, :], self.sharpness)[0] if len(rows) else scores * 0,
        )

    def confidence(self, share: float) -> float:
        """The part of the topics with such a share that are right."""
        return float(np.interp(share, self.shares, self.rights))

    @cached_property
    def _column(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.topics)}

    def lean(self, features: Features, topic: str, other: str | None) -> list[float]:
        """How much each word of a text speaks for a topic rather than for another, or any other."""
        rows, values = row(features, self.vocabulary, self.rarity)
        mine = self.weights[rows, self._column[topic]].astype(np.float32)
        against = (
            self.weights[rows, self._column[other]].astype(np.float32)
            if other in self._column
            else self.weights[rows].astype(np.float32).mean(axis=1)
        )
        told = dict(zip(rows.tolist(), (values * (mine - against)).tolist(), strict=True))
        sums = [0.0] * len(features.words)
        for part in (features.whole, features.pieces):
            for feature, numbers in part.items():
                if (at := self.vocabulary.get(feature)) is not None:
                    for number in numbers:
                        sums[number] += told[at] / len(numbers)
        return sums


@dataclass(frozen=True)
class Judged:
    """One text, with the share of each topic; the shares sum up to one, or are all zero.

    Attributes:
        model: that judged.
        features: of the text.
        topics: codes.
        shares: in the same order.
    """

    model: Learned
    features: Features
    topics: tuple[str, ...]
    shares: Floats

    def best(self, limit: int) -> list[tuple[str, float]]:
        """The likeliest topics with the confidence in each, the likeliest first; nothing below the threshold."""
        order = np.argsort(-self.shares, kind="stable")[:limit].tolist()
        found = [(self.topics[at], self.model.confidence(float(self.shares[at]))) for at in order]
        if not found or not self.shares[order[0]] or found[0][1] < self.model.shown_from:
            return []
        return [(code, sure) for code, sure in found if sure >= LEAST]

    def contradicts(self, chosen: str, bar: Bar) -> bool:
        """Whether another topic passes the bar against the chosen one."""
        if chosen not in self.topics or not self.shares.any():
            return False
        best = float(self.shares.max())
        mine = float(self.shares[self.topics.index(chosen)])
        return (
            best > mine
            and best >= bar.times * max(mine, 1e-9)
            and self.model.confidence(best) >= bar.sure
        )

    def words_for(self, topic: str, other: str | None = None) -> list[tuple[int, int]]:
        """Where the words stand that speak most for a topic, rather than for another, in their order."""
        lean = self.model.lean(self.features, topic, other)
        strongest = max(lean, default=0.0)
        telling = sorted(range(len(lean)), key=lambda number: -lean[number])[:MOST_WORDS_SHOWN]
        return [
            self.features.words[number].span
            for number in sorted(telling)
            if lean[number] > strongest / 4
        ]


def row(features: Features, vocabulary: Mapping[str, int], rarity: Floats) -> Row:
    """The row of a text, of length one; whole words and pieces of words weigh alike."""
    rows: list[int] = []
    parts: list[Floats] = []
    for part in (features.whole, features.pieces):
        known = [
            (vocabulary[name], len(numbers)) for name, numbers in part.items() if name in vocabulary
        ]
        if known:
            at, counts = zip(*known, strict=True)
            values = (1 + np.log(np.array(counts, np.float32))) * rarity[list(at)]
            rows += at
            parts.append((values / np.linalg.norm(values)).astype(np.float32))
    if not rows:
        return np.empty(0, np.intp), np.empty(0, np.float32)
    values = np.concatenate(parts)
    return np.array(rows, np.intp), values / np.sqrt(np.float32(len(parts)))


def shares(scores: Floats, sharpness: float) -> Floats:
    """Scores of topics, a line for each text, as shares that sum up to one."""
    if not scores.size:
        return scores
    raised = scores * np.float32(sharpness)
    grown = np.exp(raised - raised.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float32)


_NUMBERS = ("sharpness", "shown_from")
_BARS = ("likelier", "wrong")
_ARRAYS = ("rarity", "weights", "shares", "rights")


def dump(learned: Learned) -> bytes:
    """What was learned as bytes: plain arrays and JSON, nothing that could run."""
    said = {
        "topics": learned.topics,
        "vocabulary": list(learned.vocabulary),
        **{name: getattr(learned, name) for name in _NUMBERS},
        **{name: asdict(getattr(learned, name)) for name in _BARS},
    }
    into = io.BytesIO()
    np.savez_compressed(
        into,
        said=np.frombuffer(json.dumps(said, ensure_ascii=False).encode(), np.uint8),
        **{name: getattr(learned, name) for name in _ARRAYS},
    )
    return into.getvalue()


def load(stored: bytes) -> Learned:
    """What `dump` has written.

    Raises:
        UnreadableError: for anything else.
    """
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            learned = Learned(
                topics=tuple(said["topics"]),
                vocabulary={feature: at for at, feature in enumerate(said["vocabulary"])},
                rarity=arrays["rarity"],
                weights=arrays["weights"],
                sharpness=float(said["sharpness"]),
                shares=arrays["shares"],
                rights=arrays["rights"],
                shown_from=float(said["shown_from"]),
                likelier=Bar(**said["likelier"]),
                wrong=Bar(**said["wrong"]),
            )
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UnreadableError(str(error)) from error
    if learned.weights.shape != (len(learned.vocabulary), len(learned.topics)):
        raise UnreadableError("the weights do not fit the vocabulary and the topics")
    return learned
