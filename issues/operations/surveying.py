"""The survey after an answer: its author replies, once (R6.2)."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from common import clock
from issues.models import Issue, SurveyQuestion, SurveyReply
from issues.operations.supporting import VoiceRefusedError
from issues.operations.writer import lock
from issues.queries import voices

LONGEST_WORDS = 2000
"""Characters of a reply in words."""


def reply_to_survey(*, by: User, issue: Issue, replies: Mapping[int, int | str | None]) -> int:
    """Keeps what the author says to the questions about the standing answer.

    Args:
        by: the author of the message.
        issue: an answered one.
        replies: by the question's key: 1 to 5, 1 or 0 for yes or no, or words; None and empty words are
            no reply.

    Returns:
        How many questions were replied to.

    Raises:
        VoiceRefusedError: it is not the person's message (`standing`), or nothing is asked: there is no
            answer, or it was replied to before (`said`).
        ValueError: a reply does not fit its question.
    """
    with transaction.atomic():
        issue = lock(issue)
        if issue.author_id != by.pk:
            raise VoiceRefusedError("standing")
        questions, answer = voices.survey_for(issue), voices.last_answer(issue)
        if answer is None or not questions:
            raise VoiceRefusedError("said")
        said = [
            SurveyReply(answer=answer, question=question, said_at=clock.now(), **what)
            for question in questions
            if (what := _fitting(question, replies.get(question.pk)))
        ]
        SurveyReply.objects.bulk_create(said)
    return len(said)


def _fitting(question: SurveyQuestion, reply: int | str | None) -> dict[str, int | str]:
    if reply is None or reply == "":
        return {}
    if question.kind == SurveyQuestion.Kind.TEXT:
        words = str(reply).strip()[:LONGEST_WORDS]
        return {"words": words} if words else {}
    allowed = range(1, 6) if question.kind == SurveyQuestion.Kind.SCALE else range(2)
    if not isinstance(reply, int) or reply not in allowed:
        raise ValueError("the reply does not fit the question")
    return {"number": reply}
