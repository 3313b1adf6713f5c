"""“Me too”: a resident joins somebody else's message, or takes it back (R7.3)."""

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from common import clock
from issues.models import Issue, Support
from issues.operations.writer import lock
from issues.policies import may_support

MOST_A_DAY = 100
"""Messages that one person may begin to support within 24 hours: no reader reaches it, a program does."""


class VoiceRefusedError(Exception):
    """This person has no say here, or not now.

    Attributes:
        why: a code: `own` for one's own message, `state` for one that is not public or has ended,
            `standing` for one who is neither a supporter nor a neighbour, `said` for what is said once,
            `much` for more than anybody says in a day.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def support_issue(*, by: User, issue: Issue) -> bool:
    """Adds a person to the supporters of a public message that has not ended; the author is none.

    `Issue.support_count` is written by the database in the same transaction.

    Returns:
        Whether it is new: who supports already goes on to.

    Raises:
        VoiceRefusedError: it is the person's own message (`own`), not public or ended (`state`), or the
            person supports too many a day (`much`).
    """
    with transaction.atomic():
        # Nobody ends or hides it meanwhile, and nobody counts it at the same time.
        issue = lock(issue)
        if issue.author_id == by.pk:
            raise VoiceRefusedError("own")
        if not may_support(by, issue):
            raise VoiceRefusedError("state")
        now = clock.now()
        _support, is_new = Support.objects.get_or_create(
            issue=issue, user=by, defaults={"supported_at": now}
        )
        lately = Support.objects.filter(user=by, supported_at__gt=now - timedelta(days=1))
        if is_new and lately.count() > MOST_A_DAY:
            raise VoiceRefusedError("much")  # and nothing is added
    return is_new


def unsupport_issue(*, by: User, issue: Issue) -> bool:
    """Takes a support back, at any time; False when there was none."""
    with transaction.atomic():
        lock(issue)
        deleted, _models = Support.objects.filter(issue=issue, user=by).delete()
    return deleted > 0
