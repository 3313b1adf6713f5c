"""The desk: a message is with one moderator at a time and is decided once, whatever the two do."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role, User
from common import clock
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from moderation import operations
from moderation.models import Claim
from moderation.operations import ChangedError, ClaimedError


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_MODERATOR, last_name="Смирнова")


def accept(by: User, issue: Issue, seen: int = 1) -> Issue:
    return operations.accept(by=by, issue=issue, seen=seen, published_text=issue.description)


def reject(by: User, issue: Issue, seen: int = 1) -> Issue:
    return operations.reject(
        by=by, issue=issue, seen=seen, code="unclear", words="Непонятно, где.", ground="59-ФЗ"
    )


def test_a_message_is_with_one_moderator_until_it_is_let_go(
    issue: Issue, moderator: User, second: User
) -> None:
    operations.claim(by=moderator, issue=issue)
    with pytest.raises(ClaimedError) as refused:
        operations.claim(by=second, issue=issue)
    assert refused.value.claim.moderator == moderator
    assert not operations.release(by=second, issue=issue)
    assert operations.release(by=moderator, issue=issue)
    operations.claim(by=second, issue=issue)


def test_a_forgotten_claim_runs_out(issue: Issue, moderator: User, second: User) -> None:
    held = operations.claim(by=moderator, issue=issue)
    with clock.told(held.expires_at):
        taken = operations.claim(by=second, issue=issue)
        assert taken.taken_at == held.expires_at
        # The first one's form is still open: what it sends is refused, not done.
        with pytest.raises(ClaimedError):
            accept(moderator, issue)
        accept(second, issue)
    assert not Claim.objects.exists()


def test_a_claim_that_ran_out_and_nobody_took_over_does_not_cost_the_decision(
    issue: Issue, moderator: User
) -> None:
    held = operations.claim(by=moderator, issue=issue)
    with clock.told(held.expires_at + operations.LEASE):
        assert accept(moderator, issue).state == State.DISPATCHED


def test_the_next_message_is_the_most_pressing_that_nobody_has(
    issue: Issue, moderator: User, second: User, message: issue_operations.Message, resident: User
) -> None:
    younger = issue_operations.file_issue(by=By.author(resident), message=message)
    assert operations.claim_next(by=moderator) == issue
    assert operations.claim_next(by=second) == younger
    assert operations.claim_next(by=second) is None


def test_what_the_author_changed_meanwhile_is_not_judged_unread(
    issue: Issue, moderator: User, resident: User, message: issue_operations.Message
) -> None:
    reject(moderator, issue)
    issue_operations.resubmit_issue(
        by=By.author(resident), issue=issue, message=replace(message, description="Другой текст")
    )
    with pytest.raises(ChangedError):
        accept(moderator, issue)
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    assert accept(moderator, issue, seen=issue.event_count).state == State.DISPATCHED


def test_a_withdrawn_message_is_not_judged(issue: Issue, moderator: User, resident: User) -> None:
    operations.claim(by=moderator, issue=issue)
    issue_operations.withdraw_issue(by=By.author(resident), issue=issue)
    for decide in (accept, reject):
        with pytest.raises(ActionRefusedError, match="state"):
            decide(moderator, issue)


def test_only_moderators_take_messages(issue: Issue, resident: User) -> None:
    for take in (
        lambda: operations.claim(by=resident, issue=issue),
        lambda: operations.claim_next(by=resident),
        lambda: accept(resident, issue),
    ):
        with pytest.raises(ActionRefusedError, match="actor"):
            take()


def test_the_database_refuses_a_second_claim(issue: Issue, moderator: User, second: User) -> None:
    operations.claim(by=moderator, issue=issue)
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            issue=issue, moderator=second, taken_at=now, expires_at=now + timedelta(minutes=1)
        )


def together(*works: Callable[[], object]) -> list[object]:
    """Runs all at once, each in a thread with its own connection; results or errors, in order."""
    start = threading.Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait(timeout=90)
            outcomes[place] = work()
        except Exception as error:  # noqa: BLE001  (the outcome is what the test is about)
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_two_moderators_decide_at_once_and_one_decision_stands(
    turn: int, issue: Issue, moderator: User, second: User
) -> None:
    outcomes = together(lambda: accept(moderator, issue), lambda: reject(second, issue))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], ActionRefusedError)
    decisions = issue.events.filter(action__in=("accept", "reject")).values_list(
        "action", flat=True
    )
    assert len(decisions) == 1
    issue.refresh_from_db()
    assert issue.state == {"accept": State.DISPATCHED, "reject": State.REJECTED}[decisions[0]]


@pytest.mark.django_db(transaction=True)
def test_many_moderators_who_take_the_next_message_get_different_ones(
    issue: Issue, message: issue_operations.Message, resident: User, make_user: Callable[..., User]
) -> None:
    for _ in range(5):
        issue_operations.file_issue(by=By.author(resident), message=message)
    people = [make_user(Role.MODERATOR) for _ in range(6)]
    taken = together(*(lambda who=who: operations.claim_next(by=who) for who in people))
    numbers = [found.number for found in taken if isinstance(found, Issue)]
    assert len(numbers) == len(set(numbers)) == 6
