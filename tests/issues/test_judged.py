"""The public figure of the 48 hours: what was judged late counts, and what waits too long does as well."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.queries.judged import Judged, judged

DAY = timedelta(days=1)
NOW = clock.now()


@pytest.fixture
def file(
    authority: object, message: operations.Message, make_user: Callable[..., User]
) -> Callable[[float], Issue]:
    """Files a message so many hours ago."""

    def one(hours_ago: float) -> Issue:
        with clock.told(NOW - timedelta(hours=hours_ago)):
            return operations.file_issue(by=By.author(make_user()), message=message)

    return one


def at(hours_ago: float) -> AbstractContextManager[None]:
    return clock.told(NOW - timedelta(hours=hours_ago))


def author_of(issue: Issue) -> By:
    assert issue.author is not None
    return By.author(issue.author)


def test_late_ones_count_against_the_share_those_that_wait_still_too(
    file: Callable[[float], Issue], moderator: User, client: Client
) -> None:
    by = By.moderator(moderator)
    quick, slow, refused, left, waits, fresh = (file(h) for h in (100, 100, 90, 80, 60, 10))
    with at(90):
        operations.accept_issue(by=by, issue=quick)
    with at(50):
        operations.reject_issue(by=by, issue=refused, reason="Нет.", code="x")
    with at(40):
        operations.accept_issue(by=by, issue=slow)
    with at(20):
        operations.withdraw_issue(by=author_of(left), issue=left)
    found = judged(since=NOW - 30 * DAY, until=NOW)
    assert (found.decided, found.in_time, found.left_late, found.waiting_late) == (3, 2, 1, 1)
    assert found.share == 2 / 5
    assert found.late == 3
    assert found.median_hours == pytest.approx(40)
    assert {waits.state, fresh.state} == {"submitted"}
    home = client.get("/").content.decode()
    assert "Модераторы рассмотрели за 48 часов 40 % сообщений последних 30 дней." in home
    assert "Не в срок: 3, из них ещё ждут: 1." in home


def test_the_time_of_the_author_is_not_the_moderators(
    file: Callable[[float], Issue], moderator: User
) -> None:
    issue = file(100)
    by = By.moderator(moderator)
    with at(90):
        operations.ask_author(by=by, issue=issue, question="Где?")
    assert judged(since=NOW - 30 * DAY, until=NOW).waiting_late == 0
    with at(40):
        operations.clarify_issue(by=author_of(issue), issue=issue, words="Там.")
    with at(30):
        operations.accept_issue(by=by, issue=issue)
    found = judged(since=NOW - 30 * DAY, until=NOW)
    assert (found.decided, found.in_time) == (1, 1)
    assert found.median_hours == pytest.approx(20)


def test_of_nothing_there_is_no_share(db: None) -> None:
    found = judged(since=NOW - DAY, until=NOW)
    assert (found.share, found.percent, found.median_hours) == (None, None, None)


def test_almost_all_is_not_all() -> None:
    assert Judged(1000, 999, 0, 0, 1.0).percent == 99
    assert Judged(1000, 1000, 0, 0, 1.0).percent == 100
