"""A second look at a rejection: its author asks once for each sending, another moderator decides."""

from typing import Any

from django.db import transaction

from common import clock
from issues import deadlines
from issues.models import Issue, IssueEvent
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.queries.appeals import may_appeal, rejected_by
from issues.workflow import Need


def appeal_rejection(*, by: By, issue: Issue, words: str) -> IssueEvent:
    """The author asks for a second look; the message waits again, 48 hours begin anew.

    Args:
        by: the author.
        issue: a rejected one.
        words: why it should be published, for the moderators.

    Raises:
        ActionRefusedError: it is not rejected, was looked at a second time as it was sent last
            (`appeal_left`), is not the author's, or there are no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        return perform(
            issue,
            "appeal",
            by=by,
            at=now,
            note=words.strip(),
            given=frozenset({Need.APPEAL_LEFT} if may_appeal(issue) else ()),
            changes={
                "is_appealed": True,
                "is_referred": False,
                "moderation_due_at": deadlines.moderation_due(now),
            },
        )


def uphold_rejection(*, by: By, issue: Issue, words: str) -> Issue:
    """After a second look the message stays rejected; its author gets the explanation.

    Args:
        by: a moderator who did not reject it.
        issue: one that waits for a second look.
        words: the explanation for the author.

    Raises:
        ActionRefusedError: it does not wait for a second look, `by` has rejected it
            (`another_moderator`), or there are no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        changes: dict[str, Any] = {"is_appealed": False, "asked_until": None}
        given = given_to_another(issue, by)
        perform(issue, "uphold", by=by, note=words.strip(), given=given, changes=changes)
    return issue


def given_to_another(issue: Issue, by: By) -> frozenset[Need]:
    """Met where `by` is not the one who rejected a message that waits for a second look."""
    is_first = issue.is_appealed and (by.user is None or by.user.pk == rejected_by(issue))
    return frozenset(() if is_first else {Need.ANOTHER_MODERATOR})
