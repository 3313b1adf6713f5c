"""A second look at a rejection: once a sending, by another moderator, within 48 hours of its own."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Role, User
from common import clock, outbox
from issues import operations, timeline
from issues.deadlines import MODERATION
from issues.models import Issue
from issues.policies import By
from issues.queries.appeals import last_appeal, may_appeal
from issues.workflow import ActionRefusedError, State
from notifications.models import Letter


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Смирнова")


@pytest.fixture
def rejected(issue: Issue, moderator: User) -> Issue:
    return operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Непонятно, где.", code="unclear"
    )


def appeal(issue: Issue, words: str = "Адрес указан в первой строке.") -> None:
    assert issue.author is not None
    operations.appeal_rejection(by=By.author(issue.author), issue=issue, words=words)
    issue.refresh_from_db()


def test_the_clock_begins_anew_and_another_moderator_accepts(
    rejected: Issue, moderator: User, second: User
) -> None:
    later = clock.now() + timedelta(days=5)
    with clock.told(later):
        appeal(rejected)
        assert (rejected.state, rejected.is_appealed) == (State.SUBMITTED, True)
        assert rejected.moderation_due_at == later + MODERATION
        with pytest.raises(ActionRefusedError, match="another_moderator"):
            operations.accept_issue(by=By.moderator(moderator), issue=rejected)
        done = operations.accept_issue(by=By.moderator(second), issue=rejected)
    assert (done.state, done.is_appealed) == (State.DISPATCHED, False)
    assert timeline.verify(done) == []


def test_upheld_it_stays_rejected_and_is_not_looked_at_a_third_time(
    rejected: Issue, moderator: User, second: User, resident: User
) -> None:
    appeal(rejected)
    with pytest.raises(ActionRefusedError, match="another_moderator"):
        operations.uphold_rejection(by=By.moderator(moderator), issue=rejected, words="Нет")
    with pytest.raises(ActionRefusedError, match="not_appealed"):
        operations.reject_issue(by=By.moderator(second), issue=rejected, reason="Нет", code="x")
    with pytest.raises(ActionRefusedError, match="reason"):
        operations.uphold_rejection(by=By.moderator(second), issue=rejected, words=" ")
    done = operations.uphold_rejection(
        by=By.moderator(second), issue=rejected, words="Адреса в тексте нет."
    )
    assert (done.state, done.is_appealed) == (State.REJECTED, False)
    told = last_appeal(done)
    assert told is not None
    assert told.upheld is not None
    assert told.upheld.words.note == "Адреса в тексте нет."
    assert not may_appeal(done)
    with pytest.raises(ActionRefusedError, match="appeal_left"):
        operations.appeal_rejection(by=By.author(resident), issue=done, words="Ещё раз")
    outbox.deliver_due("letters")
    keys = Letter.objects.filter(to=resident.email).values_list("key", flat=True)
    assert {key.split(":")[2] for key in keys} >= {"rejected", "appealed", "upheld"}
    assert "Адреса в тексте нет." in Letter.objects.get(key__contains=":upheld:").text


def test_a_corrected_message_that_is_rejected_again_may_be_looked_at_again(
    rejected: Issue,
    moderator: User,
    second: User,
    resident: User,
    message: operations.Message,
) -> None:
    appeal(rejected)
    operations.uphold_rejection(by=By.moderator(second), issue=rejected, words="Нет адреса.")
    operations.resubmit_issue(by=By.author(resident), issue=rejected, message=message)
    operations.reject_issue(by=By.moderator(second), issue=rejected, reason="Нет", code="unclear")
    rejected.refresh_from_db()
    assert may_appeal(rejected)
    appeal(rejected)
    # Who upheld the first time has rejected the second time: now the other one looks.
    with pytest.raises(ActionRefusedError, match="another_moderator"):
        operations.accept_issue(by=By.moderator(second), issue=rejected)
    assert operations.accept_issue(by=By.moderator(moderator), issue=rejected).is_public


def test_what_is_looked_at_again_is_not_changed_meanwhile(
    rejected: Issue, resident: User, message: operations.Message
) -> None:
    appeal(rejected)
    with pytest.raises(ActionRefusedError, match="taken"):
        operations.amend_issue(by=By.author(resident), issue=rejected, message=message)


@pytest.mark.parametrize("words", ["", "   "])
def test_without_words_there_is_no_second_look(rejected: Issue, words: str) -> None:
    with pytest.raises(ActionRefusedError, match="reason"):
        appeal(rejected, words)


def test_only_the_author_asks_and_only_of_a_rejection(
    issue: Issue, resident: User, second: User
) -> None:
    with pytest.raises(ActionRefusedError, match="state"):
        operations.appeal_rejection(by=By.author(resident), issue=issue, words="Почему?")
    with pytest.raises(ActionRefusedError, match="actor"):
        operations.appeal_rejection(by=By.author(second), issue=issue, words="Почему?")


def test_what_the_author_says_is_not_public_once_the_message_is(
    rejected: Issue, second: User
) -> None:
    appeal(rejected, "Мой телефон 8 900 000-00-00")
    done = operations.accept_issue(by=By.moderator(second), issue=rejected)
    assert done.is_public
    assert "телефон" not in str(timeline.public_form(done))
