"""Who judges which message, what is noticed about it, and the reasons it can be rejected for."""

from moderation.models.claim import Claim
from moderation.models.finding import Code, Finding
from moderation.models.rejection import RejectionReason

__all__ = ["Claim", "Code", "Finding", "RejectionReason"]
