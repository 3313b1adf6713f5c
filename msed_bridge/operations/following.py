"""What an authority tells is done to the issue: each notification once, in the order of its numbers or moments.

A notification that the workflow refuses is kept as refused, with its reason, for staff; its number
counts as dealt with, so that those after it are followed. Nothing else is sensible: МСЭД has already
done what it tells of, and a later notification (an answer, most of all) must reach the author.
"""

import logging

from django.db import InterfaceError, OperationalError, transaction

from common import clock
from issues.models import Issue
from issues.policies import By
from issues.workflow import AT_WORK_STATES, ActionRefusedError, State
from msed_bridge import mapping, queries, soap
from msed_bridge.models import Appeal, Channel, FileTransfer, Notice

logger = logging.getLogger(__name__)


def follow_issue(issue_id: int) -> int:
    """Follows all that was told of an issue, up to a gap or a file that is still on its way.

    Args:
        issue_id: an issue that was given to МСЭД or by МЭДО.

    Returns:
        How many notifications were dealt with.
    """
    count = 0
    while _follow_next(issue_id):
        count += 1
    return count


def follow_again(*, notice: Notice) -> Notice:
    """Follows a refused notification once more because a person says so.

    Raises:
        ValueError: it is not a refused one.
    """
    with transaction.atomic():
        appeal = Appeal.objects.select_for_update().get(uid=notice.appeal_uid)
        notice.refresh_from_db()
        if notice.state != Notice.State.REFUSED:
            raise ValueError("only a refused notification is followed again")
        _follow(appeal, notice)
    return notice


def _follow_next(issue_id: int) -> bool:
    with transaction.atomic():
        appeal = Appeal.objects.select_for_update().get(pk=issue_id)
        notice = queries.next_notice(appeal)
        if notice is None or notice.files.filter(state=FileTransfer.State.WAITING).exists():
            return False
        _follow(appeal, notice)
        appeal.applied_seq = notice.seq or appeal.applied_seq
        appeal.save(update_fields=["applied_seq", "is_open"])
    return True


def _follow(appeal: Appeal, notice: Notice) -> None:
    by = By.medo() if notice.channel == Channel.MEDO else By.msed()
    told = mapping.read_notification(soap.element(bytes(notice.body)), by=by)
    issue = Issue.objects.get(pk=appeal.pk)
    notice.state, notice.reason = Notice.State.APPLIED, ""
    if issue.state in mapping.NO_EFFECT:
        # As its receipt has said (contract, 1): nothing for a person to mend.
        is_withdrawn = issue.state == State.WITHDRAWN
        notice.state = Notice.State.MOOT if is_withdrawn else Notice.State.LATE
    else:
        try:
            with transaction.atomic():
                mapping.follow(told, issue, _files(notice))
        except ActionRefusedError as refused:
            notice.state, notice.reason = Notice.State.REFUSED, str(refused)
            if _is_overtaken(notice, issue, refused):
                notice.state = Notice.State.LATE
        except (OperationalError, InterfaceError):
            # The database is away: not the notification's fault, it will be tried again.
            raise
        except Exception as error:
            logger.exception("notification %s could not be followed", notice.uid)
            notice.state, notice.reason = Notice.State.REFUSED, type(error).__name__
    if notice.state == Notice.State.REFUSED:
        logger.error("notification %s is refused: %s", notice.uid, notice.reason)
    elif told.kind == "documentRefused":
        appeal.is_open = False
        appeal.save(update_fields=["is_open"])
        _drop_early(appeal)
    notice.dealt_with_at = clock.now()
    notice.save(update_fields=["state", "reason", "dealt_with_at"])


def _is_overtaken(notice: Notice, issue: Issue, refused: ActionRefusedError) -> bool:
    """Whether it only tells of work that has its answer by now: without numbers that is no fault."""
    is_course = notice.kind in {"courseChanged", "executorAssigned"}
    is_past = refused.why == "state" and issue.state not in AT_WORK_STATES
    return notice.channel == Channel.MEDO and is_course and is_past


def _drop_early(appeal: Appeal) -> None:
    """What came before a refusal and waits for a registration must not meet that of another authority."""
    early = Notice.objects.filter(
        appeal_uid=appeal.uid, channel=Channel.MEDO, state=Notice.State.WAITING
    )
    early.update(state=Notice.State.LATE, dealt_with_at=clock.now())


def _files(notice: Notice) -> mapping.FetchedFiles:
    files = list(notice.files.select_related("attachment"))
    return mapping.FetchedFiles(
        attachments=[file.attachment.uid for file in files if file.attachment],
        missing=[file.name for file in files if not file.attachment],
    )
