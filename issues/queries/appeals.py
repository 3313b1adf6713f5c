"""The second look at a rejection, read from the timeline."""

from dataclasses import dataclass

from issues.models import Issue, IssueEvent
from issues.workflow import State

_SENT = ("submit", "resubmit", "separate")
_LOOKS = ("reject", "appeal", "take_up", "uphold")


@dataclass(frozen=True)
class Appeal:
    """A rejection and what followed from its author's doubt.

    Attributes:
        rejection: how it was rejected.
        appeal: what the author says to it, None while nobody has asked for a second look.
        taken_up: why a head moderator has the message looked at again, None where none does.
        upheld: how the second look ended last, None while none has, or where it ended well.
    """

    rejection: IssueEvent
    appeal: IssueEvent | None
    taken_up: IssueEvent | None
    upheld: IssueEvent | None


def last_appeal(issue: Issue) -> Appeal | None:
    """The rejection of a message as it was sent last, with its second look; None where there is none."""
    found: dict[str, IssueEvent] = {}
    told = issue.events.filter(action__in=(*_SENT, *_LOOKS))
    for event in told.select_related("words").order_by("seq"):
        if event.action in _SENT:
            found = {}
        else:
            found[event.action] = event
    if "reject" not in found:
        return None
    return Appeal(found["reject"], found.get("appeal"), found.get("take_up"), found.get("uphold"))


def may_appeal(issue: Issue) -> bool:
    """Whether a rejected message was not looked at a second time, at its author's wish, as it was sent last."""
    return _is_left(issue, "appeal")


def may_take_up(issue: Issue) -> bool:
    """Whether no head moderator has had a rejected message looked at again as it was sent last."""
    return _is_left(issue, "take_up")


def rejected_by(issue: Issue) -> frozenset[int]:
    """Who has rejected a message as it was sent last, or upheld that; without those whose names are erased."""
    told = issue.events.filter(action__in=(*_SENT, "reject", "uphold"))
    found: set[int] = set()
    for event in told.select_related("words").order_by("seq"):
        if event.action in _SENT:
            found = set()
        elif (words := getattr(event, "words", None)) and (who := words.private.get("by")):
            found.add(who["user"])
    return frozenset(found)


def _is_left(issue: Issue, action: str) -> bool:
    if issue.state != State.REJECTED:
        return False
    told = issue.events.filter(action__in=(*_SENT, action)).order_by("-seq")
    return told.values_list("action", flat=True).first() != action
