"""The second look at a rejection, read from the timeline."""

from dataclasses import dataclass

from issues.models import Issue, IssueEvent
from issues.workflow import State

_SENT = ("submit", "resubmit", "separate")


@dataclass(frozen=True)
class Appeal:
    """A rejection and what followed from its author's doubt.

    Attributes:
        rejection: how it was rejected.
        appeal: what the author says to it, None while nobody has asked for a second look.
        upheld: how the second look ended, None while it has not, or where it ended well.
    """

    rejection: IssueEvent
    appeal: IssueEvent | None
    upheld: IssueEvent | None


def last_appeal(issue: Issue) -> Appeal | None:
    """The rejection of a message as it was sent last, with its second look; None where there is none."""
    found: dict[str, IssueEvent] = {}
    told = issue.events.filter(action__in=(*_SENT, "reject", "appeal", "uphold"))
    for event in told.select_related("words").order_by("seq"):
        if event.action in _SENT:
            found = {}
        else:
            found[event.action] = event
    if "reject" not in found:
        return None
    return Appeal(found["reject"], found.get("appeal"), found.get("uphold"))


def may_appeal(issue: Issue) -> bool:
    """Whether a rejected message was not looked at a second time as it was sent last."""
    if issue.state != State.REJECTED:
        return False
    told = issue.events.filter(action__in=(*_SENT, "appeal")).order_by("-seq")
    return told.values_list("action", flat=True).first() != "appeal"


def rejected_by(issue: Issue) -> int | None:
    """Who has rejected a message last; None where nobody has, or the words are erased."""
    last = issue.events.filter(action="reject").select_related("words").order_by("-seq").first()
    words = getattr(last, "words", None)
    who = words.private.get("by") if words else None
    return who["user"] if who else None
