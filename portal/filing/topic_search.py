"""Finds topics by words as people type them: other endings, a wrong letter, half a word."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from authorities.models import Topic

_WORD = re.compile(r"\w+")
_VOWELS = frozenset("аеиоуыэюя")
_CLOSE = 0.8
"""How alike two words must be to count as the same with a typing mistake; 1 is equal."""


def ranked(topics: Iterable[Topic], query: str) -> list[Topic]:
    """Topics that fit every word of `query`, the best first; all of them for an empty query."""
    wanted = _words(query)
    if not wanted:
        return list(topics)
    found = []
    for topic in topics:
        # A word of the name weighs more than one of the keywords.
        in_name = _words(f"{topic.name} {topic.name_en}")
        in_keywords = _words(" ".join([*topic.keywords, str(topic.category)]))
        scores = [max(2 * _best(word, in_name), _best(word, in_keywords)) for word in wanted]
        if all(scores):
            found.append((sum(scores), topic))
    return [topic for _score, topic in sorted(found, key=lambda pair: -pair[0])]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


def _best(word: str, among: list[str]) -> float:
    return max((_likeness(word, other) for other in among), default=0.0)


def _likeness(typed: str, word: str) -> float:
    if word.startswith(typed):
        return 1.0
    # The endings of Russian words differ; what stands before them does not.
    stem = min(len(typed), len(word)) - 2
    if stem >= 3 and abs(len(typed) - len(word)) <= 3 and typed[:stem] == word[:stem]:
        return 0.9
    # A short word may differ in its last vowel: яма, ямы, яму.
    if (
        len(typed) == len(word) >= 3
        and {typed[-1], word[-1]} <= _VOWELS
        and typed[:-1] == word[:-1]
    ):
        return 0.9
    if len(typed) < 4 or abs(len(typed) - len(word)) > 2:
        return 0.0
    likeness = SequenceMatcher(None, typed, word).ratio()
    return likeness * 0.8 if likeness >= _CLOSE else 0.0
