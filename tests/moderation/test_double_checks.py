"""Double checks: chance picks, nobody chooses, the second does not know, and nothing is changed afterwards."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Role, User
from accounts.operations import note_access
from common import clock
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation.models import DoubleCheck, SecondVerdict
from moderation.operations import double_checks
from moderation.operations.double_checks import CheckRefusedError
from moderation.queries import double_checks as queries


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Смирнова")


@pytest.fixture
def head(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_MODERATOR, last_name="Громов")


@pytest.fixture
def _all_checked(head: User) -> None:
    double_checks.set_shares(by=head, of_people=100, of_the_rule=100)


@pytest.fixture
def checked(_all_checked: None, issue: Issue, moderator: User) -> DoubleCheck:
    """A rejection that is checked."""
    issue_operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Нет.", code="not_for_us"
    )
    event = issue.events.get(action="reject")
    double_checks.handle(event.pk)
    return DoubleCheck.objects.get(event=event)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(CheckRefusedError) as caught:
        call()
    return caught.value.why


def test_chance_picks_the_share_that_is_set_and_the_same_again() -> None:
    hashes = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(4000)]
    picked = [one for one in hashes if double_checks.is_picked(one, 5)]
    assert 140 < len(picked) < 260
    assert picked == [one for one in hashes if double_checks.is_picked(one, 5)]
    assert not any(double_checks.is_picked(one, 0) for one in hashes)
    assert all(double_checks.is_picked(one, 100) for one in hashes)
    # Whoever is in a smaller sample is in a larger one: a new share does not pick anew.
    assert {one for one in hashes if double_checks.is_picked(one, 3)} <= set(picked)


def test_a_decision_is_sampled_once_however_often_it_is_told(checked: DoubleCheck) -> None:
    double_checks.handle(checked.event_id)
    assert DoubleCheck.objects.count() == 1
    assert (checked.verdict, checked.reason, checked.share) == ("reject", "not_for_us", 100)


@pytest.mark.usefixtures("_all_checked")
def test_who_rejected_it_first_is_not_asked_about_the_second_look(
    issue: Issue, moderator: User, second: User, head: User, resident: User
) -> None:
    issue_operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Нет.", code="not_for_us"
    )
    issue_operations.appeal_rejection(by=By.author(resident), issue=issue, words="Да!")
    issue_operations.accept_issue(by=By.moderator(second), issue=issue)
    event = issue.events.get(action="accept")
    double_checks.handle(event.pk)
    assert double_checks.next_check(by=moderator) is None
    check = double_checks.next_check(by=head)
    assert check is not None
    assert check.event == event
    assert (
        refused(lambda: double_checks.say(by=moderator, check=check, verdict="reject")) == "party"
    )


def test_the_second_judges_and_both_agree(
    checked: DoubleCheck, moderator: User, second: User
) -> None:
    assert double_checks.next_check(by=moderator) is None
    assert double_checks.next_check(by=second) == checked
    double_checks.say(by=second, check=checked, verdict="reject", reason="insult")
    assert double_checks.next_check(by=second) is None
    found = queries.agreements(since=checked.decided_at, until=clock.now())
    assert (found.all.found.count, found.all.found.same) == (1, 1)
    assert (found.all.both_rejected, found.all.same_reason) == (1, 0)
    assert [(pair.first, pair.second) for pair in found.pairs] == [
        tuple(sorted((moderator, second), key=lambda user: user.pk))
    ]
    assert not queries.disagreements().exists()


def test_neither_the_first_nor_the_author_nor_one_who_looked_gives_the_second_verdict(
    checked: DoubleCheck, moderator: User, second: User, resident: User
) -> None:
    def say(by: User) -> Callable[[], object]:
        return lambda: double_checks.say(by=by, check=checked, verdict="accept")

    assert refused(say(moderator)) == "party"
    assert refused(say(resident)) == "party"
    note_access(by=second, place="moderation", subject=checked.issue.number)
    assert refused(say(second)) == "seen"
    assert double_checks.next_check(by=second) is None


def test_of_two_who_speak_one_is_heard(
    checked: DoubleCheck, second: User, make_user: Callable[..., User]
) -> None:
    third = make_user(Role.MODERATOR)
    double_checks.say(by=second, check=checked, verdict="accept")
    assert refused(lambda: double_checks.say(by=third, check=checked, verdict="accept")) == "said"
    assert SecondVerdict.objects.get().moderator == second


def test_a_message_that_was_sent_anew_is_not_checked_any_more(
    checked: DoubleCheck, resident: User, second: User, message: issue_operations.Message
) -> None:
    issue_operations.resubmit_issue(by=By.author(resident), issue=checked.issue, message=message)
    assert double_checks.next_check(by=second) is None
    assert (
        refused(lambda: double_checks.say(by=second, check=checked, verdict="accept")) == "lapsed"
    )


def test_an_old_decision_is_left_alone(checked: DoubleCheck, second: User) -> None:
    with clock.told(clock.now() + queries.KEPT_OPEN + timedelta(hours=1)):
        assert double_checks.next_check(by=second) is None


def test_what_differs_goes_to_a_head_who_gave_neither_verdict(
    checked: DoubleCheck, moderator: User, second: User, head: User
) -> None:
    settle = double_checks.settle
    assert refused(lambda: settle(by=head, check=checked, verdict="accept")) == "same"
    double_checks.say(by=second, check=checked, verdict="accept")
    assert list(queries.disagreements()) == [checked]
    assert refused(lambda: settle(by=second, check=checked, verdict="accept")) == "actor"
    settle(by=head, check=checked, verdict="accept", words="Яма есть.")
    assert refused(lambda: settle(by=head, check=checked, verdict="reject")) == "said"
    assert not queries.disagreements().exists()
    checked.issue.refresh_from_db()
    assert checked.issue.state == "rejected"  # changed only by its own actions


def test_a_head_who_was_second_does_not_settle(checked: DoubleCheck, head: User) -> None:
    double_checks.say(by=head, check=checked, verdict="accept")
    settle = double_checks.settle
    assert refused(lambda: settle(by=head, check=checked, verdict="accept")) == "party"


def test_no_row_is_changed_or_deleted(checked: DoubleCheck, second: User) -> None:
    said = double_checks.say(by=second, check=checked, verdict="accept")
    for rows in (
        DoubleCheck.objects.filter(pk=checked.pk),
        SecondVerdict.objects.filter(pk=said.pk),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(verdict="accept")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete("default")


def test_the_share_of_the_rule_is_its_own(head: User, published: Issue, moderator: User) -> None:
    double_checks.set_shares(by=head, of_people=0, of_the_rule=100)
    double_checks.handle(published.events.get(action="accept").pk)
    assert not DoubleCheck.objects.exists()
    assert (
        refused(lambda: double_checks.set_shares(by=moderator, of_people=0, of_the_rule=0))
        == "actor"
    )
