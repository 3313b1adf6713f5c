"""Learning of topics: ridge regression in its closed form, which also says how each text would be judged unseen.

Of a few texts for each topic no part can be spared for checks. The closed form gives, for each text, the scores of a
model that was fitted without it; by them the confidence is calibrated and the thresholds are chosen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from authorities.topic_learning.features import read
from authorities.topic_learning.learned import NEVER, Bar, Floats, Learned, Row, row, shares

Marks = npt.NDArray[np.bool_]

STIFFNESS = np.float32(1.0)
"""How far the weights are held down (λ); larger learns less from a single text."""
KIN = np.float32(0.3)
"""A text of a topic speaks so much for the other topics of its category too."""
ALIKE = 0.9
"""Texts with such a cosine are one text: a letter sent twice would be checked against itself."""
AT_ONCE = 4_096
"""Features that are laid out at once: some 100 MB for 6,000 texts."""

WRONG_SHARE = 0.1
"""One in so many residents is taken to choose a wrong topic; fewer would make the finding less precise."""
PRECISION_LIKELIER = 2 / 3
PRECISION_WRONG = 0.9
"""Of what is set against chosen topics so much has to be right: where a topic is named, and where one is called wrong."""
CANDIDATES = 3
BINS = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic as the learning sees it.

    Attributes:
        category: code of its category.
        kinds: of messages that it takes.
    """

    category: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its topic.

    Attributes:
        text: a message, or words of the catalogue.
        topic: code.
        kind: of the message; empty for words of the catalogue, which are learned but not judged.
        is_invented: whether it comes with the catalogue. Of what residents wrote nothing is kept that
            stands in one message only, so that no name or address of anybody is remembered.
    """

    text: str
    topic: str
    kind: str = ""
    is_invented: bool = True


@dataclass(frozen=True)
class Figures:
    """How good a model is with texts that it has not seen.

    Attributes:
        texts, messages: learned from; those of residents among them.
        right_first, right_in_three: the share whose topic came first, or among three.
        silent: the share for which nothing would be suggested.
        calibration_error: the mean distance between confidence and truth over ten bins, of one half of
            the texts by the curve of the other half.
        wrong_found, right_doubted: the share of wrong topics of the same category that would be noticed,
            and of right ones that would be doubted.
    """

    texts: int
    messages: int
    right_first: float
    right_in_three: float
    silent: float
    calibration_error: float
    wrong_found: float
    right_doubted: float


@dataclass(frozen=True)
class _Unseen:
    """The texts as judged unseen: their right column, the shares, and what may be chosen."""

    right: npt.NDArray[np.intp]
    shares: Floats
    offered: Marks
    order: npt.NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", np.argsort(-self.shares, axis=1)[:, :CANDIDATES])

    @property
    def hits(self) -> Marks:
        """For each of the first topics, whether it is the right one."""
        return np.asarray(self.order == self.right[:, None])

    @property
    def best(self) -> Floats:
        """The shares of the first topics."""
        return np.take_along_axis(self.shares, self.order, axis=1)


def fit(examples: Sequence[Example], subjects: Mapping[str, Subject]) -> tuple[Learned, Figures]:
    """Learns from examples, and says how well.

    Args:
        examples: those of topics that are not in `subjects` are left out.
        subjects: the topics, by code.

    Raises:
        ValueError: when there is not one message to be judged.
    """
    topics = tuple(subjects)
    column = {code: at for at, code in enumerate(topics)}
    # What is there word for word comes once, so that it counts once for how rare its words are.
    first = {(one.topic, one.text.casefold()): one for one in reversed(examples)}
    known = [one for one in reversed(first.values()) if one.topic in column]
    if not any(one.kind for one in known):
        raise ValueError("there is no message to learn from")
    vocabulary, rarity, rows = _rows(known)
    likeness = _likeness(rows, len(vocabulary))
    kept = _distinct(known, likeness)
    known = [known[at] for at in kept]
    rows = [rows[at] for at in kept]
    judged = np.array([bool(one.kind) for one in known])
    right = np.array([column[one.topic] for one in known])
    weights, scores = ridge(
        likeness[np.ix_(kept, kept)], rows, len(vocabulary), _targets(right, topics, subjects)
    )
    offered = np.array(
        [[one.kind in subjects[code].kinds for code in topics] for one in known if one.kind]
    )
    unseen = np.where(offered, scores[judged], np.float32(-1e3))
    sharpness = _sharpness(unseen, right[judged])
    told = _Unseen(right[judged], shares(unseen, sharpness), offered)
    learned = _with_thresholds(
        Learned(topics, vocabulary, rarity, weights.astype(np.float16), sharpness), told, subjects
    )
    residents = sum(not one.is_invented for one in known)
    return learned, _figures(learned, told, subjects, len(known), residents)


def _rows(
    examples: Sequence[Example],
) -> tuple[dict[str, int], Floats, list[Row]]:
    """The features worth keeping, how rare each is, and the texts as rows of them."""
    read_ones = [read(one.text) for one in examples]
    texts: Counter[str] = Counter()
    invented: set[str] = set()
    for example, features in zip(examples, read_ones, strict=True):
        texts.update([*features.whole, *features.pieces])
        if example.is_invented:
            invented.update(name for name in features.whole if " " not in name)
    names = [name for name, count in texts.items() if count > 1 or name in invented]
    vocabulary = {name: at for at, name in enumerate(names)}
    counts = np.array([texts[name] for name in names], np.float32)
    rarity = np.asarray(np.log((1 + len(examples)) / (1 + counts)) + 1, np.float32)
    return vocabulary, rarity, [row(features, vocabulary, rarity) for features in read_ones]


def _blocks(width: int) -> list[tuple[int, int]]:
    return [(at, min(at + AT_ONCE, width)) for at in range(0, width, AT_ONCE)]


def _dense(rows: Sequence[Row], first: int, end: int) -> Floats:
    laid = np.zeros((len(rows), end - first), np.float32)
    for number, (at, values) in enumerate(rows):
        inside = (at >= first) & (at < end)
        laid[number, at[inside] - first] = values[inside]
    return laid


def _likeness(rows: Sequence[Row], width: int) -> Floats:
    """The cosine of each text with each other."""
    total = np.zeros((len(rows), len(rows)), np.float32)
    for first, end in _blocks(width):
        block = _dense(rows, first, end)
        total += block @ block.T
    return total


def _distinct(examples: Sequence[Example], likeness: Floats) -> list[int]:
    """The words of the catalogue, and of messages that are nearly one text the first."""
    message = np.array([bool(one.kind) for one in examples])
    near = (likeness > ALIKE) & message[:, None] & message[None, :]
    return np.flatnonzero(~np.tril(near, k=-1).any(axis=1)).tolist()


def _targets(
    right: npt.NDArray[np.intp], topics: Sequence[str], subjects: Mapping[str, Subject]
) -> Floats:
    categories = np.array([subjects[code].category for code in topics])
    kin = (categories[right][:, None] == categories[None, :]).astype(np.float32)
    targets = np.eye(len(topics), dtype=np.float32)[right] + KIN * kin
    return np.asarray(targets - targets.mean(axis=0), np.float32)


def ridge(
    likeness: Floats,
    rows: Sequence[Row],
    width: int,
    targets: Floats,
) -> tuple[Floats, Floats]:
    """The weights of features, and the scores of each text by the model that has not seen it.

    With G = (K + λI)⁻¹ and α = G·Y the weights are Xᵀ·α, and what is left out of the fit of text i
    alone is αᵢ / Gᵢᵢ (Rasmussen and Williams, Gaussian Processes for Machine Learning, 5.12).
    """
    inverse = np.linalg.inv(likeness + STIFFNESS * np.eye(len(rows), dtype=np.float32))
    alphas = inverse @ targets
    unseen = targets - alphas / np.diag(inverse)[:, None]
    weights = np.empty((width, targets.shape[1]), np.float32)
    for first, end in _blocks(width):
        weights[first:end] = _dense(rows, first, end).T @ alphas
    return weights, np.asarray(unseen, np.float32)


def _sharpness(scores: Floats, right: npt.NDArray[np.intp]) -> float:
    """The factor under which the right topics are the likeliest as a whole."""

    def surprise(factor: float) -> float:
        mine = shares(scores, factor)[np.arange(len(right)), right]
        return float(-np.log(np.maximum(mine, 1e-9)).mean())

    return min((float(factor) for factor in range(2, 61)), key=surprise)


def _rising(values: Floats, hits: Marks) -> tuple[Floats, Floats]:
    """The rising curve nearest to how often values were right: neighbours that fall are pooled."""
    order = np.argsort(values, kind="stable")
    pools: list[tuple[float, int]] = []
    for hit in hits[order]:
        mean, size = float(hit), 1
        while pools and pools[-1][0] >= mean:
            other, others = pools.pop()
            mean, size = (mean * size + other * others) / (size + others), size + others
        pools.append((mean, size))
    ends = np.cumsum([size for _, size in pools])
    starts = np.concatenate([[0], ends[:-1]])
    middle = [values[order[start:end]].mean() for start, end in zip(starts, ends, strict=True)]
    return np.array(middle, np.float32), np.array([mean for mean, _ in pools], np.float32)


def _with_thresholds(learned: Learned, told: _Unseen, subjects: Mapping[str, Subject]) -> Learned:
    known, rights = _rising(told.best.ravel(), told.hits.ravel())
    learned = replace(learned, shares=known, rights=rights)
    first = np.interp(told.best[:, 0], known, rights)
    order = np.argsort(first)
    found_in_three: Marks = np.any(told.hits, axis=1)
    below = np.cumsum(found_in_three[order]) / np.arange(1, len(order) + 1)
    # Silent where a list would more often lack the right topic than have it.
    poor = np.flatnonzero(below < 0.5)
    learned = replace(learned, shown_from=float(first[order][poor[-1]]) if len(poor) else 0.0)
    return replace(
        learned,
        likelier=_bar(PRECISION_LIKELIER, learned, told, subjects),
        wrong=_bar(PRECISION_WRONG, learned, told, subjects),
    )


def _bar(precision: float, learned: Learned, told: _Unseen, subjects: Mapping[str, Subject]) -> Bar:
    """The bar that notices most wrong topics among those that are precise enough."""
    best, most = NEVER, 0.0
    for sure in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        for times in np.geomspace(2, 2**17, 17).tolist():
            bar = Bar(times, sure)
            found, doubted = (
                share * part
                for share, part in zip(
                    _noticed(bar, learned, told, subjects),
                    (WRONG_SHARE, 1 - WRONG_SHARE),
                    strict=True,
                )
            )
            if found > most and found >= precision * (found + doubted):
                best, most = bar, found
    return best


def _noticed(
    bar: Bar, learned: Learned, told: _Unseen, subjects: Mapping[str, Subject]
) -> tuple[float, float]:
    """Of wrong topics of the same category the share that is noticed, and of right ones that is doubted."""
    best = told.best[:, 0]
    sure = np.interp(best, learned.shares, learned.rights) >= bar.sure
    marked = sure[:, None] & (best[:, None] >= bar.times * np.maximum(told.shares, 1e-9))
    categories = np.array([subjects[code].category for code in learned.topics])
    kin = (categories[told.right][:, None] == categories[None, :]) & told.offered
    kin[np.arange(len(told.right)), told.right] = False
    doubted = marked[np.arange(len(told.right)), told.right].mean()
    return float(marked[kin].mean()) if kin.any() else 0.0, float(doubted)


def _figures(
    learned: Learned,
    told: _Unseen,
    subjects: Mapping[str, Subject],
    texts: int,
    messages: int,
) -> Figures:
    found, doubted = _noticed(learned.wrong, learned, told, subjects)
    confidence = np.interp(told.best[:, 0], learned.shares, learned.rights)
    half = np.arange(len(told.right)) % 2 == 0
    by_other = np.empty(len(half))
    for mine in (half, ~half):
        if mine.any() and (~mine).any():
            curve = _rising(told.best[~mine].ravel(), told.hits[~mine].ravel())
            by_other[mine] = np.interp(told.best[mine, 0], *curve)
    return Figures(
        texts=texts,
        messages=messages,
        right_first=float(told.hits[:, 0].mean()),
        right_in_three=float(told.hits.any(axis=1).mean()),
        silent=float((confidence < learned.shown_from).mean()),
        calibration_error=calibration_error(by_other, told.hits[:, 0]),
        wrong_found=found,
        right_doubted=doubted,
    )


def calibration_error(confidence: npt.NDArray[np.float64], hits: Marks) -> float:
    """The expected calibration error: how far confidence is from truth, by bins of one tenth, weighed by size."""
    bins = np.minimum((np.asarray(confidence) * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(confidence[bins == one].mean() - hits[bins == one].mean()) * (bins == one).mean()
            for one in np.unique(bins)
        )
    )
