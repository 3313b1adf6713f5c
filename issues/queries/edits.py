"""What a moderator has changed in a message that was accepted, for its author (R4.3)."""

from dataclasses import dataclass

from authorities.models import Kind, Topic
from issues.models import Issue


@dataclass(frozen=True)
class Edits:
    """The difference between what was sent and what was published, beside the text.

    Attributes:
        kind, topic: before and after, each in words; None where it is the same.
        moved_metres: by how many metres the place was moved.
        has_chosen: whether the moderator chose the authority, against the rules.
    """

    kind: tuple[str, str] | None
    topic: tuple[str, str] | None
    moved_metres: int
    has_chosen: bool


def edits(issue: Issue) -> Edits | None:
    """What was changed when the message was accepted last; None where nothing but perhaps the text was."""
    told = issue.events.filter(action__in=("submit", "resubmit", "amend", "accept"))
    sent: dict[str, str] = {}
    accepted = None
    for action, data in told.order_by("seq").values_list("action", "data"):
        if action == "accept":
            accepted = data
        else:
            sent = data
    if accepted is None or not set(accepted.get("edited", ())) - {"published_text"}:
        return None
    kinds = dict(Kind.choices)
    edited = accepted["edited"]
    kind = None
    if "kind" in edited:
        kind = str(kinds[sent["kind"]]), str(kinds[accepted["kind"]])
    topic = None
    if "topic" in edited:
        names = {
            one.code: str(one)
            for one in Topic.objects.filter(code__in=[sent["topic"], accepted["topic"]])
        }
        topic = names.get(sent["topic"], "—"), names.get(accepted["topic"], "—")
    return Edits(
        kind,
        topic,
        accepted.get("moved_metres", 0),
        "authority" in edited and "topic" not in edited and "point" not in edited,
    )
