"""Reads an address as people type it: which of its words tell where, in the gazetteer's spelling."""

import re

# Words that say what a thing is and not which: people leave them out, shorten them, or write them all.
_SAYS_WHAT = frozenset(
    {"г", "гор", "город", "го", "п", "пос", "поселок", "пгт", "с", "село", "д", "дер", "деревня"}
    | {"дом", "ул", "улица", "обл", "область"}
)
_SHORT = {"пр": "проспект", "пр-т": "проспект", "просп": "проспект", "пр-д": "проезд"}
_WORD = re.compile(r"[\w-]+")
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
