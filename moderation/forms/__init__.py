"""What a moderator fills in, by subject."""

from moderation.forms.deciding import (
    AskForm,
    MergeForm,
    ReferForm,
    TakeOverForm,
    UrgentForm,
    offered,
)
from moderation.forms.judging import AcceptForm, RejectForm
from moderation.forms.published import AbuseDecisionForm, AssignForm, ReasonForm, ThanksForm
from moderation.forms.queue import QueueForm

__all__ = [
    "AbuseDecisionForm",
    "AcceptForm",
    "AskForm",
    "AssignForm",
    "MergeForm",
    "QueueForm",
    "ReasonForm",
    "ReferForm",
    "RejectForm",
    "TakeOverForm",
    "ThanksForm",
    "UrgentForm",
    "offered",
]
