"""The one table between the portal and МСЭД, both ways: words, codes, actions."""

from msed_bridge.mapping.incoming import (
    DECISIONS,
    NO_EFFECT,
    FetchedFiles,
    NamedFile,
    Told,
    follow,
    read_notification,
)
from msed_bridge.mapping.outgoing import (
    KINDS,
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
    "TOLD_ACTIONS",
    "FetchedFiles",
    "NamedFile",
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
