"""Lives as lines of PostgreSQL's COPY in text format, for each table."""

import struct
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from common import canonical
from issues.load.life import Draft, Life, Reply, Told

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "issues_issue": (
        *("id", "uid", "year", "serial", "number", "kind", "topic_id", "channel", "author_id"),
        *(
            "author_name",
            "is_anonymous",
            "company_name",
            "company_inn",
            "address",
            "point",
            "municipality_id",
        ),
        *("description", "published_text", "details", "authority_id", "routing", "state"),
        *("is_hidden", "is_urgent", "is_referred", "is_appealed", "asked_until", "merged_into_id"),
        *("returns", "support_count", "filed_at", "published_at"),
        *("answered_at", "closed_at", "moderation_due_at", "registration_due_at", "answer_due_at"),
        *("escalate_at", "planned_date", "registration_number", "registration_date"),
        *("event_count", "head_hash"),
    ),
    "issues_issueevent": (
        *("id", "issue_id", "seq", "action", "actor", "at", "state_before", "state_after"),
        *("is_hidden", "authority_id", "moderation_due_at", "registration_due_at"),
        *("answer_due_at", "data", "note_digest", "private_digest", "previous_hash", "hash"),
    ),
    "issues_eventnote": (
        *("event_id", "note", "note_salt", "private", "private_salt", "erased_at"),
    ),
    "issues_answer": (
        *("id", "uid", "issue_id", "authority_id", "decision", "text", "signatory"),
        *("signatory_post", "report_number", "report_date", "due_date", "published_at"),
        "warnings",
    ),
    "issues_rating": (
        *("id", "answer_id", "stars", "solved", "comment", "rated_at"),
        *("published_comment", "comment_judged_at"),
    ),
}
"""The columns of every table that a load fills, in the order of its lines."""

EVENTS_APART, ANSWERS_APART = 128, 8
"""Ids kept for the entries and the answers of one issue: a longer life is refused."""

_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Lines:
    """The lines of all tables, as they grow."""

    def __init__(self, *, first_event: int, first_answer: int) -> None:
        """Begins without lines.

        Args:
            first_event, first_answer: ids free for the first issue's entries and answers.
        """
        self._lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self._next_event, self._next_answer = first_event, first_answer

    def add(self, life: Life, *, routing: str) -> None:
        """Adds a life.

        Args:
            life: of a message that has its id.
            routing: how its authority was found, as JSON.

        Raises:
            ValueError: it has more entries or answers than ids were kept for.
        """
        if len(life.told) > EVENTS_APART or len(life.replies) > ANSWERS_APART:
            raise ValueError(f"the life of {life.issue.number} is too long")
        lines = self._lines
        lines["issues_issue"].append(_issue(life.issue, routing))
        for pk, told in enumerate(life.told, start=self._next_event):
            lines["issues_issueevent"].append(_event(pk, life.issue.id, told))
            if told.words:
                lines["issues_eventnote"].append(_words(pk, told))
        for pk, reply in enumerate(life.replies, start=self._next_answer):
            lines["issues_answer"].append(_answer(pk, life.issue.id, reply))
            if reply.rated_at:
                lines["issues_rating"].append(_rating(pk, reply))
        self._next_event += EVENTS_APART
        self._next_answer += ANSWERS_APART

    def encoded(self) -> dict[str, bytes]:
        """What COPY reads, by table."""
        return {table: "".join(lines).encode() for table, lines in self._lines.items()}


def line(values: Iterable[object]) -> str:
    """One line: None, booleans, numbers, moments and dates, and texts, which are escaped."""
    return "\t".join([_field(value) for value in values]) + "\n"


def _field(value: object) -> str:
    return _WRITERS.get(type(value), str)(value)


def _escaped(text: str) -> str:
    # Nearly no text has one of these, and to look for each is quicker than to translate or to match.
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        return text.translate(_ESCAPES)
    return text


@lru_cache(maxsize=256)  # the entries of a life share their deadlines
def _moment(value: datetime | None) -> str:
    return canonical.moment(value) or _NULL


def _truth(value: bool) -> str:
    return "t" if value else "f"


def _json(value: Mapping[str, canonical.Json]) -> str:
    # As it was hashed it is canonical; the column holds it in a form of its own.
    return _escaped(orjson.dumps(value).decode()) if value else "{}"


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    type(None): lambda _nothing: _NULL,
    str: _escaped,
    bool: _truth,
    datetime: _moment,
}
"""How a field is written, by its type; others, as numbers, dates and codes, as `str` does."""


def _point(lon: float, lat: float) -> str:
    """EWKB in hexadecimal digits: a point with SRID 4326."""
    return struct.pack("<BIIdd", 1, 0x20000001, 4326, lon, lat).hex()


def _issue(issue: Draft, routing: str) -> str:
    return (
        f"{issue.id}\t{issue.uid}\t{issue.year}\t{issue.serial}\t{issue.number}\t{issue.kind}"
        f"\t{issue.topic.id}\t{issue.channel}\t{issue.author_id}\t{_escaped(issue.author_name)}"
        f"\t{_truth(issue.is_anonymous)}\t\t\t{_escaped(issue.address)}"
        f"\t{_point(issue.lon, issue.lat)}\t{issue.municipality_id or _NULL}"
        f"\t{_escaped(issue.description)}\t{_escaped(issue.published_text)}\t{{}}"
        f"\t{issue.authority_id or _NULL}\t{_escaped(routing)}\t{issue.state}"
        f"\t{_truth(issue.is_hidden)}\tf\tf\tf\t{_NULL}\t{_NULL}\t{issue.returns}\t0\t{_moment(issue.filed_at)}"
        f"\t{_moment(issue.published_at)}\t{_moment(issue.answered_at)}\t{_moment(issue.closed_at)}"
        f"\t{_moment(issue.moderation_due_at)}\t{_moment(issue.registration_due_at)}"
        f"\t{_moment(issue.answer_due_at)}\t{_moment(issue.escalate_at)}"
        f"\t{issue.planned_date or _NULL}\t{issue.registration_number}"
        f"\t{issue.registration_date or _NULL}\t{issue.event_count}\t{issue.head_hash}\n"
    )


def _event(pk: int, issue_id: int, told: Told) -> str:
    # There are ten times as many of these as of others; all but the data are our own codes and digits.
    entry = told.entry
    return (
        f"{pk}\t{issue_id}\t{entry.seq}\t{entry.action}\t{entry.actor}\t{_moment(entry.at)}"
        f"\t{entry.state_before}\t{entry.state_after}\t{_truth(entry.is_hidden)}"
        f"\t{told.authority_id or _NULL}\t{_moment(entry.moderation_due_at)}"
        f"\t{_moment(entry.registration_due_at)}\t{_moment(entry.answer_due_at)}"
        f"\t{_json(entry.data)}\t{entry.note_digest}"
        f"\t{entry.private_digest}\t{entry.previous_hash}\t{entry.hash}\n"
    )


def _words(pk: int, told: Told) -> str:
    words = told.words
    note, private = _escaped(words.note), _escaped(words.private_text) or "{}"
    return f"{pk}\t{note}\t{words.note_salt}\t{private}\t{words.private_salt}\t{_NULL}\n"


def _answer(pk: int, issue_id: int, reply: Reply) -> str:
    return line(
        (
            *(pk, reply.uid, issue_id, reply.authority_id, reply.decision, reply.text),
            *(reply.signatory, reply.signatory_post, reply.report_number, reply.report_date),
            *(reply.due_date, reply.published_at, "{}"),
        )
    )


def _rating(answer_id: int, reply: Reply) -> str:
    # One id for both: an answer has one rating at most.
    told = (answer_id, answer_id, reply.stars, reply.solved, reply.comment, reply.rated_at)
    return line((*told, "", None))
