"""The right to be forgotten: a resident's data go, what the public was told stays without them (R13.2)."""

from typing import Any

from django.db import transaction

from accounts import operations as accounts
from accounts.models import User
from common import clock
from issues.models import (
    AbuseReport,
    Attachment,
    Confirmation,
    EventNote,
    FollowUp,
    Issue,
    Rating,
    Subscription,
    SurveyReply,
)
from issues.operations.confirming import drop_photos
from issues.operations.files import forget_files
from issues.operations.retouching import forget_originals
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.workflow import ACTIONS, Actor, State
from notifications import operations as post

ERASED = "—"
"""What stands where words were that nobody but staff has read."""
NOT_JUDGED_YET = frozenset({State.SUBMITTED, State.REJECTED, State.MERGED})

_NOT_PUBLIC = [action.name for action in ACTIONS.values() if not action.words_are_public]


def erase_resident(*, by: User) -> None:
    """Erases a resident's personal data for good.

    Gone: the account's data, photo, devices and letters, what was never published with its files, the
    author's own wording and answers beside the published text, words to a verdict or a survey, photos of
    others' repairs, and whose any message was. Staying: published texts with their photos, answers, marks and timelines, counts of
    supports; an entry tells of the erasure, and the timelines stay whole. The account stays as an empty
    shell, so that no count changes.

    Source: 152-ФЗ art. 21(5); what is published and answered stays by 59-ФЗ art. 5, 10, 11.

    Args:
        by: the resident; who has confirmed it by password.

    Raises:
        accounts.StaffStaysError: it is a member of staff: their work is kept with their name.
    """
    with transaction.atomic():
        person = accounts.lock_for_erasure(user=by)
        for pk in Issue.objects.filter(author=person).order_by("pk").values_list("pk", flat=True):
            _leave_issue(lock(pk), person)
        forget_files(Attachment.objects.filter(owner=person, issue=None))
        Subscription.objects.filter(user=person).delete()
        FollowUp.objects.filter(user=person, said_at=None).delete()
        drop_photos(Confirmation.objects.filter(user=person))
        AbuseReport.objects.filter(user=person).update(user=None, words="")
        post.forget_letters_of(user=person)
        person.devices.all().delete()
        accounts.erase_person(user=person)


def _leave_issue(issue: Issue, person: User) -> None:
    was_published = issue.published_at is not None
    if State(issue.state) in NOT_JUDGED_YET:
        perform(
            issue,
            "withdraw",
            by=By.author(person),
            private={"words": ""},
            changes={"closed_at": clock.now()},
        )
    changes: dict[str, Any] = {
        "author": None,
        "author_name": "",
        "company_name": "",
        "company_inn": "",
        "details": {},
        "description": issue.published_text or ERASED,
    }
    if not was_published:
        changes["address"] = ERASED
    perform(issue, "erase", by=By.author(person), changes=changes)
    if not was_published:
        forget_files(issue.attachments.all())
    forget_originals(issue)
    issue.attachments.filter(owner=person).update(owner=None)
    notes = EventNote.objects.filter(event__issue=issue)
    notes.filter(event__action__in=_NOT_PUBLIC).update(note="", note_salt="", erased_at=clock.now())
    notes.filter(event__actor=Actor.AUTHOR).update(
        note="", note_salt="", private={}, private_salt="", erased_at=clock.now()
    )
    Rating.objects.filter(answer__issue=issue).update(comment="", published_comment="")
    SurveyReply.objects.filter(answer__issue=issue, number=None).delete()
    SurveyReply.objects.filter(answer__issue=issue).update(words="")
