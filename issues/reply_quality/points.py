"""The points of a message that an answer does not touch."""

import re
from collections.abc import Iterator

from common import russian
from issues.reply_quality.deeds import DAY, GROUND
from issues.reply_quality.findings import Draft
from issues.reply_quality.words import meanings, plain

_ITEM = re.compile(r"(?:^|[\n.;:] ?)\s*\d{1,2}[.)]\s+([^\n;]+?)(?=\s\d{1,2}[.)]\s|[;\n]|$)")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_REQUEST = re.compile(r"\b(?:прошу|просим|требу(?:ю|ем)|хотелось бы|хотим узнать)\b")
_GREETINGS = frozenset("здравствуйте извините простите помогите скажите подскажите поймите".split())


def unanswered(draft: Draft) -> list[str] | None:
    """Points of the message that the answer does not touch by any word; a lone point is left to the reader."""
    points = [point for point in _points(draft.message) if _is_weighty(point)]
    if len(points) < 2:
        return None
    touched = [_touches(draft, point) for point in points]
    left = [point for point, is_touched in zip(points, touched, strict=True) if not is_touched]
    # Where nothing at all is touched, the answer may speak of it in other words: only a wholly strange one counts.
    if not any(touched) and set(meanings(draft.message)) & draft.lemmas:
        return None
    return left or None


def _points(message: str) -> Iterator[str]:
    items = [match[1].strip() for match in _ITEM.finditer(message)]
    if len(items) > 1:
        yield from items
        return
    for match in _SENTENCE.finditer(message):
        sentence = match[0].strip()
        if sentence.endswith("?") or _REQUEST.search(plain(sentence)) or _bids(sentence):
            yield sentence


def _bids(sentence: str) -> bool:
    """Whether it bids somebody do something: «Почините лифт!»."""
    first = re.match(r"\W*(?:пожалуйста,? )?([а-яё]{4,})", sentence.lower())
    if first is None or first[1] in _GREETINGS:
        return False
    return any("impr" in reading.tag for reading in russian.readings(first[1])[:3])


def _is_weighty(point: str) -> bool:
    """Whether it asks for something of its own, and does not only end a letter: «Прошу принять меры»."""
    asked = plain(point)
    if asked.endswith("?"):
        return True
    return bool(set(meanings(re.sub(r"\bсрок\w*", "", asked))))


def _touches(draft: Draft, point: str) -> bool:
    asked = plain(point)
    if re.search(r"\bкогда\b|\bсрок", asked) and (draft.due_date or DAY.search(draft.plain)):
        return True
    if re.search(r"\b(?:почему|зачем|на каком основании)\b", asked) and GROUND.search(draft.plain):
        return True
    meant = set(meanings(point))
    return not meant or not meant.isdisjoint(draft.lemmas)
