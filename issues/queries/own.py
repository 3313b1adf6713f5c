"""What a resident finds on their own pages: messages of theirs, and those they support."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from common import keyset
from issues.models import EventNote, Issue, Support
from issues.queries.filters import tell_unsolved
from issues.workflow import AT_WORK_STATES, PUBLIC_STATES, State

PAGE = 20

OWN_STATES: Mapping[str, frozenset[State]] = {
    "mine": frozenset({State.REJECTED, State.ANSWERED}),
    "waiting": frozenset({State.SUBMITTED, State.ACCEPTED}),
    "work": AT_WORK_STATES | {State.PUBLISHED, State.REOPENED},
    "over": frozenset({State.CLOSED, State.RATED, State.WITHDRAWN, State.MERGED}),
}
"""Where a message stands, as its author sees it: mine is the next step, the moderator's, the authority's,
nobody's. Each state is in exactly one."""


@dataclass(frozen=True)
class OwnPage:
    """One page of a list of one's own.

    Attributes:
        after: the key of the next page, empty on the last one.
    """

    issues: list[Issue]
    after: str


def own(author: User, *, stage: str = "", after: str = "") -> OwnPage:
    """Messages of `author`, the newest first.

    Args:
        stage: a name in `OWN_STATES`; empty for all.
        after: `OwnPage.after` of the page before.

    Raises:
        ValueError: `after` is no key.
    """
    found = Issue.objects.filter(author=author)
    if stage in OWN_STATES:
        found = found.filter(state__in=sorted(OWN_STATES[stage]))
    found = keyset.beyond(
        found.select_related("topic", "merged_into"), "filed_at", after=after, falls=True
    )
    rows, key = keyset.cut(found[: PAGE + 1], "filed_at", size=PAGE)
    tell_unsolved(rows)
    return OwnPage(rows, key)


def count_own(author: User) -> dict[str, int]:
    """How many messages of `author` stand in each of `OWN_STATES`."""
    counted = {
        stage: Count("pk", filter=Q(state__in=sorted(states)))
        for stage, states in OWN_STATES.items()
    }
    found: dict[str, int] = Issue.objects.filter(author=author).aggregate(**counted)
    return found


def corrections(issues: list[Issue]) -> dict[int, EventNote]:
    """What a moderator asked to correct in those of `issues` that are rejected, by the issue's id."""
    rejected = [issue.pk for issue in issues if issue.state == State.REJECTED]
    if not rejected:
        return {}
    notes = EventNote.objects.filter(event__issue__in=rejected, event__action="reject")
    # The last one stays.
    return {note.event.issue_id: note for note in notes.select_related("event").order_by("pk")}


def supported(user: User, *, after: str = "") -> OwnPage:
    """Public messages that `user` supports, the latest support first.

    Raises:
        ValueError: `after` is no key.
    """
    found = Support.objects.filter(
        user=user, issue__state__in=sorted(PUBLIC_STATES), issue__is_hidden=False
    )
    found = found.select_related("issue__topic")
    found = keyset.beyond(found, "supported_at", after=after, falls=True)
    rows, key = keyset.cut(found[: PAGE + 1], "supported_at", size=PAGE)
    issues = [row.issue for row in rows]
    tell_unsolved(issues)
    return OwnPage(issues, key)
