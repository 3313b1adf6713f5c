"""The issue, its append-only timeline, answers and what people say of them, attachments."""

from issues.models.abuse import AbuseReport
from issues.models.answer import Answer, Rating
from issues.models.attachment import Attachment
from issues.models.event import EventNote, IssueEvent
from issues.models.issue import STATE_LABELS, Channel, Issue, NumberCounter
from issues.models.photo import Camera, Retouching
from issues.models.search import Posting, SearchText, Word
from issues.models.subscription import Subscription
from issues.models.support import Support
from issues.models.survey import MOST_QUESTIONS, SurveyQuestion, SurveyReply
from issues.models.voice import Confirmation, FollowUp

__all__ = [
    "MOST_QUESTIONS",
    "STATE_LABELS",
    "AbuseReport",
    "Answer",
    "Attachment",
    "Camera",
    "Channel",
    "Confirmation",
    "EventNote",
    "FollowUp",
    "Issue",
    "IssueEvent",
    "NumberCounter",
    "Posting",
    "Rating",
    "Retouching",
    "SearchText",
    "Subscription",
    "Support",
    "SurveyQuestion",
    "SurveyReply",
    "Word",
]
