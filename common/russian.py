"""Russian words as the dictionary knows them: their lemma, whether they are words at all, parts of a name."""

import unicodedata
from functools import cache, lru_cache

import pymorphy3
from pymorphy3.analyzer import Parse


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()  # 15 MB and 0.15 s, once in a process


@lru_cache(maxsize=20_000)
def readings(word: str) -> tuple[Parse, ...]:
    """How a word can be read, the likeliest first."""
    # The dictionary asks letters for their names, and fails on those that have none.
    named = "".join(letter if unicodedata.name(letter, "") else "\ufffd" for letter in word)
    return tuple(_analyzer().parse(named))


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The word's first form, with е for ё."""
    return str(readings(word.lower())[0].normal_form).replace("ё", "е")


@lru_cache(maxsize=20_000)
def is_known(word: str) -> bool:
    """Whether the dictionary has the word itself, not only words that end like it."""
    return bool(readings(word.lower())[0].is_known)


def part_of_name(word: str) -> str:
    """`name`, `patronymic` or `surname` when the word can be read so, else empty."""
    for reading in readings(word.lower())[:4]:
        for mark, part in (("Patr", "patronymic"), ("Name", "name"), ("Surn", "surname")):
            if mark in reading.tag:
                return part
    return ""
