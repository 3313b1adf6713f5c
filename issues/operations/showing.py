"""What residents wrote or showed beside a message: a moderator looks at it before everybody sees it (R6.2)."""

import uuid

from django.db import transaction

from common import clock
from issues.models import Confirmation, Issue, Rating
from issues.operations.supporting import VoiceRefusedError
from issues.operations.writer import lock, perform
from issues.policies import By, may_act
from issues.workflow import ActionRefusedError, Actor


def publish_comment(*, by: By, rating: Rating, words: str) -> Rating:
    """Shows everybody the author's words about an answer, as the moderator leaves them.

    Args:
        by: a moderator.
        rating: the verdict; one that is shown already gets these words instead.
        words: the comment without what nobody else may read, such as personal data.

    Raises:
        ActionRefusedError: somebody else judges, or the message is not one that the public saw.
        VoiceRefusedError: there are no words: to show, or any more, since the author was erased (`said`).
    """
    with transaction.atomic():
        issue, rating = _locked(rating)
        words = words.strip()
        if not words or not rating.comment:
            raise VoiceRefusedError("said")
        if words != rating.published_comment:
            told = {"answer": str(rating.answer.uid)}
            perform(issue, "publish_words", by=by, data=told)
            _judge(rating, words)
    return rating


def withhold_comment(*, by: By, rating: Rating) -> Rating:
    """Leaves the author's words to the authority and the moderators, or takes them back from the public.

    Args:
        by: a moderator.
        rating: the verdict.

    Raises:
        ActionRefusedError: somebody else judges.
    """
    with transaction.atomic():
        issue, rating = _locked(rating)
        if rating.published_comment:
            told = {"answer": str(rating.answer.uid)}
            perform(issue, "withdraw_words", by=by, data=told)
        else:
            _only_moderators(by, issue, "withdraw_words")
        _judge(rating, "")
    return rating


def judge_photo(*, by: By, said: Confirmation, show: bool, seen: uuid.UUID) -> Confirmation:
    """Shows everybody the photo of a word on a repair, or leaves it to its sender and the moderators.

    Args:
        by: a moderator.
        said: the word with its photo.
        show: whether everybody may see it; a second look may change the first.
        seen: uid of the photo as the moderator saw it.

    Raises:
        ActionRefusedError: somebody else judges.
        VoiceRefusedError: the sender has taken it back or sent another one since, or it was drawn anew (`said`).
    """
    outcomes = Confirmation.PhotoOutcome
    with transaction.atomic():
        issue = lock(said.answer.issue_id)
        _only_moderators(by, issue, "publish_words")
        said = (
            Confirmation.objects.select_for_update(of=("self",))
            .select_related("photo")
            .get(pk=said.pk)
        )
        if said.user == by.user:  # nobody judges what they sent themselves
            raise ActionRefusedError("publish_words", "actor")
        if said.photo is None or said.photo.uid != seen:
            raise VoiceRefusedError("said")
        said.photo_outcome = outcomes.SHOWN if show else outcomes.WITHHELD
        said.photo_judged_by, said.photo_judged_at = by.user, clock.now()
        said.save(update_fields=["photo_outcome", "photo_judged_by", "photo_judged_at"])
    return said


def _locked(rating: Rating) -> tuple[Issue, Rating]:
    issue = lock(rating.answer.issue_id)
    return issue, Rating.objects.select_related("answer").get(pk=rating.pk)


def _judge(rating: Rating, words: str) -> None:
    rating.published_comment, rating.comment_judged_at = words, clock.now()
    rating.save(update_fields=["published_comment", "comment_judged_at"])


def _only_moderators(by: By, issue: Issue, action: str) -> None:
    if by.actor != Actor.MODERATOR or not may_act(by, issue):
        raise ActionRefusedError(action, "actor")
