"""Personal data in a text: where it stands and what kind it is, judged by checksums where there are any.

Used before anything is published: by moderators on messages, by officers on their answers.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from stdnum import luhn
from stdnum.ru import inn

from common import russian


class Kind(StrEnum):
    """What was found."""

    PHONE = "phone"
    EMAIL = "email"
    SNILS = "snils"
    INN = "inn"
    CARD = "card"
    PASSPORT = "passport"
    NAME = "name"
    FLAT = "flat"


MASKS = {
    Kind.PHONE: "[телефон скрыт]",
    Kind.EMAIL: "[почта скрыта]",
    Kind.SNILS: "[СНИЛС скрыт]",
    Kind.INN: "[ИНН скрыт]",
    Kind.CARD: "[номер карты скрыт]",
    Kind.PASSPORT: "[паспорт скрыт]",
    Kind.NAME: "[имя скрыто]",
    Kind.FLAT: "[квартира скрыта]",
}
"""What stands in the published text instead; in Russian, as the messages are."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place in a text.

    Attributes:
        kind: what it is.
        start, end: of the slice of the text.
    """

    kind: Kind
    start: int
    end: int


def find(text: str) -> list[Found]:
    """Personal data in `text` from its beginning to its end; nothing overlaps.

    A number that several readings claim is what the surest of them says: checksums come first.
    """
    found: list[Found] = []
    for reading in (_emails, _snils, _cards, _passports, _inns, _phones, _flats, _names):
        for one in reading(text):
            if all(one.end <= other.start or other.end <= one.start for other in found):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def masked(text: str, found: list[Found]) -> str:
    """`text` with what was found put out of sight.

    Args:
        found: as `find` gives it for this very text.
    """
    parts, before = [], 0
    for one in found:
        parts += [text[before : one.start], MASKS[one.kind]]
        before = one.end
    return "".join([*parts, text[before:]])


# --- Addresses and numbers --------------------------------------------------------------------------

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Mailboxes of an office belong to nobody.
_OFFICE = re.compile(
    r"(?:info|office|support|mail|press|admin|contact|help|priem\w*|adm\w*|uk\w*|gkh|zhkh)\W?\d*@",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        if not _OFFICE.match(match[0]):
            yield Found(Kind.EMAIL, *match.span())


_SNILS = re.compile(r"(?<![\d-])\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}(?![\d-])")


def _snils(text: str) -> Iterator[Found]:
    for match in _SNILS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        # A bare row of eleven digits is a telephone far more often; the usual form or the word tells.
        if _is_snils(digits) and ("-" in match[0] or _word_before(text, match.start(), "снилс")):
            yield Found(Kind.SNILS, *match.span())


def _is_snils(digits: str) -> bool:
    """Whether the last two digits are the check sum of the first nine (order of the Пенсионный фонд)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return total % 101 % 100 == int(digits[9:])


_CARD = re.compile(r"(?<![\d:.-])\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\d:])")
# Mir, Visa, Mastercard, Maestro: of four numbers with a right check digit three begin otherwise.
_ISSUERS = re.compile(r"220[0-4]|4|5[1-5]|2[2-7]|5[06-8]|6[0-9]")


def _cards(text: str) -> Iterator[Found]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _ISSUERS.match(digits) and luhn.is_valid(digits):
            yield Found(Kind.CARD, *match.span())


_PASSPORT = re.compile(
    r"(?<!\d)\d{2} ?\d{2}(?:,? ?(?:№|N|номер))? ?\d{6}(?!\d)",
    re.IGNORECASE,
)


def _passports(text: str) -> Iterator[Found]:
    for match in _PASSPORT.finditer(text):
        if _word_before(text, match.start(), "паспорт|сери[яи]"):
            yield Found(Kind.PASSPORT, *match.span())


_INN = re.compile(r"(?<!\d)\d{12}(?!\d)")


def _inns(text: str) -> Iterator[Found]:
    """Twelve digits are a person's number; ten are a company's, and open to all."""
    for match in _INN.finditer(text):
        if inn.is_valid(match[0]):
            yield Found(Kind.INN, *match.span())


def _phones(text: str) -> Iterator[Found]:
    for match in phonenumbers.PhoneNumberMatcher(text, "RU"):
        # A free line is an office's.
        kind = phonenumbers.number_type(match.number)
        if kind != phonenumbers.PhoneNumberType.TOLL_FREE and match.raw_string.count(":") == 0:
            yield Found(Kind.PHONE, match.start, match.end)


_FLAT = re.compile(
    r"(?:(?<=\W)|^)(?:кв(?:\.|артир[аеыу])? ?№? ?)(?P<number>\d{1,4}[а-в]?)(?![\d\w]| ?(?:кв|м\b|[°%]|этаж|дом|семь|семе|жит|чел|шт|град|лет\b|час|дн|ден|руб|месяц|комнат|окон))",
    re.IGNORECASE,
)


def _flats(text: str) -> Iterator[Found]:
    for match in _FLAT.finditer(text):
        yield Found(Kind.FLAT, *match.span())


def _word_before(text: str, at: int, words: str) -> bool:
    return (
        re.search(rf"(?:{words})\W*(?:\w+\W+){{0,3}}$", text[max(0, at - 60) : at], re.I)
        is not None
    )


# --- Names ------------------------------------------------------------------------------------------

_WORD = re.compile(r"[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)?|[.,;:!?\n()«»]")
_INITIALLED = re.compile(
    r"\b(?P<first>[А-ЯЁ][а-яё]+) [А-ЯЁ]\. ?[А-ЯЁ]\.|\b[А-ЯЁ]\. ?[А-ЯЁ]\. ?(?P<last>[А-ЯЁ][а-яё]+)"
)
# Streets and schools bear names of people long known, and who holds an office is named by it.
_PLACES = frozenset(
    "улица ул проспект пр площадь пл переулок пер бульвар б-р набережная шоссе проезд парк сквер сад"
    " имя им памятник музей школа лицей гимназия больница поликлиника библиотека театр стадион дом"
    " микрорайон мкр станция остановка аллея мост посёлок поселок село деревня станица площадка"
    " храм церковь собор часовня святой дк".split()
)
_OFFICES = frozenset(
    "глава мэр губернатор президент министр депутат сенатор прокурор судья директор начальник"
    " руководитель заместитель зам председатель чиновник инспектор секретарь полковник майор генерал"
    " капитан участковый главврач заведующая заведующий управляющий".split()
)


def _names(text: str) -> Iterator[Found]:
    """A full name: given name with patronymic, surname with both, or surname with initials."""
    words = [(match[0], *match.span()) for match in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        length = _name_length(words[at : at + 3])
        if length and not _is_public(words[max(0, at - 4) : at]):
            yield Found(Kind.NAME, words[at][1], words[at + length - 1][2])
        at += max(length, 1)
    for match in _INITIALLED.finditer(text):
        surname = match["first"] or match["last"]
        here = bisect_right(words, match.start(), key=lambda word: word[2])
        before = words[max(0, here - 4) : here]
        if russian.part_of_name(surname) == "surname" and not _is_public(before):
            yield Found(Kind.NAME, *match.span())


def _name_length(words: list[tuple[str, int, int]]) -> int:
    """How many of `words`, from the first, are a full name; 0 when they are none."""
    parts = [russian.part_of_name(word) if word[0].isupper() else "" for word, *_span in words]
    match parts:
        case [_, "name", "patronymic"] if _is_surname(words[0][0]):
            return 3
        case ["name", "patronymic", _] if _is_surname(words[2][0]):
            return 3
        case ["name", "patronymic", *_]:
            return 2
    return 0


# Few surnames are in the dictionary; beside a given name and a patronymic the ending tells enough.
_SURNAME = re.compile(
    r"[А-ЯЁ][а-яё]*(?:(?:[оеё]в|[иы]н)(?:а|у|ым|ой|е|ых|)|[сц]к(?:ий|ого|ому|им|ая|ой|ую)|"
    r"ко|ук|юк|ян|дзе|швили|[иы]х)(?:-[А-ЯЁ][а-яё]+)?"
)


def _is_surname(word: str) -> bool:
    return _SURNAME.fullmatch(word) is not None or (
        word[0].isupper() and russian.part_of_name(word) == "surname"
    )


def _is_public(before: list[tuple[str, int, int]]) -> bool:
    """Whether the words before a name say that it is a street's or an official's."""
    for word, _start, _end in reversed(before):
        if word in ".,":
            continue
        if not word[0].isalpha():
            return False
        lemma = russian.lemma(word)
        if lemma in _PLACES or lemma in _OFFICES:
            return True
    return False
