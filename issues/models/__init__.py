"""The issue, its append-only timeline, answers, ratings and attachments."""

from issues.models.answer import Answer, Rating
from issues.models.attachment import Attachment
from issues.models.event import EventNote, IssueEvent
from issues.models.issue import SEARCHED, STATE_LABELS, Channel, Issue, NumberCounter

__all__ = [
    "SEARCHED",
    "STATE_LABELS",
    "Answer",
    "Attachment",
    "Channel",
    "EventNote",
    "Issue",
    "IssueEvent",
    "NumberCounter",
    "Rating",
]
