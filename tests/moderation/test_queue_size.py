"""The queue asks as often whether thirty messages wait or a hundred; beside each filter stands its count."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation.models import Finding
from moderation.queries.counts import counts


@pytest.fixture
def desk(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def file(
    authority: object, resident: User, message: issue_operations.Message
) -> Callable[..., list[Issue]]:
    """Files many messages, every second one with a finding."""

    def many(count: int, **changes: Any) -> list[Issue]:
        filed = [
            issue_operations.file_issue(by=By.author(resident), message=replace(message, **changes))
            for _number in range(count)
        ]
        Finding.objects.bulk_create(Finding(issue=one, code="threat") for one in filed[::2])
        return filed

    return many


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/?kind=problem&finding=threat"])
def test_the_page_asks_as_often_for_many_as_for_few(
    desk: Client,
    file: Callable[..., list[Issue]],
    address: str,
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    file(30)
    few = asked()
    file(70)
    cache.clear()  # counts are kept for seconds: both looks find none
    assert asked() == few
    assert asked() <= 20  # and now those of a moment ago
    assert "100" in desk.get(address).content.decode()


def test_beside_each_filter_stands_how_many_wait(
    desk: Client, file: Callable[..., list[Issue]], moderator: User
) -> None:
    file(3), file(2, kind="thanks")
    page = desk.get("/moderation/").content.decode()
    for said in (
        "problem (3)",
        "thanks (2)",
        "Roads (5)",
        "(5)",
        "threat (3)",
        "nobody has it (5)",
    ):
        assert said in page, said


def test_the_counts_are_of_what_waits(file: Callable[..., list[Issue]], moderator: User) -> None:
    judged, asked, urgent, free = file(4)
    by = By.moderator(moderator)
    issue_operations.accept_issue(by=by, issue=judged)
    issue_operations.ask_author(by=by, issue=asked, question="Где?")
    issue_operations.mark_urgent(by=by, issue=urgent, reason="Опасно.")
    found = counts()
    assert found["kind"] == {"problem": 2}
    assert found["category"] == {"roads": 2}
    assert found["municipality"] == {"square": 2}
    assert found["finding"] == {"threat": 1}
    assert found["standing"] == {
        "urgent": 1,
        "referred": 0,
        "appealed": 0,
        "asked": 1,
        "free": 2,
    }
    issue_operations.accept_issue(by=by, issue=free)
    assert counts() == found  # a moment behind at most
    cache.delete("moderation.counts")
    assert counts()["kind"] == {"problem": 1}
