"""The queue narrowed by its filters, page by page."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation import operations
from moderation.models import Finding


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def proposal(
    issue: Issue, message: issue_operations.Message, make_user: Callable[..., User]
) -> Issue:
    """A proposal of somebody else beside `issue`, a problem."""
    said = replace(message, kind="proposal")
    return issue_operations.file_issue(by=By.author(make_user()), message=said)


def shown(desk: Client, **chosen: str) -> list[Issue]:
    return list(desk.get("/moderation/", chosen).context["page"].issues)


def test_the_queue_is_narrowed(
    desk: Client, issue: Issue, proposal: Issue, moderator: User
) -> None:
    Finding.objects.update_or_create(issue=proposal, code="duplicate")
    Finding.objects.filter(issue=issue, code="duplicate").delete()
    assert shown(desk) == [issue, proposal]
    assert shown(desk, kind="proposal") == [proposal]
    assert shown(desk, finding="duplicate") == [proposal]
    assert shown(desk, author_of=issue.number) == [issue]
    assert shown(desk, author_of="2020-1") == []
    assert shown(desk, category="roads", municipality="square", channel="web") == [issue, proposal]
    assert shown(desk, channel="kiosk") == []
    assert shown(desk, kind="nonsense", category="nonsense") == [issue, proposal]
    operations.claim(by=moderator, issue=issue)
    assert shown(desk, standing="free") == [proposal]
    issue_operations.mark_urgent(by=By.moderator(moderator), issue=issue, reason="Люк")
    assert shown(desk, standing="urgent") == [issue]
    operations.refer(by=moderator, issue=proposal, seen=2, words="Главе")
    assert shown(desk, standing="referred") == [proposal]
    operations.ask(by=moderator, issue=issue, seen=9, words="Где?")
    assert shown(desk, standing="asked") == [issue]
    assert shown(desk) == [proposal]


def test_narrowing_costs_one_count_and_is_kept_on_the_next_page(
    desk: Client,
    resident: User,
    issue: Issue,
    message: issue_operations.Message,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _n in range(30):
        issue_operations.file_issue(by=By.author(resident), message=message)
    with django_assert_max_num_queries(23):
        response = desk.get("/moderation/", {"kind": "problem", "channel": "web"})
    page = response.content.decode()
    assert "31 messages found" in page
    assert "?kind=problem&amp;channel=web&amp;after=" in page
