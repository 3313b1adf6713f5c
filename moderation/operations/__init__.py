"""What is done at the desk, one function each."""

from moderation.operations.claiming import (
    LEASE,
    ClaimedError,
    claim,
    claim_next,
    is_head,
    release,
    take_over,
)
from moderation.operations.deciding import ChangedError, accept, ask, merge, refer, reject

__all__ = [
    "LEASE",
    "ChangedError",
    "ClaimedError",
    "accept",
    "ask",
    "claim",
    "claim_next",
    "is_head",
    "merge",
    "refer",
    "reject",
    "release",
    "take_over",
]
