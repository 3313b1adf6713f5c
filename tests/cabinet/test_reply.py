"""An answer at the desk: written in steps, read as everybody will read it, sent against advice or not."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role, User
from authorities.models import Authority, Official
from cabinet import queries
from cabinet.models import AnswerDraft, AnswerTemplate
from common import clock
from issues import operations, timeline
from issues.models import Answer, Attachment, Issue
from issues.policies import By
from issues.workflow import State
from tests.cabinet.desk import answer, do, photo, send, today, write

GOOD = "Яма заделана 5 мая бригадой участка, работы приняты по акту № 8."
VAGUE = "Информация принята к сведению и передана в работу в установленном порядке."
PERSONAL = f"{GOOD} Мастер ответит по телефону +7 916 123-45-67."


@pytest.fixture
def colleague(authority: Authority, make_user: Callable[..., User]) -> User:
    user = make_user(Role.OFFICER, last_name="Зорина", first_name="Вера")
    Official.objects.create(user=user, authority=authority, post="начальник", is_head=True)
    return user


def test_a_deferred_answer_promises_a_day_to_come(desk: Client, at_work: Issue) -> None:
    words = {"decision": "deferred", "text": "Ремонт внесён в план работ на лето, договор № 4."}
    assert "Say by which day" in write(desk, at_work, **words)
    assert "Choose a day to come" in write(desk, at_work, due_date=today(), **words)
    day = clock.region_date(clock.now()) + timedelta(days=40)
    assert "told of the day" in answer(desk, at_work, due_date=day.isoformat(), **words)
    assert (at_work.state, at_work.planned_date) == (State.DEFERRED, day)


def test_what_is_shown_before_is_what_residents_see(
    desk: Client, at_work: Issue, colleague: User, client: Client
) -> None:
    page = write(
        desk,
        at_work,
        text=GOOD,
        signatory=colleague.official.pk,
        before=[photo("до.jpg")],
        after=[photo()],
        documents=[SimpleUploadedFile("акт.txt", "Акт № 8".encode())],
    )
    shown = re.search(r'<section class="card answer".*?</section>', page, re.S)
    assert shown
    for words in (GOOD, "Зорина Вера, начальник", "акт.txt"):
        assert words in shown[0]
    assert "Nothing to be said against it" in page
    assert not Answer.objects.exists()
    send(desk, at_work, page)
    public = client.get(f"/issues/{at_work.number}/").content.decode()
    published = re.search(r'<section class="card answer".*?</section>', public, re.S)
    assert published

    def bare(section: str) -> str:
        return re.sub(r"answer-\w+|<time.*?</time>", "", section)

    assert bare(published[0]) == bare(shown[0])
    purposes = Attachment.objects.filter(answer__isnull=False).values_list("purpose", flat=True)
    assert sorted(purposes) == ["after", "answer", "before"]
    assert not AnswerDraft.objects.exists()


def test_against_the_warning_it_is_sent_and_noted_for_staff_alone(
    desk: Client, at_work: Issue, authority: Authority, client: Client
) -> None:
    page = write(desk, at_work, text=VAGUE)
    assert "No concrete action" in page
    assert "<q>принята к сведению</q>" in page
    assert "The answer is published" in send(desk, at_work, page)
    given = Answer.objects.get()
    assert given.warnings == ["no_action", "no_date", "no_proof"]
    event = at_work.events.get(action="answer")
    assert event.words.private["warnings"] == given.warnings
    assert "warnings" not in event.data
    assert timeline.verify(at_work) == []
    assert "no_action" not in str(timeline.public_form(at_work))
    assert "No concrete action" not in client.get(f"/issues/{at_work.number}/").content.decode()
    assert queries.warned(authority) == (1, 1)
    assert "against the advice of the check: 1" in desk.get("/cabinet/").content.decode()
    told = [finding.code.value for finding in operations.read_answer(given)]
    assert told == given.warnings


def test_personal_data_are_confirmed_one_by_one(desk: Client, at_work: Issue) -> None:
    page = write(desk, at_work, text=PERSONAL)
    assert "<q>+7 916 123-45-67</q>" in page
    refused = send(desk, at_work, page)
    assert "Nothing was sent" in refused
    assert not Answer.objects.exists()
    send(desk, at_work, refused, **{"confirm-personal": "1"})
    assert Answer.objects.get().warnings == ["personal"]


def test_a_copy_of_another_answer_is_noticed(
    desk: Client,
    at_work: Issue,
    message: operations.Message,
    resident: User,
    moderator: User,
) -> None:
    text = "Двор убирает подрядная организация, график уборки висит на доске у подъезда."
    answer(desk, at_work, text, decision="explained")
    other = operations.file_issue(by=By.author(resident), message=message)
    operations.accept_issue(by=By.moderator(moderator), issue=other)
    do(desk, other, "register", number="", registered_on=today(), is_started="on")
    assert other.state == State.IN_PROGRESS  # registered and taken in one step
    page = write(desk, other, text=text, decision="explained")
    assert "Copied from another answer" in page


def test_bad_files_are_named_with_the_reason_and_nothing_is_lost(
    desk: Client, at_work: Issue
) -> None:
    page = write(
        desk,
        at_work,
        text=GOOD,
        before=[SimpleUploadedFile("план.txt", "план".encode())],
        after=[photo(), SimpleUploadedFile("вирус.exe", b"MZ" + b"\0" * 100)],
    )
    assert "вирус.exe: files of this type are not taken" in page
    assert "план.txt: this is no photo" in page
    assert GOOD in page
    assert "после.jpg" in page  # the good one is kept
    again = desk.get(f"/cabinet/{at_work.number}/answer/")
    assert [file.name for file in again.context["waiting"]] == ["после.jpg"]
    uid = again.context["waiting"][0].uid
    assert "после.jpg" not in write(desk, at_work, text=GOOD, remove=str(uid))
    assert not Attachment.objects.exists()


def test_at_most_ten_files(desk: Client, at_work: Issue) -> None:
    page = write(desk, at_work, text=GOOD, after=[photo(f"{n}.jpg") for n in range(11)])
    assert "10.jpg: at most 10 files go with an answer" in page


def test_a_file_of_somebody_elses_draft_is_nobody_elses(
    desk: Client, at_work: Issue, colleague: User, client: Client
) -> None:
    write(desk, at_work, text=GOOD, after=[photo()])
    uid = Attachment.objects.get().uid
    client.force_login(colleague)
    assert client.get(f"/media/{uid}/").status_code == 404
    page = client.get(f"/cabinet/{at_work.number}/answer/").content.decode()
    assert GOOD not in page
    assert "Громов Илья" in page  # but that a colleague is writing is told


def test_of_two_officers_one_answers_and_the_other_keeps_the_text(
    desk: Client, at_work: Issue, colleague: User
) -> None:
    other = Client()
    other.force_login(colleague)
    other.cookies["django_language"] = "en"
    mine, theirs = write(desk, at_work, text=GOOD), write(other, at_work, text=f"{GOOD} Вера.")
    assert "is writing an answer too" in theirs
    assert "The answer is published" in send(other, at_work, theirs)
    page = send(desk, at_work, mine)
    assert "Something has changed since you read this" in page
    assert "The authority answered" in page
    assert GOOD in page
    assert "can not be answered any more" in page
    assert Answer.objects.count() == 1
    assert AnswerDraft.objects.get().fields["text"] == GOOD


def test_a_button_pressed_twice_answers_once(desk: Client, at_work: Issue) -> None:
    page = write(desk, at_work, text=GOOD)
    assert "The answer is published" in send(desk, at_work, page)
    assert "The answer is published" in send(desk, at_work, page)
    assert Answer.objects.count() == 1
    assert at_work.events.filter(action="answer").count() == 1


def test_another_text_than_the_one_read_is_not_sent(desk: Client, at_work: Issue) -> None:
    old = write(desk, at_work, text=GOOD)
    write(desk, at_work, text=VAGUE)
    assert "Read it again" in send(desk, at_work, old)
    assert not Answer.objects.exists()


def test_what_is_sent_after_the_session_ended_is_there_after_the_login(
    desk: Client, officer: User, at_work: Issue
) -> None:
    desk.logout()
    response = desk.post(f"/cabinet/{at_work.number}/answer/", {"text": GOOD, "decision": "done"})
    assert response.status_code == 302
    assert response["Location"].endswith(f"next=/cabinet/{at_work.number}/answer/")
    desk.force_login(officer)
    desk.cookies["django_language"] = "en"
    page = desk.get(f"/cabinet/{at_work.number}/answer/").content.decode()
    assert "Your words are here again" in page
    assert GOOD in page
    desk.logout()
    desk.post(f"/cabinet/{at_work.number}/extend/", {"reason": "Идут дожди"})
    desk.force_login(officer)
    assert "Идут дожди" in desk.get(f"/cabinet/{at_work.number}/").content.decode()
    assert "Идут дожди" not in desk.get(f"/cabinet/{at_work.number}/").content.decode()


def test_a_template_is_filled_in_and_its_blanks_are_noticed(
    desk: Client, at_work: Issue, authority: Authority
) -> None:
    template = AnswerTemplate.objects.create(
        authority=authority,
        name="Осмотр",
        decision="explained",
        text="{author}, по сообщению № {number} осмотрели место: {address}. {unknown} Акт № ___.",
    )
    page = write(desk, at_work, text="Здравствуйте!", insert="1", template=str(template.pk))
    filled = f"Иванова Анна, по сообщению № {at_work.number} осмотрели место: {at_work.address}."
    assert filled in page
    draft = AnswerDraft.objects.get()
    assert draft.fields["decision"] == "explained"
    assert draft.fields["text"].startswith("Здравствуйте!\n\n")
    page = write(desk, at_work, text=draft.fields["text"], decision="explained")
    assert "A blank was not filled in" in page


def test_signs_that_nobody_types_break_nothing(desk: Client, at_work: Issue) -> None:
    write(desk, at_work, text="Заделали\0 яму.", insert="1", template="9" * 5000)
    assert AnswerDraft.objects.get().fields["text"] == "Заделали яму."
    assert desk.get("/cabinet/", {"whose": "\0"}).status_code == 200


def test_what_is_answered_already_offers_no_form(desk: Client, at_work: Issue) -> None:
    answer(desk, at_work, GOOD)
    response = desk.get(f"/cabinet/{at_work.number}/answer/", follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(f"/cabinet/{at_work.number}/", 302)]
    assert "can not be answered any more" in page
    assert "Your text is kept here" not in page


def test_a_draft_can_be_thrown_away(desk: Client, at_work: Issue) -> None:
    write(desk, at_work, text=GOOD, after=[photo()])
    desk.post(f"/cabinet/{at_work.number}/answer/discard/")
    assert not AnswerDraft.objects.exists()
    assert not Attachment.objects.exists()
