"""The fast lane: off unless somebody has switched it on, for the few about whom nothing speaks, told to all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import Role, User
from common import clock, outbox
from issues import operations as issue_operations
from issues import telling, timeline
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from moderation import operations
from moderation.models import FastLane
from moderation.operations import double_checks, fast_lane


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def is_open(administrator: User) -> FastLane:
    return fast_lane.set_fast_lane(by=administrator, is_on=True, least_accepted=2, clean_days=365)


@pytest.fixture
def known(publish: Callable[..., Issue]) -> list[Issue]:
    """Two messages of the resident that moderators have accepted."""
    return [publish(), publish(description="Во дворе по улице Садовой не горят фонари.")]


Send = Callable[..., Issue]


@pytest.fixture
def send(resident: User, message: issue_operations.Message) -> Send:
    """Files one more message of the resident and lets the portal examine it."""

    def one(**changes: Any) -> Issue:
        words: dict[str, Any] = {
            "description": "На детской площадке по улице Лесной сломаны качели.",
            "lon": 37.7,
        }
        filed = issue_operations.file_issue(
            by=By.author(resident), message=replace(message, **words | changes)
        )
        outbox.deliver_due("findings")
        filed.refresh_from_db()
        return filed

    return one


def test_accepted_by_rule_and_everybody_reads_so(
    known: list[Issue], is_open: FastLane, send: Send
) -> None:
    issue = send()
    assert issue.state == State.DISPATCHED
    event = issue.events.get(action="accept")
    assert (event.actor, event.data["by_rule"]) == ("system", True)
    assert any("по правилу" in entry.words for entry in telling.entries(issue))
    assert timeline.verify(issue) == []


def test_the_share_that_people_look_at_again_is_drawn_from_it(
    known: list[Issue], is_open: FastLane, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(double_checks, "is_picked", lambda _hash, share: share == 20)
    issue = send()
    outbox.deliver_due(double_checks.CONSUMER)
    assert issue.double_checks.get().moderator is None


def test_it_is_off_until_it_is_switched_on(known: list[Issue], send: Send) -> None:
    assert send().state == State.SUBMITTED


def test_switched_off_it_is_off_and_both_stay_on_record(
    known: list[Issue], is_open: FastLane, administrator: User, send: Send
) -> None:
    fast_lane.set_fast_lane(by=administrator, is_on=False, least_accepted=2, clean_days=365)
    assert send().state == State.SUBMITTED
    assert list(FastLane.objects.values_list("is_on", "set_by")) == [
        (False, administrator.pk),
        (True, administrator.pk),
    ]
    for change in (FastLane.objects.all().delete, lambda: FastLane.objects.update(is_on=True)):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "ПОЧИНИТЕ КАЧЕЛИ НА ПЛОЩАДКЕ ПО УЛИЦЕ ЛЕСНОЙ НЕМЕДЛЕННО СЕЙЧАС ЖЕ"},
        {"description": "Сломаны качели, звоните 8 916 123-45-67, дом на улице Лесной."},
        {"description": "Качели"},
        {"lon": 30.0},
    ],
)
def test_whatever_is_noticed_a_person_looks(
    known: list[Issue], is_open: FastLane, send: Send, changes: dict[str, object]
) -> None:
    assert send(**changes).state == State.SUBMITTED


def test_one_message_too_few(is_open: FastLane, publish: Callable[..., Issue], send: Send) -> None:
    publish()
    assert send().state == State.SUBMITTED


def test_a_rejection_within_the_days_that_are_set_and_none_after_them(
    known: list[Issue],
    administrator: User,
    moderator: User,
    message: issue_operations.Message,
    resident: User,
    send: Send,
) -> None:
    # Not a year: its end may have no calendar yet, and then a person judges in any case.
    fast_lane.set_fast_lane(by=administrator, is_on=True, least_accepted=2, clean_days=30)
    bad = issue_operations.file_issue(by=By.author(resident), message=message)
    issue_operations.reject_issue(
        by=By.moderator(moderator), issue=bad, reason="Нет", code="unclear"
    )
    assert send().state == State.SUBMITTED
    with clock.told(clock.now() + timedelta(days=30, minutes=1)):
        assert send(description="У подъезда на улице Новой разбита скамейка.").is_public


def test_a_rejection_that_was_wrong_is_not_held_against_the_author_a_right_one_is(
    known: list[Issue],
    is_open: FastLane,
    moderator: User,
    make_user: Callable[..., User],
    message: issue_operations.Message,
    resident: User,
    send: Send,
) -> None:
    head, other = (By.moderator(make_user(role)) for role in (Role.HEAD_MODERATOR, Role.MODERATOR))

    def rejected() -> Issue:
        one = issue_operations.file_issue(by=By.author(resident), message=message)
        return issue_operations.reject_issue(
            by=By.moderator(moderator), issue=one, reason="Нет", code="unclear"
        )

    wronged = rejected()
    issue_operations.take_up_rejection(by=head, issue=wronged, words="Место названо.")
    assert send().state == State.SUBMITTED  # nobody has found yet who was right
    issue_operations.accept_issue(by=other, issue=wronged)
    with clock.told(clock.now() + timedelta(hours=2)):  # five within one hour would be a flood
        assert send(description="У подъезда на улице Новой разбита скамейка.").is_public
    # Who corrects a message had sent one that had to be corrected.
    with clock.told(clock.now() + timedelta(hours=4)):
        corrected = rejected()
        issue_operations.resubmit_issue(by=By.author(resident), issue=corrected, message=message)
        issue_operations.accept_issue(by=other, issue=corrected)
        words = "В сквере на улице Речной не вывозят мусор из урн."
        assert send(description=words).state == State.SUBMITTED


def test_a_hidden_message_is_a_rejected_one(
    known: list[Issue], is_open: FastLane, moderator: User, send: Send
) -> None:
    issue_operations.hide_issue(by=By.moderator(moderator), issue=known[0], reason="Оскорбление")
    issue_operations.unhide_issue(by=By.moderator(moderator), issue=known[0], reason="Ошибка")
    assert send().state == State.SUBMITTED


def test_what_a_moderator_has_begun_to_read_is_the_moderators(
    known: list[Issue],
    is_open: FastLane,
    moderator: User,
    message: issue_operations.Message,
    resident: User,
) -> None:
    filed = issue_operations.file_issue(by=By.author(resident), message=message)
    operations.claim(by=moderator, issue=filed)
    outbox.deliver_due("findings")
    filed.refresh_from_db()
    assert filed.state == State.SUBMITTED


def test_administrators_switch_it_by_a_new_row(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    url = "/admin/moderation/fastlane/"
    client.post(f"{url}add/", {"is_on": "on", "least_accepted": 3, "clean_days": 90})
    row = FastLane.objects.get()
    assert (row.is_on, row.least_accepted, row.set_by) == (True, 3, administrator)
    assert client.post(f"{url}{row.pk}/change/", {"is_on": ""}).status_code == 403
    assert client.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(url).status_code == 200
