"""Who judges which message, what is noticed about it, what was decided, and the reasons for a rejection."""

from moderation.models.alarm import Alarm
from moderation.models.claim import Claim
from moderation.models.double_check import (
    CheckShares,
    DoubleCheck,
    SecondVerdict,
    Settlement,
    Verdict,
)
from moderation.models.fast_lane import FastLane
from moderation.models.finding import OF_FILES, Code, Finding
from moderation.models.held import DroppedDecision, HeldDecision, Verb
from moderation.models.look import WITH_FACE, FileLook
from moderation.models.rejection import RejectionReason

__all__ = [
    "OF_FILES",
    "WITH_FACE",
    "Alarm",
    "CheckShares",
    "Claim",
    "Code",
    "DoubleCheck",
    "DroppedDecision",
    "FastLane",
    "FileLook",
    "Finding",
    "HeldDecision",
    "RejectionReason",
    "SecondVerdict",
    "Settlement",
    "Verb",
    "Verdict",
]
