"""Two messages about the same thing: the later goes on under the earlier, for as long as that is public."""

from django.db import transaction

from common import clock
from issues import deadlines
from issues.models import Issue
from issues.operations.subscribing import TooManySubscriptionsError, follow_issue
from issues.operations.supporting import VoiceRefusedError, support_issue
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.workflow import OPEN_STATES, ActionRefusedError, Need


def merge_issue(*, by: By, issue: Issue, main: Issue) -> Issue:
    """Merges a waiting message into a public one that has not ended; its author follows that one.

    The author supports and follows the main message from here on, is told, and may send their own anew
    where the two are different things.

    Args:
        by: the moderator.
        issue: a submitted one.
        main: the message that goes on.

    Raises:
        ActionRefusedError: it does not wait for moderation, or the main one is not public, has ended, or
            is the message itself (`main`).
    """
    with transaction.atomic():
        # Always the main one first, as one who hides it does: two never wait for each other.
        main = lock(main)
        issue = lock(issue)
        if not main.is_public or main.state not in OPEN_STATES or main.pk == issue.pk:
            raise ActionRefusedError("merge", Need.MAIN)
        perform(
            issue,
            "merge",
            by=by,
            data={"main": main.number},
            changes={"merged_into": main, "asked_until": None},
        )
        _join(issue, main)
    return issue


def separate_merged(main: Issue) -> None:
    """Sends back to the moderators what was merged into a locked message that is no longer public."""
    merged = Issue.objects.filter(state="merged", merged_into=main).order_by("pk")
    for pk in merged.values_list("pk", flat=True):
        issue = lock(pk)
        if issue.merged_into_id != main.pk or issue.state != "merged":
            continue
        now = clock.now()
        perform(
            issue,
            "separate",
            by=By.system(),
            at=now,
            data={"main": main.number},
            changes={"merged_into": None, "moderation_due_at": deadlines.moderation_due(now)},
        )


def _join(issue: Issue, main: Issue) -> None:
    if issue.author is None:
        return
    try:
        support_issue(by=issue.author, issue=main)
        follow_issue(by=issue.author, issue=main)
    except (VoiceRefusedError, TooManySubscriptionsError):
        # Their own earlier message, or a full list: they are told by the letter all the same.
        pass
