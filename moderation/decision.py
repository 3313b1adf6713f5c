"""What a moderator can decide about a message that waits: each decision with all that belongs to it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Accept:
    """It is published.

    Attributes:
        published_text: what the public reads.
        kind: another kind than the author's; None for the same.
        topic: id of another topic than the author's; None for the same.
        authority: id of the authority that the moderator chose; None where the rules decide.
        lon, lat: another place, WGS 84 degrees; None for the same.
    """

    published_text: str
    kind: str | None = None
    topic: int | None = None
    authority: int | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Reject:
    """It is not published; the author gets a letter.

    Attributes:
        code: of the reason in the list.
        words: the whole text for the author.
        ground: the article the reason rests on.
        comment: what of the words is the moderator's own.
    """

    code: str
    words: str
    ground: str
    comment: str = ""


@dataclass(frozen=True)
class Uphold:
    """After a second look it stays rejected.

    Attributes:
        words: the explanation for the author.
    """

    words: str


@dataclass(frozen=True)
class Ask:
    """The author is asked.

    Attributes:
        words: the question.
    """

    words: str


@dataclass(frozen=True)
class Merge:
    """It goes on under another one.

    Attributes:
        main: the number of that one.
    """

    main: str


@dataclass(frozen=True)
class Refer:
    """It is left to the head moderator.

    Attributes:
        words: why.
    """

    words: str


Decision = Accept | Reject | Uphold | Ask | Merge | Refer

VERBS: Mapping[str, type[Decision]] = {
    "accept": Accept,
    "reject": Reject,
    "uphold": Uphold,
    "ask": Ask,
    "merge": Merge,
    "refer": Refer,
}
"""The decisions by the names of the workflow's actions."""


def verb_of(decision: Decision) -> str:
    """The name of the workflow's action that carries a decision out."""
    return next(verb for verb, kind in VERBS.items() if kind is type(decision))


def as_json(decision: Decision) -> dict[str, Any]:
    """What belongs to a decision, by name, as plain values."""
    return asdict(decision)


def from_json(verb: str, arguments: Mapping[str, Any]) -> Decision:
    """The decision that `as_json` has written down."""
    return VERBS[verb](**arguments)


def written(decision: Decision) -> str:
    """What the moderator has written for it in words of their own; empty where nothing."""
    match decision:
        case Accept(published_text=words) | Reject(comment=words):
            return words
        case Uphold(words=words) | Ask(words=words) | Refer(words=words):
            return words
        case Merge():
            return ""
