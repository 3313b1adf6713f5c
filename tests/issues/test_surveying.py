"""The survey after an answer: five questions, asked of the author, once."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from authorities.models import Authority
from issues import operations
from issues.models import Issue, SurveyQuestion, SurveyReply
from issues.operations import VoiceRefusedError, reply_to_survey
from issues.policies import By
from issues.queries import voices

REPLY = operations.Reply("done", "Яма заделана.", "Петров П. П.")
Questions = list[SurveyQuestion]


@pytest.fixture
def questions(db: None) -> Questions:
    """One of each kind, and one that is not asked."""
    SurveyQuestion.objects.all().delete()
    kinds = [("scale", True), ("yes_no", True), ("text", True), ("text", False)]
    return [
        SurveyQuestion.objects.create(
            text=f"Вопрос {n}", text_en=f"Question {n}", kind=kind, place=n, is_active=is_active
        )
        for n, (kind, is_active) in enumerate(kinds, start=1)
    ]


@pytest.fixture
def answered(published: Issue, questions: Questions) -> Issue:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    return Issue.objects.get(pk=published.pk)


def test_the_author_replies_once(
    answered: Issue, questions: Questions, resident: User, authority: Authority
) -> None:
    scale, yes_no, text, silent = questions
    assert voices.of_issue(answered, resident).survey_waits
    replies: dict[int, int | str | None] = {scale.pk: 4, yes_no.pk: 0, text.pk: " ", silent.pk: "?"}
    assert reply_to_survey(by=resident, issue=answered, replies=replies) == 2
    assert not voices.of_issue(answered, resident).survey_waits
    with pytest.raises(VoiceRefusedError, match="said"):
        reply_to_survey(by=resident, issue=answered, replies={text.pk: "Спасибо"})
    told = voices.survey_results(authority, fewest=1)
    assert [(r.question, r.replies, r.mean) for r in told] == [(scale, 1, 4.0), (yes_no, 1, 0.0)]
    assert voices.survey_results(authority) == [], "one reply is nobody's but the author's"


def test_only_the_author_and_only_after_an_answer(
    published: Issue, questions: Questions, resident: User, make_user: Callable[..., User]
) -> None:
    with pytest.raises(VoiceRefusedError, match="standing"):
        reply_to_survey(by=make_user(), issue=published, replies={})
    with pytest.raises(VoiceRefusedError, match="said"):
        reply_to_survey(by=resident, issue=published, replies={questions[0].pk: 5})


@pytest.mark.parametrize(("place", "reply"), [(0, 6), (0, 0), (0, "5"), (1, 2), (1, "yes")])
def test_a_reply_that_does_not_fit(
    answered: Issue, questions: Questions, resident: User, place: int, reply: int | str
) -> None:
    with pytest.raises(ValueError, match="fit"):
        reply_to_survey(by=resident, issue=answered, replies={questions[place].pk: reply})
    assert not SurveyReply.objects.exists()


def test_the_database_keeps_them_to_five(questions: Questions) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyQuestion.objects.create(text="ещё", text_en="more", kind="text", place=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyQuestion.objects.create(text="ещё", text_en="more", kind="text", place=6)


def test_staff_read_the_results_and_keep_what_was_replied_to(
    client: Client, answered: Issue, questions: Questions, resident: User
) -> None:
    scale, yes_no, *_rest = questions
    reply_to_survey(by=resident, issue=answered, replies={scale.pk: 4, yes_no.pk: 1})
    client.force_login(User.objects.create_superuser("root@example.org", "x"))
    page = client.get("/admin/issues/surveyquestion/").content.decode()
    assert "4,00" in page
    assert "100 %" in page
    address = f"/admin/issues/surveyquestion/{scale.pk}/change/"
    text = {"text": "Другой вопрос?", "text_en": "Another?", "kind": "text", "place": "1"}
    client.post(address, {**text, "is_active": "on"})
    scale.refresh_from_db()
    assert (scale.text, scale.kind) == ("Вопрос 1", "scale")
    taken = client.post("/admin/issues/surveyquestion/add/", {**text, "is_active": "on"})
    assert "уже стоит другой" in taken.content.decode()
    assert client.get("/admin/issues/surveyreply/").status_code == 200
