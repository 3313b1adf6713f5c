"""A second look at a rejection: its author or a head asks once for each sending, another moderator decides."""

from typing import Any

from django.db import transaction

from common import clock
from issues import deadlines
from issues.models import Issue, IssueEvent
from issues.operations.writer import lock, perform
from issues.policies import By, leads_moderation
from issues.queries.appeals import may_appeal, may_take_up, rejected_by
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
        given = frozenset({Need.APPEAL_LEFT} if may_appeal(issue) else ())
        return _look_again(issue, "appeal", by=by, words=words, given=given)


def take_up_rejection(*, by: By, issue: Issue, words: str) -> IssueEvent:
    """A head moderator has a rejected message looked at again; it waits again, 48 hours begin anew.

    The term that it was rejected in stays with the entries before. Who has rejected it decides no more.

    Args:
        by: a head moderator.
        issue: a rejected one.
        words: why; its author gets them by letter, and everybody reads them once it is published.

    Raises:
        ActionRefusedError: it is not rejected, or not any more (`state`); `by` is no head moderator
            (`head_moderator`); it was taken up already as it was sent last (`take_up_left`); or there are
            no words.
    """
    with transaction.atomic():
        issue = lock(issue)
        given = {Need.TAKE_UP_LEFT} if may_take_up(issue) else set()
        if leads_moderation(by.user):
            given.add(Need.HEAD_MODERATOR)
        return _look_again(issue, "take_up", by=by, words=words, given=frozenset(given))


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
    """Met where `by` is not one who rejected a message that waits for a second look."""
    is_first = issue.is_appealed and (by.user is None or by.user.pk in rejected_by(issue))
    return frozenset(() if is_first else {Need.ANOTHER_MODERATOR})


def _look_again(
    issue: Issue, action: str, *, by: By, words: str, given: frozenset[Need]
) -> IssueEvent:
    now = clock.now()
    return perform(
        issue,
        action,
        by=by,
        at=now,
        note=words.strip(),
        given=given,
        changes={
            "is_appealed": True,
            "is_referred": False,
            "asked_until": None,
            "moderation_due_at": deadlines.moderation_due(now),
        },
    )
