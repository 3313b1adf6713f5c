"""What a moderator fills in, by subject."""

from moderation.forms.deciding import (
    AskForm,
    MainForm,
    MergeForm,
    ReferForm,
    TakeOverForm,
    TakeUpForm,
    UpholdForm,
    UrgentForm,
    offered,
    refilled,
)
from moderation.forms.judging import AcceptForm, RejectForm, RejectionForm, offered_text
from moderation.forms.published import AbuseDecisionForm, AssignForm, ReasonForm, ThanksForm
from moderation.forms.queue import QueueForm

__all__ = [
    "AbuseDecisionForm",
    "AcceptForm",
    "AskForm",
    "AssignForm",
    "MainForm",
    "MergeForm",
    "QueueForm",
    "ReasonForm",
    "ReferForm",
    "RejectForm",
    "RejectionForm",
    "TakeOverForm",
    "TakeUpForm",
    "ThanksForm",
    "UpholdForm",
    "UrgentForm",
    "offered",
    "offered_text",
    "refilled",
]
