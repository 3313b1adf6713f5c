"""What a text shows to the model of topics: the lemmas of its words, their pairs, and pieces of the lemmas."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from common import russian

LONGEST_TEXT = 2_000
"""Letters that are read: what a message is about is said at its beginning."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_EMPTY = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ"})
_PIECES = (3, 4, 5)
"""Lengths of the pieces: endings and typing mistakes leave most pieces of a word as they were."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that says something of its own.

    Attributes:
        lemma: its first form.
        span: where it stands in the text.
    """

    lemma: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Features:
    """What a text shows, each feature with the numbers of the words that show it, once for each time.

    Attributes:
        words: of the text, in their order.
        whole: features of whole words and pairs of words.
        pieces: features of pieces of words.
    """

    words: tuple[Word, ...]
    whole: Mapping[str, list[int]]
    pieces: Mapping[str, list[int]]


def read(text: str) -> Features:
    """The features of a text."""
    words = tuple(_words(text[:LONGEST_TEXT]))
    whole: defaultdict[str, list[int]] = defaultdict(list)
    pieces: defaultdict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words):
        whole[word.lemma].append(number)
        bounded = f"_{word.lemma}_"
        for length in _PIECES:
            for at in range(len(bounded) - length + 1):
                pieces[f"~{bounded[at : at + length]}"].append(number)
    for number, (word, following) in enumerate(pairwise(words)):
        whole[f"{word.lemma} {following.lemma}"].append(number)
    return Features(words, dict(whole), dict(pieces))


def _words(text: str) -> list[Word]:
    return [
        Word(russian.lemma(found[0]), found.span())
        for found in _WORD.finditer(text)
        if russian.readings(found[0].lower())[0].tag.POS not in _EMPTY
    ]
