"""The authority's desk: an officer brings a message from the registration to the answer by plain forms."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AccessRecord, Role, User
from authorities.models import Authority, Official
from common import clock
from issues import operations, timeline
from issues.models import Answer, Issue
from issues.policies import By
from issues.workflow import State


@pytest.fixture
def authority(authority: Authority) -> Authority:
    """The authority of the square works in the cabinet."""
    authority.exchange = Authority.Exchange.CABINET
    authority.save()
    return authority


@pytest.fixture
def officer(authority: Authority, make_user: Callable[..., User]) -> User:
    user = make_user(Role.OFFICER, last_name="Громов", first_name="Илья", middle_name="Олегович")
    Official.objects.create(user=user, authority=authority, post="главный специалист")
    return user


@pytest.fixture
def desk(officer: User, client: Client) -> Client:
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def today() -> str:
    return clock.region_date(clock.now()).isoformat()


def photo() -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return SimpleUploadedFile("после.jpg", picture.getvalue(), "image/jpeg")


def do(desk: Client, issue: Issue, action: str, **fields: object) -> str:
    """Sends one form; the page that follows, as text."""
    response = desk.post(f"/cabinet/{issue.number}/{action}/", fields, follow=True)
    assert response.status_code == 200
    issue.refresh_from_db()
    return str(response.content.decode())


def offered(desk: Client, issue: Issue) -> list[str]:
    return [name for name, _form in desk.get(f"/cabinet/{issue.number}/").context["acts"]]


@pytest.fixture
def at_work(desk: Client, published: Issue) -> Issue:
    """A registered message in work."""
    do(desk, published, "register", number="", registered_on=today())
    do(desk, published, "start", executor="Отдел дорог")
    return published


def test_from_registration_to_the_answer_with_a_photo(desk: Client, published: Issue) -> None:
    assert offered(desk, published) == ["register", "refuse_registration"]
    do(desk, published, "register", number="", registered_on=today())
    assert (published.state, published.registration_number) == (
        State.REGISTERED,
        f"П-{published.number}",
    )
    do(desk, published, "start", executor="Отдел дорог")
    do(desk, published, "report_progress", note="Заказан асфальт")
    assert published.state == State.IN_PROGRESS
    page = do(
        desk,
        published,
        "answer",
        decision="done",
        text="Яма заделана, работы приняты комиссией.",
        photos=[photo()],
    )
    assert "The answer is published" in page
    answer = Answer.objects.get()
    assert (answer.signatory, answer.signatory_post) == (
        "Громов Илья Олегович",
        "главный специалист",
    )
    assert answer.attachments.get().is_photo
    assert published.state == State.ANSWERED
    assert offered(desk, published) == []
    assert timeline.verify(published) == []
    assert published.number in desk.get("/cabinet/?done").content.decode()


def test_a_deferred_answer_promises_a_day_to_come(desk: Client, at_work: Issue) -> None:
    words = {"decision": "deferred", "text": "Ремонт внесён в план работ на лето."}
    assert "Say by which day" in do(desk, at_work, "answer", **words)
    assert "Choose a day to come" in do(desk, at_work, "answer", due_date=today(), **words)
    day = clock.region_date(clock.now()) + timedelta(days=40)
    do(desk, at_work, "answer", due_date=day.isoformat(), **words)
    assert (at_work.state, at_work.planned_date) == (State.DEFERRED, day)


def test_a_term_is_extended_within_the_law(desk: Client, at_work: Issue) -> None:
    assert at_work.answer_due_at
    due = clock.last_day(at_work.answer_due_at)
    too_late = (due + timedelta(days=31)).isoformat()
    page = do(desk, at_work, "extend", until=too_late, reason="Идут дожди")
    assert "the law allows 30 days" in page
    assert "Идут дожди" in page  # what was written is not lost
    until = due + timedelta(days=30)
    do(desk, at_work, "extend", until=until.isoformat(), reason="Идут дожди")
    assert at_work.state == State.EXTENDED
    assert clock.last_day(at_work.answer_due_at) == until
    # What is next is the answer; the work has begun already, the term can not grow any more.
    assert offered(desk, at_work) == ["answer", "report_progress", "redirect"]


def test_only_days_that_the_law_allows_are_offered(desk: Client, at_work: Issue) -> None:
    assert at_work.answer_due_at
    due = clock.last_day(at_work.answer_due_at)
    page = desk.get(f"/cabinet/{at_work.number}/").content.decode()
    assert f'min="{due + timedelta(days=1)}" max="{due + timedelta(days=30)}"' in page
    with clock.told(at_work.answer_due_at):
        response = desk.get(f"/cabinet/{at_work.number}/")
    assert "extend" not in [name for name, _form in response.context["acts"]]
    assert "The term is over already" in response.content.decode()


def test_a_refused_form_says_so_at_the_top(desk: Client, at_work: Issue) -> None:
    page = do(desk, at_work, "answer", decision="done", text="Коротко")
    summary = page[page.index('role="alert"') : page.index("<h1>")]
    assert 'href="#reply-text"' in summary
    assert "autofocus" in summary
    assert "Коротко" in page
    assert page.count('<details class="card act" open') == 1


def test_nothing_is_counted_down_after_the_answer(desk: Client, at_work: Issue) -> None:
    assert "due in" in desk.get(f"/cabinet/{at_work.number}/").content.decode()
    page = do(desk, at_work, "answer", decision="done", text="Яма заделана, работы приняты.")
    assert "due in" not in page


def test_handed_over_it_is_the_neighbours(
    desk: Client, at_work: Issue, make_user: Callable[..., User]
) -> None:
    neighbour = Authority.objects.create(
        slug="roads", name="Дорожная служба", level="contractor", exchange="cabinet"
    )
    page = do(desk, at_work, "redirect", to=neighbour.pk, note="Дорога областная")
    assert "handed over" in page
    assert at_work.authority == neighbour
    assert desk.get(f"/cabinet/{at_work.number}/").status_code == 404
    other = make_user(Role.OFFICER)
    Official.objects.create(user=other, authority=neighbour, post="мастер")
    desk.force_login(other)
    assert "register" in offered(desk, at_work)  # under a number of its own


def test_not_ours_goes_back_to_the_manual_queue(desk: Client, published: Issue) -> None:
    do(desk, published, "refuse_registration", reason="Это дорога садового товарищества")
    assert (published.state, published.authority) == (State.PUBLISHED, None)


def test_a_neighbours_message_is_not_there(
    published: Issue, client: Client, make_user: Callable[..., User], authority: Authority
) -> None:
    other = Authority.objects.create(
        slug="other", name="Сосед", level="municipal", exchange="cabinet"
    )
    neighbour = make_user(Role.OFFICER)
    Official.objects.create(user=neighbour, authority=other, post="специалист")
    client.force_login(neighbour)
    assert published.number not in client.get("/cabinet/").content.decode()
    assert client.get(f"/cabinet/{published.number}/").status_code == 404
    for action in ("register", "answer", "redirect"):
        assert client.post(f"/cabinet/{published.number}/{action}/").status_code == 404


def test_a_message_that_waits_for_moderation_is_not_there(desk: Client, issue: Issue) -> None:
    assert issue.authority
    assert desk.get(f"/cabinet/{issue.number}/").status_code == 404


def test_the_cabinet_is_for_officers(
    published: Issue, client: Client, resident: User, moderator: User
) -> None:
    assert client.get("/cabinet/").status_code == 302
    for stranger in (resident, moderator):
        client.force_login(stranger)
        assert client.get("/cabinet/").status_code == 403
        assert client.get(f"/cabinet/{published.number}/").status_code == 403


def test_an_authority_of_msed_reads_here_and_answers_there(
    desk: Client, published: Issue, authority: Authority
) -> None:
    authority.exchange = Authority.Exchange.MSED
    authority.save()
    assert offered(desk, published) == []
    response = desk.post(f"/cabinet/{published.number}/register/", {"registered_on": today()})
    assert response.status_code == 403
    assert "works in МСЭД" in desk.get("/cabinet/").content.decode()


def test_a_refused_file_is_named_and_the_words_are_kept(desk: Client, at_work: Issue) -> None:
    page = do(
        desk,
        at_work,
        "answer",
        decision="done",
        text="Яма заделана, работы приняты комиссией.",
        photos=[SimpleUploadedFile("акт.exe", b"MZ" + b"\0" * 100)],
    )
    assert "акт.exe" in page
    assert "Яма заделана, работы приняты комиссией." in page
    assert not Answer.objects.exists()


def test_the_queue_goes_by_the_day_of_the_answer_in_few_queries(
    desk: Client,
    officer: User,
    message: operations.Message,
    resident: User,
    moderator: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = clock.now()
    for days in (0, 20, 5):
        with clock.told(now - timedelta(days=days)):
            issue = operations.file_issue(by=By.author(resident), message=message)
            operations.accept_issue(by=By.moderator(moderator), issue=issue)
    with django_assert_num_queries(7):
        response = desk.get("/cabinet/")
    due = [issue.answer_due_at for issue in response.context["page"]]
    assert due == sorted(due)
    assert response.context["figures"].late == 1
    assert response.context["figures"].new == 3


def test_who_reads_an_authors_contact_is_noted(
    desk: Client, officer: User, published: Issue, resident: User
) -> None:
    assert resident.email in desk.get(f"/cabinet/{published.number}/").content.decode()
    record = AccessRecord.objects.get()
    assert (record.user, record.place, record.subject) == (officer, "cabinet", published.number)


def test_what_is_hidden_from_the_public_is_still_worked_on(
    desk: Client, published: Issue, moderator: User, make_user: Callable[..., User]
) -> None:
    operations.hide_issue(
        by=By.moderator(moderator), issue=published, reason="На фото лицо ребёнка"
    )
    assert offered(desk, published) == ["register", "refuse_registration"]
    picture = f"/issues/{published.number}/place.svg"
    assert desk.get(picture).status_code == 200
    desk.force_login(make_user(Role.OFFICER))
    assert desk.get(picture).status_code == 404
