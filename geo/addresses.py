"""Reads an address as people type it: which of its words tell where, in the gazetteer's spelling."""

import re

# Words that say what a thing is and not which: people leave them out, shorten them, or write them all.
_SAYS_WHAT = frozenset(
    {"г", "гор", "город", "го", "п", "пос", "поселок", "пгт", "с", "село", "д", "дер", "деревня"}
    | {"дом", "ул", "улица", "обл", "область"}
)
_SHORT = {"пр": "проспект", "пр-т": "проспект", "просп": "проспект", "пр-д": "проезд"}
_WORD = re.compile(r"[\w-]+")
_PART_OF_HOUSE = re.compile(r"к\d+|[а-я]")
_BUILDING = re.compile(r"\b(?:корпус|корп|к) (?=\d)")
MOST_WORDS = 8


def telling_words(text: str) -> list[str]:
    """The words of an address that tell where it is: small letters, no «ё», no «улица», no «дом».

    Args:
        text: such as «г. Мытищи, ул. Мира, д. 12 корп. 2», which gives мытищи, мира, 12, к2.
    """
    words = " ".join(_WORD.findall(text[:200].lower().replace("ё", "е")))
    words_in_full = [_SHORT.get(word, word) for word in _BUILDING.sub("к", words).split()]
    telling = [word for word in words_in_full if word not in _SAYS_WHAT]
    # «г» alone may be the first letter of a name.
    return (telling or words_in_full)[:MOST_WORDS]


def apart_from_house(words: list[str]) -> tuple[list[str], list[str]]:
    """Telling words parted into those before the house and those of its number, if one was typed.

    Args:
        words: such as мытищи, мира, 12, к2, which gives мытищи, мира and 12, к2.
    """
    for at in range(len(words) - 1, 0, -1):
        if words[at][0].isdigit():
            end = at + 1
            while end < len(words) and _PART_OF_HOUSE.fullmatch(words[end]):
                end += 1
            return words[:at] + words[end:], words[at:end]
    return words, []


def has_words(label: str, words: list[str]) -> bool:
    """Whether an address has all the words as they are."""
    return set(words) <= set(telling_words(label))
