"""At 75 % and at 100 % of the 48 hours the moderators and their heads are told, each time once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Role, User
from common import clock, outbox
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation.models import Alarm
from moderation.operations import alarms
from notifications.models import Device, Letter, Push


@pytest.fixture
def head(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_MODERATOR, language="en")


def escalate(*issues: Issue) -> None:
    for issue in issues:
        issue.refresh_from_db()
        assert issue.escalate_at
        with clock.told(issue.escalate_at):
            issue_operations.escalate_issue(issue=issue)
    outbox.deliver_due(alarms.CONSUMER)


def tell_at(moment: object) -> int:
    with clock.told(moment):  # type: ignore[arg-type]
        outbox.deliver_due(alarms.CONSUMER)
        return alarms.tell()


@pytest.fixture
def second_issue(
    issue: Issue, message: issue_operations.Message, make_user: Callable[..., User]
) -> Issue:
    return issue_operations.file_issue(by=By.author(make_user()), message=message)


def test_what_comes_together_is_one_letter_to_each(
    issue: Issue, second_issue: Issue, head: User, moderator: User, resident: User
) -> None:
    near_at = issue.escalate_at
    assert near_at
    escalate(issue, second_issue)
    assert tell_at(near_at + timedelta(minutes=5)) == 0  # others may come
    assert tell_at(near_at + alarms.GATHERED + timedelta(minutes=1)) == 2
    assert tell_at(near_at + timedelta(hours=2)) == 0
    letters = Letter.objects.filter(key__startswith="moderation-alarm")
    assert sorted(one.to for one in letters) == sorted([head.email, moderator.email])
    said = letters.get(to=head.email)
    assert said.subject == "2 messages have under 12 of their 48 hours left"
    assert f"{issue.number}, {second_issue.number}" in said.text
    assert "/moderation/" in said.text
    assert not Alarm.objects.exists()


def test_what_is_late_is_told_at_once_and_once_more_than_when_it_was_near(
    issue: Issue, head: User
) -> None:
    escalate(issue)
    assert tell_at(issue.moderation_due_at - timedelta(hours=1)) == 1
    escalate(issue)
    assert tell_at(issue.moderation_due_at + timedelta(minutes=1)) == 1
    assert tell_at(issue.moderation_due_at + timedelta(days=1)) == 0
    subjects = [one.subject for one in Letter.objects.filter(to=head.email).order_by("pk")]
    assert subjects == [
        "1 message has under 12 of its 48 hours left",
        "1 message has waited for moderation over 48 hours",
    ]


def test_of_what_was_judged_meanwhile_nobody_is_told(
    issue: Issue, head: User, moderator: User
) -> None:
    near_at = issue.escalate_at
    assert near_at
    escalate(issue)
    with clock.told(near_at + timedelta(minutes=1)):
        issue_operations.accept_issue(by=By.moderator(moderator), issue=issue)
    assert tell_at(issue.moderation_due_at) == 0
    assert not Letter.objects.filter(key__startswith="moderation-alarm").exists()
    assert not Alarm.objects.exists()


def test_the_deadlines_of_authorities_are_not_the_desks(published: Issue, head: User) -> None:
    escalate(published)
    assert not Alarm.objects.exists()


def test_a_moderator_with_a_browser_gets_a_push(issue: Issue, moderator: User) -> None:
    Device.objects.create(
        user=moderator, endpoint="https://push.example.org/1", p256dh="x", auth="y"
    )
    escalate(issue)
    tell_at(issue.moderation_due_at)
    push = Push.objects.get()
    assert push.path == "/moderation/"
    assert issue.description not in push.body
