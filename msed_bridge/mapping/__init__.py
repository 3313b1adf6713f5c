"""The one table between the portal and МСЭД, both ways: words, codes, actions."""

from msed_bridge.mapping.incoming import (
    DECISIONS,
    NO_EFFECT,
    FetchedFiles,
    Told,
    follow,
    read_notification,
)
from msed_bridge.mapping.outgoing import (
    KINDS,
    REWORK,
    TOLD_ACTIONS,
    SentFile,
    Values,
    addition,
    appeal,
    header,
    sent_back_by,
)

__all__ = [
    "DECISIONS",
    "KINDS",
    "NO_EFFECT",
    "REWORK",
    "TOLD_ACTIONS",
    "FetchedFiles",
    "SentFile",
    "Told",
    "Values",
    "addition",
    "appeal",
    "follow",
    "header",
    "read_notification",
    "sent_back_by",
]
