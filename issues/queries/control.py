"""The control of the head: what is under it after a third refusal, and what the heads have decided."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from authorities.models import Authority
from issues.models import Issue, IssueEvent

ACTIONS = ("control", "head_decides")


@dataclass(frozen=True)
class Control:
    """How the control of one message stands.

    Attributes:
        since: when it began, UTC.
        decided_at: when the head decided, UTC; None as long as the control lasts.
        words: the head's.
    """

    since: datetime
    decided_at: datetime | None = None
    words: str = ""


def control_of(issue: Issue) -> Control | None:
    """The control of a message, None where it never came to that."""
    events = {
        event.action: event
        for event in issue.events.filter(action__in=ACTIONS).select_related("words")
    }
    if (began := events.get("control")) is None:
        return None
    if (decided := events.get("head_decides")) is None:
        return Control(began.at)
    words = getattr(decided, "words", None)
    return Control(began.at, decided.at, words.note if words else "")


def is_controlled(issue: Issue) -> bool:
    """Whether the head has still to decide."""
    actions = list(issue.events.filter(action__in=ACTIONS).values_list("action", flat=True))
    return actions == ["control"]


def controlled(authority: Authority | None = None) -> QuerySet[Issue]:
    """The messages that a head has still to decide upon, of all authorities or of one."""
    # Asked as the partial index has it. A closed message changes hands no more.
    mine = {"authority": authority} if authority else {}
    events = IssueEvent.objects.filter(action__in=ACTIONS, **mine)
    decided = events.filter(issue=OuterRef("issue"), action="head_decides")
    waiting = events.filter(~Exists(decided), action="control").values("issue")
    return Issue.objects.filter(pk__in=waiting).order_by("closed_at", "pk")
