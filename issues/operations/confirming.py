"""Is it fixed? Supporters and neighbours say so after the answer, and are asked again weeks later."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common import clock, uploads
from issues import letters
from issues.models import Answer, Attachment, Confirmation, FollowUp, Issue, Rating
from issues.operations.files import forget_files, keep_issue_file
from issues.operations.supporting import VoiceRefusedError
from issues.operations.writer import lock
from issues.queries import voices
from issues.workflow import State


def confirm_repair(
    *, by: User, issue: Issue, is_fixed: bool, photo: uploads.Upload | None = None
) -> Confirmation:
    """Says whether what the answer calls done is done; a person says it once and may change it (R6.2).

    Args:
        by: a supporter from before the answer, or one whose municipality of interest it is.
        issue: a public one whose standing answer says “done”.
        is_fixed: what the person found.
        photo: of it; public once a moderator has looked at it (`judge_photo`). It takes the place of an
            earlier one, which goes as well when the person finds the opposite.

    Raises:
        VoiceRefusedError: no answer says that it is done (`state`), it is the person's own message
            (`own`), or the person is neither supporter nor neighbour (`standing`).
    """
    with transaction.atomic():
        issue = lock(issue)
        answer, standing = say_of(by, issue)
        said = Confirmation.objects.filter(answer=answer, user=by).first()
        if said is None:
            said = Confirmation(answer=answer, user=by)
        elif photo is not None or said.is_fixed != is_fixed:
            drop_photos(Confirmation.objects.filter(pk=said.pk))
            said.refresh_from_db()
        said.is_fixed, said.standing, said.said_at = is_fixed, standing, clock.now()
        if photo is not None:
            said.photo = keep_issue_file(
                issue=issue, owner=by, upload=photo, purpose=Attachment.Purpose.REPAIR
            )
        said.save()
    return said


def say_of(user: User, issue: Issue) -> tuple[Answer, str]:
    """The answer that a person may speak of, and in what standing; asked before a photo is examined.

    Raises:
        VoiceRefusedError: as `confirm_repair` does.
    """
    answer = voices.repair_of(issue)
    if answer is None:
        raise VoiceRefusedError("state")
    if issue.author_id == user.pk:
        raise VoiceRefusedError("own")
    if not (standing := voices.standing(user, issue, answer)):
        raise VoiceRefusedError("standing")
    return answer, standing


def drop_photos(said: QuerySet[Confirmation]) -> int:
    """Deletes the photos of words on repairs, shown or not; the words stay. Returns how many."""
    photos = list(said.exclude(photo=None).values_list("photo", flat=True))
    said.update(photo=None, photo_outcome="", photo_judged_by=None, photo_judged_at=None)
    return forget_files(Attachment.objects.filter(pk__in=photos))


def ask_if_still_fixed(*, issue: Issue) -> int:
    """Asks the author and the supporters, four weeks after the end, each once; returns how many."""
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        answer = voices.repair_of(issue)
        is_time = issue.closed_at is not None and now >= issue.closed_at + voices.FOLLOW_UP_AFTER
        if answer is None or issue.state != State.CLOSED or not is_time:
            return 0
        if not Rating.objects.filter(answer=answer, solved=True).exists():
            return 0
        asked = 0
        for person in voices.people_to_ask(issue):
            follow_up, is_new = FollowUp.objects.get_or_create(
                answer=answer, user=person, defaults={"asked_at": now}
            )
            if is_new:
                letters.ask_if_still_fixed(issue, follow_up)
                asked += 1
    return asked


def reply_to_follow_up(*, follow_up: FollowUp, is_fixed: bool) -> None:
    """Notes what the reader of the letter says; a second thought takes the place of the first."""
    FollowUp.objects.filter(pk=follow_up.pk).update(is_fixed=is_fixed, said_at=clock.now())
