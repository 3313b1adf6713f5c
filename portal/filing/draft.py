"""What was typed so far: kept in the session, and carried by each step's form as hidden fields.

The session brings the draft through log-in and registration; the hidden fields bring it through a
session that has run out meanwhile.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from issues.models import Issue
from issues.operations.filing import MAX_ATTACHMENTS

KEY = "draft"
QUESTION = "q_"
"""Prefix of the form fields that answer the topic's extra questions."""
# Anybody may have a draft, so nobody may fill the sessions: above what a form accepts, but not far.
_MOST_WORDS = 20_000
_MOST_CHARACTERS = 1000
_MOST_ANSWERS = 20
_LONGEST_CODE = 64
_PLAIN = ("uid", "number", "kind", "topic", "address", "lon", "lat", "description", "is_anonymous")


@dataclass
class Draft:
    """A message that is being written; every value as it was typed.

    Attributes:
        uid: the message's identity: sent twice, it is filed once.
        number: of the rejected issue that is being corrected, else empty.
        kind, topic: codes.
        lon, lat: WGS 84 degrees.
        details: answers to the topic's questions, by question code.
        attachments: uids of files that wait.
    """

    uid: str = ""
    number: str = ""
    kind: str = ""
    topic: str = ""
    address: str = ""
    lon: str = ""
    lat: str = ""
    description: str = ""
    is_anonymous: str = ""
    details: dict[str, str] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tidy()

    @classmethod
    def load(cls, session: SessionBase) -> "Draft":
        """The draft in the session, or an empty one."""
        kept: Mapping[str, Any] = session.get(KEY) or {}
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    @classmethod
    def posted(cls, session: SessionBase, posted: QueryDict) -> "Draft":
        """The draft that a form brings.

        The session adds what the form leaves out only where it keeps the same message: another tab
        may have begun one meanwhile.
        """
        draft = cls.load(session)
        if posted.get("uid", draft.uid) != draft.uid:
            draft = cls()
        draft.take(posted)
        return draft

    @classmethod
    def of_issue(cls, issue: Issue) -> "Draft":
        """A rejected issue, to be corrected and sent again."""
        return cls(
            number=issue.number,
            kind=issue.kind,
            topic=issue.topic.code,
            address=issue.address,
            lon=str(issue.point.x),
            lat=str(issue.point.y),
            description=issue.description,
            is_anonymous="on" if issue.is_anonymous else "",
            details={code: _in_words(value) for code, value in issue.details.items()},
        )

    def save(self, session: SessionBase) -> None:
        """Keeps it in the session."""
        session[KEY] = asdict(self)

    @staticmethod
    def forget(session: SessionBase) -> None:
        """Forgets the session's draft."""
        session.pop(KEY, None)

    def take(self, posted: QueryDict) -> None:
        """Takes over what a form brings; what it does not mention stays."""
        for name in _PLAIN:
            if name in posted:
                setattr(self, name, posted[name])
        # A box that is not ticked is not sent: its form says that it was asked.
        if "asks_words" in posted:
            self.is_anonymous = posted.get("is_anonymous", "")
            self.details = {}
        for name, value in posted.items():
            code = typed(name.removeprefix(QUESTION), _LONGEST_CODE)
            has_room = code in self.details or len(self.details) < _MOST_ANSWERS
            if name.startswith(QUESTION) and has_room:
                self.details[code] = typed(str(value))
        if "asks_files" in posted or "attachments" in posted:
            uids = filter(_is_uid, posted.getlist("attachments"))
            self.attachments = list(dict.fromkeys(uids))[:MAX_ATTACHMENTS]
        self._tidy()

    def form_data(self) -> dict[str, Any]:
        """The draft as data for the forms."""
        data: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        data |= {QUESTION + code: value for code, value in self.details.items()}
        return data | {"attachments": self.attachments}

    def hidden(self, *leave_out: str) -> Iterator[tuple[str, str]]:
        """Names and values for hidden inputs, without those a step asks for itself."""
        for name in _PLAIN:
            if name not in leave_out and getattr(self, name):
                yield name, getattr(self, name)
        if "details" not in leave_out:
            yield from ((QUESTION + code, value) for code, value in self.details.items())
        if "attachments" not in leave_out:
            # No files is said too, or those of the session would come back.
            yield "asks_files", "1"
            yield from (("attachments", uid) for uid in self.attachments)

    def _tidy(self) -> None:
        for name in _PLAIN:
            most = _MOST_WORDS if name == "description" else _MOST_CHARACTERS
            setattr(self, name, typed(getattr(self, name), most))
        self.uid = self.uid or str(uuid.uuid4())

    @property
    def has_place(self) -> bool:
        """Whether a point and an address are known."""
        return bool(self.lon and self.lat and self.address)


def typed(text: str, most: int = _MOST_CHARACTERS) -> str:
    """What came from outside as a draft keeps it: no longer than `most`, without U+0000.

    PostgreSQL takes U+0000 in no text: once in a draft, it would break every page that reads it.
    """
    return text.replace("\0", "")[:most]


def _is_uid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)
