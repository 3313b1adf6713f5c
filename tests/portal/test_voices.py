"""What residents do beside a message: by plain forms, with or without an account."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AccessRecord, Role, User
from authorities.models import Authority, Official
from common import clock
from issues import operations
from issues.models import AbuseReport, Attachment, FollowUp, Issue, SurveyQuestion, SurveyReply
from issues.policies import By
from issues.queries import voices

DONE = operations.Reply("done", "Яма заделана 3 июня.", "Петров П. П.")


def text_of(client: Client, address: str, status: int = 200) -> str:
    page = client.get(address)
    assert page.status_code == status
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def neighbour(make_user: Callable[..., User]) -> User:
    return make_user(last_name="Соседова", first_name="Вера", home_municipality="square")


@pytest.fixture
def address(published: Issue) -> str:
    return f"/issues/{published.number}/"


@pytest.fixture
def answered(published: Issue) -> Issue:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    operations.answer_issue(by=By.msed(), issue=published, reply=DONE)
    return Issue.objects.get(pk=published.pk)


# --- Me too -------------------------------------------------------------------------------------------
def test_support_and_take_back_by_plain_forms(
    client: Client, address: str, neighbour: User
) -> None:
    client.force_login(neighbour)
    assert "Меня это тоже касается" in text_of(client, address)
    for _double_click in range(2):
        answer = client.post(f"{address}support/")
        assert answer.headers["Location"] == f"{address}#support"
    text = text_of(client, address)
    assert "<strong>1</strong> житель поддерживает" in text
    assert "Соседова" not in Client().get(address).content.decode()
    client.post(f"{address}support/", {"off": "1"})
    assert "Пока никто не поддержал" in text_of(client, address)


def test_without_an_account_the_way_in_leads_back(client: Client, address: str) -> None:
    link = f"/accounts/login/?next={address}%23support"
    assert link in text_of(client, address)
    assert client.post(f"{address}support/").headers["Location"] == link
    assert client.get(f"{address}support/").headers["Location"] == f"{address}#support"


def test_ones_own_message_is_not_supported(client: Client, address: str, resident: User) -> None:
    client.force_login(resident)
    assert f"{address}support/" not in text_of(client, address)
    page = client.post(f"{address}support/", follow=True)
    assert "ваше собственное сообщение" in page.content.decode()


def test_what_nobody_sees_is_not_there(client: Client, issue: Issue, neighbour: User) -> None:
    client.force_login(neighbour)
    for part in ("support", "repair", "survey", "report", "control"):
        assert client.get(f"/issues/{issue.number}/{part}/").status_code == 404
        assert client.post(f"/issues/{issue.number}/{part}/").status_code == 404


# --- Fixed or not -------------------------------------------------------------------------------------
def test_a_neighbour_says_and_changes_it(client: Client, answered: Issue, neighbour: User) -> None:
    address = f"/issues/{answered.number}/"
    client.force_login(neighbour)
    assert "Вы живёте в этом муниципалитете" in text_of(client, address)
    client.post(f"{address}repair/", {"fixed": "no"})
    assert "Вы сказали: не исправлено" in text_of(client, address)
    client.post(f"{address}repair/", {"fixed": "yes"})
    text = text_of(client, address)
    assert "Вы сказали: исправлено" in text
    assert "<strong>1</strong> исправлено" in text
    page = client.post(f"{address}repair/", {"fixed": "perhaps"}, follow=True)
    assert "Скажите, исправлено ли" in page.content.decode()


def test_a_stranger_reads_who_may_say_it(
    client: Client, answered: Issue, make_user: Callable[..., User]
) -> None:
    address = f"/issues/{answered.number}/"
    assert f"/accounts/login/?next={address}%23repair" in text_of(client, address)
    client.force_login(make_user())
    assert f"{address}repair/" not in text_of(client, address)
    page = client.post(f"{address}repair/", {"fixed": "yes"}, follow=True)
    assert "кто поддержал сообщение раньше ответа" in page.content.decode()


def test_the_page_costs_the_same_with_many_voices(
    client: Client,
    answered: Issue,
    neighbour: User,
    make_user: Callable[..., User],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        someone = make_user(home_municipality="square")
        operations.support_issue(by=someone, issue=answered)
        operations.confirm_repair(by=someone, issue=answered, is_fixed=number > 2)
    issue = Issue.objects.get(pk=answered.pk)
    with django_assert_max_num_queries(6):
        seen = voices.of_issue(issue, neighbour)
    assert seen.repair
    assert (seen.repair.fixed, seen.repair.not_fixed) == (2, 3)


# --- Four weeks later ---------------------------------------------------------------------------------
def test_one_click_from_the_letter_without_a_log_in(
    client: Client, answered: Issue, neighbour: User
) -> None:
    answer = voices.last_answer(answered)
    assert answer
    asked = FollowUp.objects.create(answer=answer, user=neighbour, asked_at=clock.now())
    address = f"/still-fixed/{voices.follow_up_token(asked)}/"
    text = text_of(client, address)
    assert "Всё ещё в порядке?" in text
    assert "Соседова" not in text
    asked.refresh_from_db()
    assert asked.is_fixed is None  # a program that looks at the link has said nothing
    assert client.post(address, {"fixed": "?"}).status_code == 400
    client.post(address, {"fixed": "no"})
    assert "проблема вернулась" in text_of(client, address)
    client.post(address, {"fixed": "yes"})
    assert FollowUp.objects.get(pk=asked.pk).is_fixed is True
    assert "Ссылка не открывается" in text_of(client, "/still-fixed/nonsense/", 404)


# --- The survey ---------------------------------------------------------------------------------------
@pytest.fixture
def questions(db: None) -> list[SurveyQuestion]:
    SurveyQuestion.objects.all().delete()
    return [
        SurveyQuestion.objects.create(text=f"В{n}?", text_en=f"Q{n}?", kind=kind, place=n)
        for n, kind in enumerate(("scale", "yes_no", "text"), start=1)
    ]


def test_the_author_is_asked_once(
    client: Client, answered: Issue, resident: User, questions: list[SurveyQuestion]
) -> None:
    address = f"/issues/{answered.number}/survey/"
    client.force_login(resident)
    assert address in text_of(client, f"/my/{answered.number}/")
    scale, yes_no, words = (f"question-{question.pk}" for question in questions)
    empty = client.post(address, {})
    assert empty.status_code == 400
    assert "хотя бы на один вопрос" in empty.content.decode()
    bad = client.post(address, {scale: "9", words: "Звонили вежливо."})
    assert bad.status_code == 400
    assert "Звонили вежливо." in bad.content.decode()
    client.post(address, {scale: "4", yes_no: "0", words: ""})
    assert SurveyReply.objects.count() == 2
    assert address not in text_of(client, f"/my/{answered.number}/")
    assert client.get(address).status_code == 302


def test_nobody_else_is_asked(client: Client, answered: Issue, neighbour: User) -> None:
    client.force_login(neighbour)
    assert client.get(f"/issues/{answered.number}/survey/").status_code == 404


def test_what_authors_say_is_public_when_enough_do(
    client: Client,
    answered: Issue,
    publish: Callable[..., Issue],
    authority: Authority,
    questions: list[SurveyQuestion],
) -> None:
    scale, yes_no, words = questions
    pages = (f"/authorities/{authority.slug}/", f"/issues/{answered.number}/")
    for number in range(voices.FEWEST_REPLIES):
        assert "В1?" not in "".join(text_of(client, page) for page in pages)
        cache.clear()
        issue = publish()
        operations.register_issue(
            by=By.msed(), issue=issue, number="1", registered_on=date(2026, 6, 1)
        )
        operations.answer_issue(by=By.msed(), issue=issue, reply=DONE)
        issue.refresh_from_db()
        assert issue.author
        said: dict[int, int | str | None] = {
            scale.pk: 4,
            yes_no.pk: number % 2,
            words.pk: "Вежливо.",
        }
        operations.reply_to_survey(by=issue.author, issue=issue, replies=said)
    for page in pages:
        text = text_of(client, page)
        assert "В1?</span> <strong>4,0 из 5</strong>" in text
        assert "40 % отвечают «да»" in text
        assert "5 ответов" in text
        assert "В3?" not in text
        assert "Вежливо." not in text


# --- Reports ------------------------------------------------------------------------------------------
def test_a_report_keeps_what_was_typed_until_it_is_right(client: Client, address: str) -> None:
    report = f"{address}report/"
    assert report in text_of(client, address)
    bad = client.post(report, {"words": "Тут мой телефон."})
    assert bad.status_code == 400
    assert "Тут мой телефон." in bad.content.decode()
    assert client.post(report, {"reason": "other", "words": " "}).status_code == 400
    page = client.post(report, {"reason": "personal_data", "words": "Тут телефон."}, follow=True)
    assert "Модератор посмотрит" in page.content.decode()
    assert AbuseReport.objects.get().user is None


def test_an_unknown_one_reports_five_times_an_hour(client: Client, address: str) -> None:
    for _ in range(5):
        assert client.post(f"{address}report/", {"reason": "spam"}).status_code == 302
    page = client.post(f"{address}report/", {"reason": "other", "words": "Реклама."})
    assert page.status_code == 429
    assert "Реклама." in page.content.decode()
    assert AbuseReport.objects.count() == 5


def test_a_known_one_does_not_flood_the_desk(
    client: Client, publish: Callable[..., Issue], neighbour: User, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"report_abuse_known": "2/h/user"}
    client.force_login(neighbour)
    said = [
        client.post(f"/issues/{publish().number}/report/", {"reason": "spam"}).status_code
        for _number in range(3)
    ]
    assert said == [302, 302, 429]


def test_a_known_one_reports_once(client: Client, address: str, neighbour: User) -> None:
    client.force_login(neighbour)
    client.post(f"{address}report/", {"reason": "spam"})
    page = client.post(f"{address}report/", {"reason": "insult"}, follow=True)
    assert "уже пожаловались" in page.content.decode()
    assert AbuseReport.objects.count() == 1


# --- The verdict --------------------------------------------------------------------------------------
def test_a_verdict_with_a_photo(
    client: Client,
    answered: Issue,
    resident: User,
    make_user: Callable[..., User],
    media: Path,
) -> None:
    client.force_login(resident)
    rate = f"/my/{answered.number}/rate/"
    sent = {"solved": "no", "stars": "1", "comment": "Яма на месте."}
    wrong = SimpleUploadedFile("яма.txt", "Это не фото.".encode(), "text/plain")
    page = client.post(rate, {**sent, "photo": wrong})
    assert page.status_code == 400
    assert "Яма на месте." in page.content.decode()
    picture = BytesIO()
    Image.new("RGB", (50, 50), "brown").save(picture, "JPEG")
    client.post(rate, {**sent, "photo": SimpleUploadedFile("яма.jpg", picture.getvalue())})
    photo = Attachment.objects.get()
    assert str(photo.uid) in text_of(client, f"/my/{answered.number}/")
    for reader in (client, Client()):
        assert str(photo.uid) not in text_of(reader, f"/issues/{answered.number}/")
    own = client.get(f"/media/{photo.uid}/")
    assert own.headers["Cache-Control"] == "private, no-store"
    assert own.getvalue()
    assert Client().get(f"/media/{photo.uid}/").status_code == 404
    assert not AccessRecord.objects.exists()
    desk = Client()
    desk.force_login(make_user(Role.MODERATOR))
    assert desk.get(f"/media/{photo.uid}/").getvalue()
    assert AccessRecord.objects.get().subject == answered.number, "it is not public"


def refuse_thrice(issue: Issue, resident: User) -> None:
    for _ in range(3):
        if not Issue.objects.get(pk=issue.pk).registration_number:
            operations.register_issue(
                by=By.msed(), issue=issue, number="1", registered_on=date(2026, 6, 1)
            )
        operations.answer_issue(by=By.msed(), issue=issue, reply=DONE)
        operations.rate_issue(
            by=By.author(resident), issue=issue, stars=1, solved=False, comment="Нет."
        )


def test_what_ended_unsolved_is_nowhere_shown_as_if_it_were_done(
    client: Client,
    published: Issue,
    resident: User,
    authority: Authority,
    make_user: Callable[..., User],
) -> None:
    refuse_thrice(published, resident)
    page = f"/issues/{published.number}/"
    addresses = (
        page,
        "/issues/?state=unsolved",
        "/map/?part=list",
        f"/authorities/{authority.slug}/",
    )
    for address in addresses:
        shown = text_of(client, address)
        assert "закрыто, не решено</span>" in shown, address
        assert "chip--closed" not in shown, address
    # Its author, a supporter and the officer see the same.
    officer = make_user(Role.OFFICER)
    Official.objects.create(user=officer, authority=authority, post="инженер")
    neighbour = make_user()
    published.supports.create(user=neighbour, supported_at=clock.now())
    for reader, own in (
        (resident, "/my/"),
        (resident, f"/my/{published.number}/"),
        (neighbour, "/my/supported/"),
        (officer, "/cabinet/?done=1"),
        (officer, f"/cabinet/{published.number}/"),
    ):
        client.force_login(reader)
        shown = text_of(client, own)
        assert "закрыто, не решено</span>" in shown, own
        assert "chip--closed" not in shown, own
    assert page not in text_of(client, "/issues/?state=solved")
    whole: dict[str, str | int] = {"bbox": "36,55,39,56", "zoom": 9}
    (sign,) = client.get("/map/issues.json", whole).json()["signs"]
    assert sign["state"] == "unsolved"
    assert "закрыто, не решено" in sign["label"]


def test_the_head_speaks_on_a_page_of_its_own(
    client: Client,
    published: Issue,
    resident: User,
    authority: Authority,
    make_user: Callable[..., User],
) -> None:
    refuse_thrice(published, resident)
    page = f"/issues/{published.number}/"
    assert "На контроле у главы" in text_of(client, page)
    head = make_user(Role.OFFICER)
    Official.objects.create(user=head, authority=authority, post="глава", is_head=True)
    client.force_login(resident)
    assert client.get(f"{page}control/").status_code == 404
    assert "держит его на контроле" in text_of(client, f"/my/{published.number}/")
    assert f"{page}control/" not in text_of(client, page)
    client.force_login(head)
    assert f"{page}control/" in text_of(client, page)
    # What was said stands where the head decides, and at the desk, where the head begins.
    assert text_of(client, f"{page}control/").count("Нет.") == 3
    assert published.number in text_of(client, "/cabinet/")
    at_the_desk = text_of(client, f"/cabinet/{published.number}/")
    assert f"{page}control/" in at_the_desk
    assert "не решено, 1 из 5" in at_the_desk
    assert client.post(f"{page}control/", {"words": " "}).status_code == 400
    client.post(f"{page}control/", {"words": "Подрядчик заменён."})
    assert "Подрядчик заменён." in text_of(Client(), page)
    assert client.get(f"{page}control/").headers["Location"] == f"{page}#control"
    assert published.number not in text_of(client, "/cabinet/")


def test_the_authority_has_it_in_its_record(
    client: Client,
    answered: Issue,
    resident: User,
    authority: Authority,
    make_user: Callable[..., User],
) -> None:
    operations.rate_issue(by=By.author(resident), issue=answered, stars=5, solved=True)
    for _ in range(3):
        someone = make_user(home_municipality="square")
        operations.confirm_repair(by=someone, issue=answered, is_fixed=False)
    assert "не исправлено – 3, исправлено – 0" in text_of(client, f"/authorities/{authority.slug}/")
    assert "многие жители говорят" in text_of(client, f"/issues/{answered.number}/")
