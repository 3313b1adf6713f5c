"""The head moderator's page: figures of the timeline, by period, for heads alone; and the blind second look."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessRecord, Role, User
from common import clock
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation.models import (
    CheckShares,
    DoubleCheck,
    Finding,
    RejectionReason,
    SecondVerdict,
    Settlement,
)
from moderation.operations import double_checks
from moderation.queries.head import report, what_waits

NOW = clock.now()


@pytest.fixture
def head(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_MODERATOR, last_name="Громов")


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Смирнова")


@pytest.fixture
def file(
    authority: object, message: issue_operations.Message, make_user: Callable[..., User]
) -> Callable[[float], Issue]:
    """Files a message so many hours ago."""

    def one(hours_ago: float) -> Issue:
        with clock.told(NOW - timedelta(hours=hours_ago)):
            return issue_operations.file_issue(by=By.author(make_user()), message=message)

    return one


@pytest.fixture
def day(file: Callable[[float], Issue], moderator: User, second: User) -> list[Issue]:
    """Three decisions of two moderators."""
    quick, edited, refused = file(40), file(40), file(60)
    Finding.objects.create(issue=refused, code="profanity")
    Finding.objects.create(issue=quick, code="profanity")
    with clock.told(NOW - timedelta(hours=35)):
        issue_operations.accept_issue(by=By.moderator(moderator), issue=quick)
    with clock.told(NOW - timedelta(hours=10)):
        issue_operations.accept_issue(
            by=By.moderator(moderator), issue=edited, published_text="Иначе."
        )
    with clock.told(NOW - timedelta(hours=5)):
        issue_operations.reject_issue(
            by=By.moderator(second), issue=refused, reason="Нет.", code="obscene"
        )
    return [quick, edited, refused]


def client_of(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_figures_of_a_period(day: list[Issue], moderator: User, second: User) -> None:
    found = report(since=NOW - timedelta(days=7), until=NOW)
    assert (found.all.decided, found.all.accepted, found.all.edited) == (3, 2, 1)
    assert (found.all.rejected, found.all.within_day, found.all.within_two) == (1, 1, 2)
    assert found.all.median_hours == pytest.approx(30)
    people = {pace.name: pace for pace in found.people}
    assert people[str(moderator)].decided == people[str(moderator)].week == 2
    assert people[str(second)].rejected == 1
    assert [(pace.name, pace.decided) for pace in found.municipalities] == [("Квадратный округ", 3)]
    assert [count for _name, count in found.reasons] == [1]
    assert sum(pace.decided for pace in found.days) == 3
    assert len(found.days) in {2, 3}
    assert [(one.code, one.decided, one.followed) for one in found.findings] == [
        ("profanity", 2, 1)
    ]
    assert report(since=NOW - timedelta(days=9), until=NOW - timedelta(days=7)).all.decided == 0


def test_what_waits_is_counted_by_the_time_left(file: Callable[[float], Issue]) -> None:
    late, _soon, _fresh = file(50), file(40), file(1)
    found = what_waits()
    assert (found.late, found.under_12, found.under_24, found.under_36, found.more) == (
        *(1, 1, 0, 0),
        1,
    )
    assert found.escalated == [late]


def test_heads_alone_get_in(day: list[Issue], head: User, moderator: User, resident: User) -> None:
    for address in ("head/", "head/people.csv", "head/checks/"):
        assert client_of(head).get(f"/moderation/{address}").status_code == 200
        assert client_of(moderator).get(f"/moderation/{address}").status_code == 403
        assert client_of(resident).get(f"/moderation/{address}").status_code == 403
        assert Client().get(f"/moderation/{address}").status_code == 302
    assert "/moderation/head/" in text(client_of(head).get("/moderation/"))
    assert "/moderation/head/" not in text(client_of(moderator).get("/moderation/"))
    shares = {"of_people": 9, "of_the_rule": 9}
    assert client_of(moderator).post("/moderation/head/checks/shares/", shares).status_code == 403
    assert not CheckShares.objects.exists()


def test_the_file_says_what_the_page_says_and_is_noted(
    day: list[Issue], head: User, moderator: User
) -> None:
    desk = client_of(head)
    page = text(desk.get("/moderation/head/"))
    assert str(moderator) in page
    response = desk.get("/moderation/head/people.csv")
    rows = list(csv.DictReader(StringIO(text(response).removeprefix("\ufeff"))))
    mine = next(row for row in rows if row["Moderator"] == str(moderator))
    assert (mine["Decided"], mine["Of these edited"], mine["Within 48 h"]) == (
        "2",
        "0.500",
        "1.000",
    )
    assert "attachment" in response["Content-Disposition"]
    assert AccessRecord.objects.filter(user=head, place="head export").count() == 1
    assert desk.get("/moderation/head/nothing.csv").status_code == 404
    for slug in ("reasons", "categories", "municipalities", "days", "findings", "agreement"):
        assert desk.get(f"/moderation/head/{slug}.csv").status_code == 200


@pytest.mark.parametrize(
    "asked", ["since=tomorrow", "since=2026-02-02&until=2026-01-01", "since=1999-01-01", "until=9"]
)
def test_what_is_no_period_is_told_and_the_usual_one_is_shown(head: User, asked: str) -> None:
    response = client_of(head).get(f"/moderation/head/?{asked}")
    assert response.status_code == 400
    assert "Load and pace" in text(response)


def test_the_page_asks_as_often_for_many_as_for_few(
    day: list[Issue], head: User, file: Callable[[float], Issue]
) -> None:
    desk = client_of(head)
    desk.get("/moderation/head/")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(address)
        return len(queries)

    today = clock.region_date(clock.now())
    few = asked(f"/moderation/head/?since={today - timedelta(days=41)}")
    for _number in range(4):
        file(60)
    assert asked(f"/moderation/head/?since={today - timedelta(days=40)}") == few


def test_a_second_verdict_is_given_without_knowing_the_first(
    day: list[Issue], head: User, second: User, moderator: User
) -> None:
    double_checks.set_shares(by=head, of_people=100, of_the_rule=100)
    quick = day[0]
    double_checks.handle(quick.events.get(action="accept").pk)
    check = DoubleCheck.objects.get()
    assert "Nothing to check" in text(client_of(moderator).get("/moderation/checks/"))
    desk = client_of(second)
    page = text(desk.get("/moderation/checks/"))
    assert "объезжают её по тротуару" in page
    assert f"{quick.number}/" not in page
    assert str(moderator) not in page
    assert desk.get(f"/moderation/checks/{check.uid}/").status_code == 403
    say = f"/moderation/checks/{check.uid}/say/"
    faulty = desk.post(say, {"verdict": "reject"})
    assert faulty.status_code == 400
    assert "Choose the reason" in text(faulty)
    assert desk.post(say, {"verdict": "maybe"}).status_code == 400
    reason = RejectionReason.objects.first()
    assert reason is not None
    desk.post(say, {"verdict": "reject", "reason": reason.pk})
    assert SecondVerdict.objects.get().reason == reason.code
    assert "The verdicts differ" in text(desk.get(f"/moderation/checks/{check.uid}/"))
    again = desk.post(say, {"verdict": "accept"}, follow=True)
    assert "Somebody else was quicker" in text(again)

    chief = client_of(head)
    page = text(chief.get("/moderation/head/checks/"))
    assert quick.number in page
    assert str(second) in page
    done = chief.post(
        f"/moderation/head/checks/{check.uid}/",
        {"verdict": "reject", "words": "<b>Грубо</b>"},
        follow=True,
    )
    assert "It is written down" in text(done)
    assert "&lt;b&gt;Грубо" in text(done)
    assert "hide it on its page" in text(done)
    assert Settlement.objects.get().head == head


def test_shares_are_set_by_the_head_within_bounds(head: User) -> None:
    desk = client_of(head)
    wrong = desk.post("/moderation/head/checks/shares/", {"of_people": 101, "of_the_rule": 1})
    assert wrong.status_code == 400
    assert not CheckShares.objects.exists()
    desk.post("/moderation/head/checks/shares/", {"of_people": 7, "of_the_rule": 50})
    assert 'value="7"' in text(desk.get("/moderation/head/checks/"))
