"""Reports of abuse: residents make them, moderators decide them, a message's all at once (R4.5)."""

from django.db import transaction

from accounts.models import User
from common import clock
from issues.models import AbuseReport, Issue
from issues.operations.judging import hide_issue
from issues.operations.supporting import VoiceRefusedError
from issues.operations.writer import lock
from issues.policies import By, may_act
from issues.workflow import ActionRefusedError, Actor


def report_abuse(*, by: User | None, issue: Issue, reason: str, words: str = "") -> AbuseReport:
    """Tells the moderators that something is wrong with a public message.

    Args:
        by: who reports, None for somebody unknown: their number is limited by the caller.
        issue: a public one.
        reason: a value of `AbuseReport.Reason`.
        words: more about it, for the moderators alone.

    Raises:
        VoiceRefusedError: it is not public (`state`), or the person has reported it before (`said`).
    """
    with transaction.atomic():
        issue = lock(issue)
        if not issue.is_public:
            raise VoiceRefusedError("state")
        if by is not None and AbuseReport.objects.filter(issue=issue, user=by).exists():
            raise VoiceRefusedError("said")
        return AbuseReport.objects.create(
            issue=issue, user=by, reason=reason, words=words.strip(), reported_at=clock.now()
        )


def decide_abuse(*, by: By, issue: Issue, hide: bool, reason: str = "") -> int:
    """Decides all waiting reports of a message: nothing is wrong, or it is hidden from the public.

    Args:
        by: a moderator.
        issue: one with reports.
        hide: whether it is hidden; one that is hidden already stays so.
        reason: for hiding, public.

    Returns:
        How many reports were decided.

    Raises:
        ActionRefusedError: somebody else decides, or hiding has no reason.
        VoiceRefusedError: nothing waits: another moderator was quicker (`said`).
    """
    with transaction.atomic():
        issue = lock(issue)
        if by.actor != Actor.MODERATOR or not may_act(by, issue):
            raise ActionRefusedError("hide", "actor")
        if hide and not issue.is_hidden:
            hide_issue(by=by, issue=issue, reason=reason)
        outcome = AbuseReport.Outcome.HIDDEN if hide else AbuseReport.Outcome.NOTHING_WRONG
        decided = AbuseReport.objects.filter(issue=issue, outcome="").update(
            outcome=outcome, decided_by=by.user, decided_at=clock.now()
        )
        if not decided:
            raise VoiceRefusedError("said")  # and nothing is hidden
    return decided
