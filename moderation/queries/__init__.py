"""What the desk reads, by subject."""

from moderation.queries.answers import warned, with_personal_data
from moderation.queries.circumstances import filed_before, history, waiting_near
from moderation.queries.queue import (
    SOON,
    Figures,
    Page,
    Row,
    asked,
    chosen,
    decided_by,
    dropped_of,
    figures,
    mine,
    queue,
    rows,
    unrouted,
    waiting,
)

__all__ = [
    "SOON",
    "Figures",
    "Page",
    "Row",
    "asked",
    "chosen",
    "decided_by",
    "dropped_of",
    "figures",
    "filed_before",
    "history",
    "mine",
    "queue",
    "rows",
    "unrouted",
    "waiting",
    "waiting_near",
    "warned",
    "with_personal_data",
]
