"""Several messages at once: each is shown first, each is decided for itself, each refusal says why."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from moderation import operations
from moderation.models import Claim, HeldDecision, RejectionReason


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def three(
    issue: Issue, message: issue_operations.Message, make_user: Callable[..., User]
) -> list[Issue]:
    texts = ("Звоните 8 916 123-45-67, у дома яма.", "Во дворе по улице Мира тоже яма.")
    return [
        issue,
        *(
            issue_operations.file_issue(
                by=By.author(make_user()), message=replace(message, description=words)
            )
            for words in texts
        ),
    ]


def send(desk: Client, verb: str, chosen: list[str], **fields: object) -> Any:
    return desk.post("/moderation/bulk/", {"verb": verb, "chosen": chosen, **fields})


def numbers(issues: list[Issue]) -> list[str]:
    return [issue.number for issue in issues]


def seen(issues: list[Issue]) -> list[str]:
    return [f"{issue.number}:{issue.event_count}" for issue in issues]


def test_accepting_is_previewed_and_changes_nothing_before_it_is_confirmed(
    desk: Client, three: list[Issue], make_user: Callable[..., User], settings: Settings
) -> None:
    settings.MODERATION_UNDO_SECONDS = 30
    colleague = make_user(Role.MODERATOR, last_name="Смирнова", first_name="Вера")
    operations.claim(by=colleague, issue=three[2])
    page = send(desk, "accept", numbers(three)).content.decode()
    assert "Accept 2 messages" in page
    assert "Смирнова Вера is judging this message" in page
    assert "8 916 123-45-67" not in page  # what the public would read
    assert not HeldDecision.objects.exists()
    assert Claim.objects.get().moderator == colleague
    assert not three[0].events.exclude(action="submit").exists()
    done = desk.post(
        "/moderation/bulk/",
        {"verb": "accept", "confirmed": "1", "filled": "1", "chosen": seen(three[:2])},
        follow=True,
    ).content.decode()
    assert "2 messages are decided." in done
    assert "Undo all" in done
    assert HeldDecision.objects.count() == 2
    desk.post("/moderation/undo/")
    assert not HeldDecision.objects.exists()
    assert Claim.objects.exclude(moderator=colleague).count() == 2


def test_rejecting_shows_each_letter_in_its_authors_language(
    desk: Client, three: list[Issue]
) -> None:
    reason, _is_new = RejectionReason.objects.update_or_create(
        code="unclear",
        defaults={"name": "Непонятно", "letter": "Напишите, где.", "letter_en": "Write where."},
    )
    assert three[1].author is not None
    three[1].author.language = "en"
    three[1].author.save()
    asked = send(desk, "reject", numbers(three))
    assert asked.status_code == 200
    assert "Show what will happen" in asked.content.decode()
    assert send(desk, "reject", numbers(three), filled="1").status_code == 400
    fields = {"filled": "1", "reason": reason.pk, "comment": "Пишите одно сообщение."}
    page = send(desk, "reject", seen(three), **fields).content.decode()
    assert "Reject 3 messages" in page
    assert page.count("Пишите одно сообщение.") >= 3
    assert "can not publish it. The reason:" in page
    assert "Write where." in page
    assert "Напишите, где." in page
    assert not Issue.objects.filter(state=State.REJECTED).exists()
    send(desk, "reject", seen(three), confirmed="1", **fields)
    assert Issue.objects.filter(state=State.REJECTED).count() == 3


def test_merging_into_one(desk: Client, three: list[Issue], moderator: User) -> None:
    main, *others = three
    operations.accept(by=moderator, issue=main, seen=1, published_text=main.description)
    assert send(desk, "merge", seen(others), filled="1", main="2020-1").status_code == 400
    page = send(desk, "merge", seen(others), filled="1", main=main.number).content.decode()
    assert f"is merged into {main.number}" in page
    send(desk, "merge", seen(others), filled="1", main=main.number, confirmed="1")
    assert Issue.objects.filter(merged_into=main).count() == 2


def test_taken_and_let_go(desk: Client, three: list[Issue], moderator: User) -> None:
    send(desk, "claim", numbers(three))
    assert Claim.objects.filter(moderator=moderator).count() == 3
    send(desk, "release", numbers(three[:2]))
    assert Claim.objects.count() == 1


def test_one_that_changed_after_the_preview_is_left_out_and_named(
    desk: Client, three: list[Issue], message: issue_operations.Message
) -> None:
    issue = three[0]
    assert issue.author is not None
    known = seen(three)
    issue_operations.amend_issue(
        by=By.author(issue.author), issue=issue, message=replace(message, description="Другое.")
    )
    page = desk.post(
        "/moderation/bulk/",
        {"verb": "accept", "confirmed": "1", "filled": "1", "chosen": known},
        follow=True,
    ).content.decode()
    assert "2 messages are decided." in page
    assert f"№ {issue.number}: The author has changed the message" in page
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verb": "accept"},
        {"verb": "nonsense", "chosen": "2020-1"},
        {"verb": "accept", "chosen": ["2020-1", "'; drop", "x:y", ":::"]},
        {"verb": "merge", "chosen": "1:99999999999999999999"},
    ],
)
def test_nonsense_goes_back_to_the_queue(desk: Client, data: dict[str, object]) -> None:
    assert desk.post("/moderation/bulk/", data).status_code == 302


def test_the_queue_offers_it_without_any_script(desk: Client, issue: Issue) -> None:
    page = desk.get("/moderation/").content.decode()
    assert f'name="chosen" value="{issue.number}" form="bulk"' in page
    assert 'name="verb" value="merge"' in page
