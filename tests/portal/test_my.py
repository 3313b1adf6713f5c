"""Own messages: the stage in plain words, the verdict, the withdrawal; nobody sees a neighbour's."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.formats import date_format

from accounts.models import User
from authorities.models import Authority, Kind, Topic
from common import clock
from issues import operations, telling
from issues.models import Issue, Rating, Support
from issues.operations import Reply
from issues.policies import By
from issues.queries.own import OWN_STATES, PAGE, own
from issues.workflow import State
from portal.my.next_step import next_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(client: Client, resident: User) -> Client:
    client.force_login(resident)
    return client


@pytest.fixture
def answered(published: Issue) -> Issue:
    by = By.msed()
    operations.register_issue(by=by, issue=published, number="В-1", registered_on=date(2026, 3, 2))
    operations.answer_issue(
        by=by,
        issue=published,
        reply=Reply(decision="done", text="Яму заделали.", signatory="Кравцов Д. Л."),
    )
    published.refresh_from_db()
    return published


def test_the_list_says_what_is_next(mine: Client, issue: Issue) -> None:
    text = mine.get("/my/").content.decode()
    assert issue.number in text
    assert "Модератор прочитает его до" in text


def test_an_empty_list_helps(mine: Client) -> None:
    assert 'href="/new/"' in mine.get("/my/").content.decode()


@pytest.mark.parametrize("path", ["/my/", "/my/2026-1/", "/my/2026-1/withdraw/"])
def test_a_stranger_is_asked_to_log_in(client: Client, path: str, db: None) -> None:
    assert client.get(path).headers["Location"].startswith("/accounts/login/")


def test_a_neighbours_message_is_not_there(
    client: Client, make_user: Callable[..., User], answered: Issue
) -> None:
    client.force_login(make_user())
    path = f"/my/{answered.number}/"
    assert client.get(path).status_code == 404
    verdict = {"solved": "yes", "stars": "5"}
    assert client.post(f"{path}rate/", verdict).status_code == 404
    assert client.post(f"{path}withdraw/").status_code == 404
    assert client.post(f"{path}correct/").status_code == 404
    assert client.get(f"/new/sent/{answered.number}/").status_code == 404
    assert answered.number not in client.get("/my/").content.decode()
    assert not Rating.objects.exists()


def test_solved_closes(mine: Client, answered: Issue) -> None:
    path = f"/my/{answered.number}/"
    page = mine.get(path).content.decode()
    assert "Яму заделали." in page
    page = mine.post(f"{path}rate/", {"solved": "yes", "stars": "5"}, follow=True).content.decode()
    assert "Сообщение закрыто" in page
    answered.refresh_from_db()
    assert answered.state == State.CLOSED
    again = mine.post(f"{path}rate/", {"solved": "yes", "stars": "1"}, follow=True)
    assert "уже оценён" in again.content.decode()
    assert Rating.objects.get().stars == 5


def test_not_solved_needs_words_and_returns(mine: Client, answered: Issue) -> None:
    path = f"/my/{answered.number}/rate/"
    page = mine.post(path, {"solved": "no", "stars": "2", "comment": "  "})
    assert page.status_code == 400
    assert 'href="#id_comment"' in page.content.decode()
    assert not Rating.objects.exists()
    mine.post(path, {"solved": "no", "stars": "2", "comment": "Яма на месте."})
    answered.refresh_from_db()
    assert (answered.state, answered.returns) == (State.DISPATCHED, 1)


@pytest.mark.parametrize(
    "path",
    [
        "/my/{}/rate/",
        "/my/{}/correct/",
        "/my/data/export/",
        "/my/subscriptions/7d3c0f8e-5a41-4c77-9b0e-2f6f1d1c9a01/",
    ],
)
def test_who_was_logged_out_meanwhile_comes_back_to_a_page(
    mine: Client, answered: Issue, path: str
) -> None:
    """The log-in leads back to where a form was sent to, by GET."""
    path = path.format(answered.number)
    landed = mine.get(path, follow=True)
    assert landed.status_code == 200


def test_a_verdict_sent_without_a_session_is_still_in_the_form(
    client: Client, answered: Issue, resident: User
) -> None:
    path = f"/my/{answered.number}/rate/"
    sent = client.post(path, {"solved": "no", "stars": "2", "comment": "Яма снова там."})
    assert sent["Location"] == f"/accounts/login/?next={path}"
    client.force_login(resident)
    page = client.get(path, follow=True).content.decode()
    assert "ничего не отправлено" in page
    assert "Яма снова там." in page
    assert not answered.events.filter(action="rate").exists()
    assert "ничего не отправлено" not in client.get(f"/my/{answered.number}/").content.decode()


def test_a_withdrawal_asks_first(mine: Client, issue: Issue) -> None:
    path = f"/my/{issue.number}/withdraw/"
    assert mine.get(path).status_code == 200
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    mine.post(path, {"note": "Уже починили."})
    issue.refresh_from_db()
    assert issue.state == State.WITHDRAWN
    assert mine.get(path).status_code == 302
    assert "нельзя отозвать" in mine.post(path, follow=True).content.decode()


@pytest.mark.parametrize(("state", "kind"), list(product(State, Kind.values)))
def test_every_state_has_its_next_step(topic: Topic, state: State, kind: str) -> None:
    """In words of the language, with no gap where a date should stand."""
    now = clock.now()
    bare = Issue(kind=kind, topic=topic, state=state, point=Point(37, 55), moderation_due_at=now)
    full = Issue(
        kind=kind,
        topic=topic,
        state=state,
        moderation_due_at=now,
        registration_due_at=now + timedelta(days=3),
        answer_due_at=now + timedelta(days=9),
        answered_at=now,
        planned_date=now.date(),
    )
    with translation.override("ru"):
        for issue in (bare, full):
            words = next_step(issue)
            assert words
            assert "None" not in words
            assert not any("a" <= letter <= "z" for letter in words.lower())


def test_a_late_answer_is_called_late(topic: Topic) -> None:
    issue = Issue(
        topic=topic, state=State.IN_PROGRESS, answer_due_at=clock.now() - timedelta(days=2)
    )
    with translation.override("ru"):
        assert "задерживается" in next_step(issue)


def test_the_end_by_silence_is_never_said_to_be_past(answered: Issue) -> None:
    """Whoever was told late, or not yet, has the days of the notice still to come."""
    late = clock.now() + timedelta(days=20)
    with clock.told(late), translation.override("ru"):
        said = date_format(clock.region_date(late + timedelta(days=3)), "j E Y")
        assert said in next_step(answered)
        assert said in telling.next_step(answered)


def test_the_moderators_words_stand_with_the_message(
    mine: Client, issue: Issue, moderator: User
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Уберите номер телефона.", code="other"
    )
    text = mine.get("/my/?stage=mine").content.decode()
    assert "Уберите номер телефона." in text
    assert issue.number not in mine.get("/my/?stage=waiting").content.decode()


@pytest.mark.parametrize("state", list(State))
def test_every_state_stands_in_one_part_of_the_list(state: State) -> None:
    assert sum(state in OWN_STATES[stage] for stage in OWN_STATES) == 1


def test_pages_follow_each_other_and_cost_the_same(
    mine: Client, resident: User, authority: Authority, message: operations.Message
) -> None:
    def queries_of(path: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert mine.get(path).status_code == 200
        return len(told)

    def file(many: int) -> None:
        for _one in range(many):
            operations.file_issue(by=By.author(resident), message=message)

    file(2)
    queries_of("/my/")
    few = queries_of("/my/")
    file(PAGE + 3)
    assert queries_of("/my/") == few
    first = own(resident)
    second = own(resident, after=first.after)
    numbers = [issue.number for issue in [*first.issues, *second.issues]]
    assert len(set(numbers)) == len(numbers) == PAGE + 5
    assert second.after == ""
    assert mine.get("/my/", {"after": first.after}).status_code == 200
    for nonsense in ("x", "~", "2026-01-01~1", "20260101000000000000-x", "20269901000000000000-1"):
        assert mine.get("/my/", {"after": nonsense}).status_code == 302


def test_what_one_supports_is_a_list_of_its_own(
    client: Client, make_user: Callable[..., User], published: Issue, moderator: User
) -> None:
    neighbour = make_user()
    client.force_login(neighbour)
    assert "ничего не поддержали" in client.get("/my/supported/").content.decode()
    Support.objects.create(issue=published, user=neighbour, supported_at=clock.now())
    assert published.number in client.get("/my/supported/").content.decode()
    operations.hide_issue(by=By.moderator(moderator), issue=published, reason="Личные данные.")
    assert published.number not in client.get("/my/supported/").content.decode()


def test_a_returned_answer_is_said_to_be_done_over(topic: Topic) -> None:
    back = Issue(topic=topic, state=State.DISPATCHED, returns=1, answer_due_at=clock.now())
    first = Issue(topic=topic, state=State.DISPATCHED, answer_due_at=clock.now())
    with translation.override("ru"):
        assert "Вы вернули ответ" in next_step(back)
        assert "верну" not in next_step(first)
