"""Is it fixed? Supporters and neighbours say so after the answer, and are asked again weeks later."""

from django.db import transaction

from accounts.models import User
from common import clock
from issues import letters
from issues.models import Confirmation, FollowUp, Issue, Rating
from issues.operations.supporting import VoiceRefusedError
from issues.operations.writer import lock
from issues.queries import voices
from issues.workflow import State


def confirm_repair(*, by: User, issue: Issue, is_fixed: bool) -> Confirmation:
    """Says whether what the answer calls done is done; a person says it once and may change it (R6.2).

    Args:
        by: a supporter from before the answer, or one whose municipality of interest it is.
        issue: a public one whose standing answer says “done”.
        is_fixed: what the person found.

    Raises:
        VoiceRefusedError: no answer says that it is done (`state`), it is the person's own message
            (`own`), or the person is neither supporter nor neighbour (`standing`).
    """
    with transaction.atomic():
        issue = lock(issue)
        answer = voices.repair_of(issue)
        if answer is None:
            raise VoiceRefusedError("state")
        if issue.author_id == by.pk:
            raise VoiceRefusedError("own")
        standing = voices.standing(by, issue, answer)
        if not standing:
            raise VoiceRefusedError("standing")
        said, _is_new = Confirmation.objects.update_or_create(
            answer=answer,
            user=by,
            defaults={"is_fixed": is_fixed, "said_at": clock.now(), "standing": standing},
        )
    return said


def ask_if_still_fixed(*, issue: Issue) -> int:
    """Asks the author and the supporters, four weeks after the end, each once; returns how many."""
    with transaction.atomic():
        issue = lock(issue)
        now = clock.now()
        answer = voices.last_answer(issue)
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
