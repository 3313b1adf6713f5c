"""How a text is written: too short, shouted, or Russian in Latin letters."""

import re
from collections.abc import Iterator

from common import russian
from moderation.findings.finding import Finding
from moderation.models import Code

FEWEST_WORDS = 3
"""Meaningful words that a message needs, its topic and place being known already."""
MOST_CAPITALS = 0.7
FEWEST_LETTERS = 25
"""Of fewer letters nothing is said about how they are written: names of offices are capitals."""

_WORD = re.compile(r"[^\W\d_]+")
_EMPTY = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ"})
# Said in any message, and telling nothing of this one.
_FORMULAE = frozenset("просить пожалуйста здравствуйте здравствовать срочно принять мера".split())
_APART = re.compile(r"(?<![^\W\d_])(?:[^\W\d_] ){2,}[^\W\d_](?![^\W\d_])")


def shape(text: str) -> Iterator[Finding]:
    """Findings of the codes `too_short`, `shouting` and `transliteration`."""
    words = _WORD.findall(_APART.sub(lambda spelled: spelled[0].replace(" ", ""), text))
    meaningful = [word for word in words if is_meaningful(word)]
    if len(meaningful) < FEWEST_WORDS:
        yield Finding(Code.TOO_SHORT, values={"words": len(meaningful)})
    letters = "".join(words)
    share = sum(map(str.isupper, letters)) / max(len(letters), 1)
    if len(letters) >= FEWEST_LETTERS and share > MOST_CAPITALS:
        yield Finding(Code.SHOUTING, values={"share": round(100 * share)})
    if _is_transliterated(words):
        yield Finding(Code.TRANSLITERATION)


def is_meaningful(word: str) -> bool:
    """Whether a word says something of its own: no preposition, pronoun, formula or row of letters."""
    if len(word) < 2 or len(set(word.lower())) == 1:
        return False
    if not re.match("[а-яё]", word, re.IGNORECASE):
        return True
    reading = russian.readings(word.lower())[0]
    if word.lower() == "спасибо":
        return True
    if russian.lemma(word) in _FORMULAE:
        return False
    return str(reading.tag.POS) not in _EMPTY and (russian.is_known(word) or len(word) > 3)


# Longer first: «shch» is one letter.
_LETTERS = (
    *(("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш")),
    *(("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("yo", "ё"), ("jo", "ё"), ("ye", "е")),
    *(("a", "а"), ("b", "б"), ("c", "ц"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г")),
    *(("h", "х"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н")),
    *(("o", "о"), ("p", "п"), ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у")),
    *(("v", "в"), ("w", "в"), ("x", "х"), ("y", "ы"), ("z", "з"), ("'", "ь")),
)


def in_cyrillic(word: str) -> str:
    """A Latin word with the Cyrillic letters that it stands for."""
    word = word.lower()
    for latin, cyrillic in _LETTERS:
        word = word.replace(latin, cyrillic)
    return word


def _is_transliterated(words: list[str]) -> bool:
    """Whether most words are Latin, and most of these are Russian words when read in Cyrillic."""
    long = [word for word in words if len(word) > 3]
    latin = [word for word in long if re.fullmatch("[a-z]+", word, re.IGNORECASE)]
    if len(latin) < 3 or len(latin) < 0.6 * len(long):
        return False
    return sum(russian.is_known(in_cyrillic(word)) for word in latin) >= 0.5 * len(latin)
