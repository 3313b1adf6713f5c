"""What a life leaves behind: the message, its entries with their words, its answers and verdicts."""

from dataclasses import dataclass, field
from datetime import date, datetime

from authorities.models import Authority, Topic
from common import canonical
from issues import timeline
from issues.operations.writer import Words

Facts = dict[str, canonical.Json]


@dataclass(slots=True, kw_only=True)
class Draft:
    """A message as the writer sees it: the model's fields by their names, without the model's weight."""

    id: int
    uid: str
    year: int
    serial: int
    number: str
    kind: str
    topic: Topic
    channel: str
    author_id: int
    author_name: str
    is_anonymous: bool
    address: str
    lon: float
    lat: float
    municipality_id: int | None
    description: str
    published_text: str = ""
    authority: Authority | None
    routing: Facts | None = None
    state: str = ""
    is_hidden: bool = False
    is_appealed: bool = False
    returns: int = 0
    filed_at: datetime
    published_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    moderation_due_at: datetime
    registration_due_at: datetime | None = None
    answer_due_at: datetime | None = None
    asked_until: datetime | None = None
    escalate_at: datetime | None = None
    planned_date: date | None = None
    registration_number: str = ""
    registration_date: date | None = None
    event_count: int = 0
    head_hash: str = ""

    @property
    def authority_id(self) -> int | None:
        """The authority's id."""
        return self.authority.id if self.authority else None


@dataclass(slots=True)
class Told:
    """An entry of the timeline with the words beside it."""

    entry: timeline.Entry
    words: Words
    authority_id: int | None


@dataclass(slots=True)
class Reply:
    """An answer, and the author's verdict where there is one."""

    uid: str
    authority_id: int
    decision: str
    text: str
    signatory: str
    signatory_post: str
    report_number: str
    report_date: date
    due_date: date | None
    published_at: datetime
    stars: int = 0
    solved: bool = False
    comment: str = ""
    rated_at: datetime | None = None


@dataclass(slots=True)
class Life:
    """All that is stored of one message."""

    issue: Draft
    told: list[Told] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
