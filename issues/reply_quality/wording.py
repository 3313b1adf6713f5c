"""What an answer should not have: personal data, blanks, another answer's text, a wall of officialese."""

import re

from common import personal_data
from issues.reply_quality.findings import Draft, originals
from issues.reply_quality.words import plain

_OFFICE_PHONE = re.compile(r"(?:\+7|8)?[\s(-]*(?!9)\d{3}")
_SIGNED = re.compile(r"(?:исполнитель|исп\.|подготовил[аи]?|ответственн\w+):?\s*$", re.IGNORECASE)


def personal(draft: Draft) -> list[str] | None:
    """Phones of persons, e-mails, numbers of papers, names; offices and who signs are public."""
    allowed = plain(" ".join(draft.own_words))
    found = []
    for one in personal_data.find(draft.text):
        words = draft.text[one.start : one.end]
        match one.kind:
            case personal_data.Kind.PHONE:
                is_public = bool(_OFFICE_PHONE.match(words)) or _digits(words) in _digits(allowed)
            case personal_data.Kind.EMAIL:
                is_public = words.lower() in allowed
            case personal_data.Kind.NAME:
                is_public = plain(words) in allowed or bool(_SIGNED.search(draft.text[: one.start]))
            case _:
                is_public = False
        if not is_public:
            found.append(words)
    for name in draft.hidden_name:
        # A name declines at its end: Иванова, Ивановой, Иванову.
        stem = re.escape(plain(name)[: max(4, len(name) - 2)])
        if len(name) > 3 and (match := re.search(rf"\b{stem}[а-я]{{0,3}}\b", draft.plain)):
            words = draft.text[match.start() : match.end()]
            if words[0].isupper() and not any(words in other for other in found):
                found.append(words)
    return found or None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[-10:]


_BLANK = re.compile(
    r"\{[^{}\n]{0,40}\}|_{3,}|\.{5,}|\[(?:указать|дата|номер|фио|адрес|срок|вставить)[^\]\n]{0,40}\]"
    r"|\bдд\.мм\.г+\b|\b[xх]{2}\.[xх]{2}\.|№\s*_+",
    re.IGNORECASE,
)


def blanks(draft: Draft) -> list[str] | None:
    return [match[0] for match in _BLANK.finditer(draft.text)] or None


COPY_SIMILARITY = 0.8
"""Share of common trigrams from which two answers are one text, as pg_trgm counts it."""


def copied(draft: Draft) -> list[str] | None:
    """The same text as another answer, with no number or day of its own."""
    mine = _trigrams(draft.plain)
    numbers = set(re.findall(r"\d+", draft.plain))
    for text in draft.earlier:
        # Texts of very different lengths share too little whatever they say.
        if not 0.5 < (len(text) + 1) / (len(draft.text) + 1) < 2:
            continue
        other = plain(text)
        if not numbers <= set(re.findall(r"\d+", other)):
            continue
        theirs = _trigrams(other)
        if len(mine & theirs) / len(mine | theirs) >= COPY_SIMILARITY:
            return [text]
    return None


def _trigrams(text: str) -> frozenset[str]:
    padded = " ".join(re.findall(r"\w+", text)).join(("  ", " "))
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


_OFFICIALESE = re.compile(
    r"\b(?:в целях|в соответствии с|на основании|во исполнение|осуществл\w+|данн(?:ый|ая|ое|ого|ой|ым|ых|ыми|ую)"
    r"|вышеуказанн\w+|вышеизложенн\w+|нижеследующ\w+|надлежащ\w+|в рамках|мероприяти\w+|посредством"
    r"|проработ\w+|согласно|настоящ(?:им|ее|его|ей)|в части|по вопросу|касательно|обеспечени\w+|в адрес"
    r"|исполнени\w+|реализаци\w+|надлежит|предусмотренн\w+|утвержденн\w+|уполномоченн\w+|рассмотрени\w+)\b"
)
WALL_WORDS = 45
"""A text of fewer words is no wall."""
PLAIN_SENTENCE_WORDS = 16
"""A sentence of at most so many words, without officialese, is plain."""


def wall(draft: Draft) -> list[str] | None:
    """A long text in which no sentence is short and plain, and officialese is thick."""
    if len(draft.plain.split()) < WALL_WORDS:
        return None
    # A point inside a date, a number or a shortened word ends no sentence.
    sentences = [
        s for s in re.split(r"(?<=[а-я)»\d][.!?])\s+(?=[А-ЯЁ])|\n+", draft.text) if s.strip()
    ]
    for sentence in sentences:
        said = plain(sentence)
        words = re.findall(r"\w+", said)
        greeting = re.match(r"(?:здравствуйте|уважаем|добрый|с уважением|благодарим|спасибо)", said)
        if (
            3 <= len(words) <= PLAIN_SENTENCE_WORDS
            and not greeting
            and not _OFFICIALESE.search(said)
        ):
            return None
    found = originals(draft, _OFFICIALESE)
    return found if len(found) >= 4 else None
