"""What was typed so far, as each step's form carries it in hidden fields and as it is kept.

The hidden fields bring it through a session that has run out meanwhile.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.http import QueryDict

from issues.models import Issue
from issues.operations.filing import MAX_ATTACHMENTS

QUESTION = "q_"
"""Prefix of the form fields that answer the topic's extra questions."""
IS_NUMBER = re.compile(r"\d{4}-\d{1,9}", re.ASCII)
"""What a message's public number looks like."""
# Anybody may have a draft, so nobody may fill the sessions: above what a form accepts, but not far.
_MOST_WORDS = 20_000
_MOST_CHARACTERS = 1000
_MOST_ANSWERS = 20
_LONGEST_CODE = 64
_PLAIN = (
    *("uid", "number", "kind", "topic", "address", "lon", "lat", "description", "is_anonymous"),
    *("seen_lon", "seen_lat", "taken_at", "tells_time", "others"),
)
_BOXES = ("is_anonymous", "tells_time")


@dataclass
class Draft:
    """A message that is being written; every value as it was typed.

    Attributes:
        uid: the message's identity: sent twice, it is filed once.
        number: of the rejected issue that is being corrected, else empty.
        kind, topic: codes.
        lon, lat: WGS 84 degrees.
        seen_lon, seen_lat: where the photo was taken, WGS 84 degrees; offered as the place.
        taken_at: when it was taken, ISO 8601.
        tells_time: whether the message shall say when.
        others: numbers of the like messages that the author has seen to be about something else, with
            commas between.
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
    seen_lon: str = ""
    seen_lat: str = ""
    taken_at: str = ""
    tells_time: str = ""
    others: str = ""
    details: dict[str, str] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tidy()

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Draft":
        """The draft as it was kept, perhaps by an earlier edition of the portal."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    @classmethod
    def of_issue(cls, issue: Issue) -> "Draft":
        """A message that its author changes, or corrects and sends again."""
        return cls(
            # The same however often it is opened, another once the message has changed.
            uid=str(uuid.uuid5(issue.uid, f"change {issue.event_count}")),
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

    def take(self, posted: QueryDict) -> None:
        """Takes over what a form brings; what it does not mention stays."""
        for name in _PLAIN:
            if name in posted:
                setattr(self, name, posted[name])
        # A box that is not ticked is not sent: its form says that it was asked.
        if "asks_details" in posted:
            for name in _BOXES:
                setattr(self, name, posted.get(name, ""))
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
        if not _is_uid(self.uid):
            self.uid = str(uuid.uuid4())
        if not IS_NUMBER.fullmatch(self.number):
            self.number = ""

    @property
    def is_begun(self) -> bool:
        """Whether there is anything worth keeping."""
        return bool(self.description.strip() or self.attachments or self.address)

    @property
    def has_seen(self) -> bool:
        """Whether a photo tells a place that is not the chosen one already."""
        seen = (self.seen_lon, self.seen_lat)
        return all(seen) and seen != (self.lon, self.lat)

    @property
    def taken(self) -> datetime | None:
        """When the photo was taken."""
        try:
            return datetime.fromisoformat(self.taken_at)
        except ValueError:
            return None

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
