"""The issue, its append-only timeline, answers and what people say of them, attachments."""

from issues.models.abuse import AbuseReport
from issues.models.answer import Answer, Rating
from issues.models.attachment import Attachment
from issues.models.event import EventNote, IssueEvent
from issues.models.issue import SEARCHED, STATE_LABELS, Channel, Issue, NumberCounter
from issues.models.subscription import Subscription
from issues.models.support import Support
from issues.models.survey import MOST_QUESTIONS, SurveyQuestion, SurveyReply
from issues.models.voice import Confirmation, FollowUp

__all__ = [
    "MOST_QUESTIONS",
    "SEARCHED",
    "STATE_LABELS",
    "AbuseReport",
    "Answer",
    "Attachment",
    "Channel",
    "Confirmation",
    "EventNote",
    "FollowUp",
    "Issue",
    "IssueEvent",
    "NumberCounter",
    "Rating",
    "Subscription",
    "Support",
    "SurveyQuestion",
    "SurveyReply",
]
