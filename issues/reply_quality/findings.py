"""What can be found in an answer, and the answer as it is judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from issues.reply_quality.words import meanings, plain


class Code(StrEnum):
    """What can be found, as it is stored with the answer."""

    PERSONAL = "personal"
    BLANK = "blank"
    TOO_SHORT = "too_short"
    NO_ACTION = "no_action"
    NO_GROUND = "no_ground"
    NO_DATE = "no_date"
    NO_PROOF = "no_proof"
    NOT_ATTACHED = "not_attached"
    COPIED = "copied"
    UNANSWERED = "unanswered"
    WALL = "wall"


TITLES: dict[Code, Promise] = {
    Code.PERSONAL: _("Personal data"),
    Code.BLANK: _("A blank was not filled in"),
    Code.TOO_SHORT: _("Too short"),
    Code.NO_ACTION: _("No concrete action"),
    Code.NO_GROUND: _("No reason is given"),
    Code.NO_DATE: _("No day is named"),
    Code.NO_PROOF: _("Neither a photo nor an act"),
    Code.NOT_ATTACHED: _("What is said to be attached is not"),
    Code.COPIED: _("Copied from another answer"),
    Code.UNANSWERED: _("Not every question is answered"),
    Code.WALL: _("Hard to read"),
}
ADVICE: dict[Code, Promise] = {
    Code.PERSONAL: _("Everybody will read it. Take it out unless it has to be public."),
    Code.BLANK: _("Put in what the template left open, or take the words out."),
    Code.TOO_SHORT: _("Say what was done, when and by whom: two or three sentences."),
    Code.NO_ACTION: _("Say what exactly was done or will be done at this place, and who does it."),
    Code.NO_GROUND: _("Say why: the law, the act of the inspection, or the fact that decides it."),
    Code.NO_DATE: _("Say on which day it was done."),
    Code.NO_PROOF: _("Attach a photo of the result, or name the act and its number."),
    Code.NOT_ATTACHED: _("Attach the file, or take the words out."),
    Code.COPIED: _("Write of this case: its place, its day, its act."),
    Code.UNANSWERED: _("Answer these points too, even if the answer is no."),
    Code.WALL: _("Begin with one plain sentence: what the resident gets and when."),
}

VISIBLE_WORK = frozenset(
    {"improvement", "yards", "housing", "roads", "waste", "utilities", "nature", "construction"}
)
"""Categories of topics whose work can be seen and photographed."""
MUST_CONFIRM = frozenset({Code.PERSONAL})
"""Findings that an officer has to confirm one by one before the answer is sent (R6.1)."""
EARLIER_ANSWERS = 200
"""How many of the authority's last answers are compared."""


@dataclass(frozen=True)
class Finding:
    """One thing found, with the words it is about.

    Attributes:
        code: what it is.
        words: the words of the answer, or of the message where something is missing.
    """

    code: Code
    words: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is, in the reader's language."""
        return str(TITLES[self.code])

    @property
    def advice(self) -> str:
        """What to do about it, in the reader's language."""
        return str(ADVICE[self.code])

    @property
    def must_be_confirmed(self) -> bool:
        """Whether the officer has to say that it is meant so."""
        return self.code in MUST_CONFIRM


@dataclass(frozen=True)
class Draft:
    """An answer as it is judged.

    Attributes:
        text: the answer.
        decision: `done`, `explained`, `refused` or `deferred`.
        message: what the author wrote.
        is_visible_work: whether the topic's work can be seen (`VISIBLE_WORK`).
        has_files: whether photos or documents go with it.
        due_date: the promised day of a deferring answer.
        earlier: texts of the authority's other answers.
        hidden_name: surname and given name of an author who asked not to be named, else empty.
        own_words: what may be named though it looks personal: the authority's phone and e-mail, who signs.
    """

    text: str
    decision: str
    message: str = ""
    is_visible_work: bool = False
    has_files: bool = False
    due_date: date | None = None
    earlier: Sequence[str] = ()
    hidden_name: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()

    @cached_property
    def plain(self) -> str:
        """The text for the rules: lower case, е for ё."""
        return plain(self.text)

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """The meanings of its words."""
        return frozenset(meanings(self.text))


def originals(draft: Draft, pattern: re.Pattern[str]) -> list[str]:
    """What the author of the answer wrote where `pattern` fits its plain text, each once."""
    found = (draft.text[m.start() : m.end()].strip() for m in pattern.finditer(draft.plain))
    return list(dict.fromkeys(words for words in found if words))
