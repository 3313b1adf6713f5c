"""Is it fixed? What supporters and neighbours say, at once and four weeks later."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import signing

from accounts.models import User
from authorities.models import Authority, Official
from common import clock
from issues import operations, tasks
from issues.models import Confirmation, FollowUp, Issue
from issues.operations import VoiceRefusedError, confirm_repair, support_issue
from issues.policies import By
from issues.queries import voices
from notifications.models import Letter

DONE = operations.Reply("done", "Яма заделана 3 июня, акт № 7.", "Петров П. П.")


@pytest.fixture
def registered(published: Issue) -> Issue:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    return published


@pytest.fixture
def supporters(registered: Issue, make_user: Callable[..., User]) -> list[User]:
    people = [make_user() for _ in range(4)]
    for person in people:
        support_issue(by=person, issue=registered)
    return people


@pytest.fixture
def answered(registered: Issue, supporters: list[User]) -> Issue:
    operations.answer_issue(by=By.msed(), issue=registered, reply=DONE)
    return Issue.objects.get(pk=registered.pk)


def solve(issue: Issue, resident: User) -> Issue:
    return operations.rate_issue(by=By.author(resident), issue=issue, stars=5, solved=True)


def test_supporters_say_once_and_may_change_their_minds(
    answered: Issue, supporters: list[User]
) -> None:
    confirm_repair(by=supporters[0], issue=answered, is_fixed=False)
    confirm_repair(by=supporters[0], issue=answered, is_fixed=True)
    confirm_repair(by=supporters[1], issue=answered, is_fixed=False)
    seen = voices.of_issue(answered, supporters[0])
    assert seen.repair
    assert (seen.repair.fixed, seen.repair.not_fixed, seen.repair.mine) == (1, 1, True)
    assert seen.repair.standing == Confirmation.Standing.SUPPORTER
    assert seen.is_supported


def test_neighbours_are_those_whose_municipality_it_is(
    answered: Issue, make_user: Callable[..., User]
) -> None:
    neighbour, stranger = make_user(home_municipality="square"), make_user()
    said = confirm_repair(by=neighbour, issue=answered, is_fixed=True)
    assert said.standing == Confirmation.Standing.NEIGHBOUR
    with pytest.raises(VoiceRefusedError, match="standing"):
        confirm_repair(by=stranger, issue=answered, is_fixed=False)


def test_who_has_no_say(
    answered: Issue, resident: User, authority: Authority, make_user: Callable[..., User]
) -> None:
    with pytest.raises(VoiceRefusedError, match="own"):
        confirm_repair(by=resident, issue=answered, is_fixed=True)
    # Support that came after the answer is no witness of what was before it.
    late = make_user()
    support_issue(by=late, issue=answered)
    with pytest.raises(VoiceRefusedError, match="standing"):
        confirm_repair(by=late, issue=answered, is_fixed=True)
    officer = make_user(home_municipality="square")
    Official.objects.create(user=officer, authority=authority, post="инженер")
    with pytest.raises(VoiceRefusedError, match="standing"):
        confirm_repair(by=officer, issue=answered, is_fixed=True)


def test_a_returned_answer_is_spoken_of_no_more(
    answered: Issue, resident: User, supporters: list[User]
) -> None:
    confirm_repair(by=supporters[0], issue=answered, is_fixed=False)
    operations.rate_issue(
        by=By.author(resident), issue=answered, stars=1, solved=False, comment="Яма на месте."
    )
    again = Issue.objects.get(pk=answered.pk)
    assert voices.of_issue(again, supporters[0]).repair is None
    with pytest.raises(VoiceRefusedError, match="state"):
        confirm_repair(by=supporters[1], issue=again, is_fixed=False)


def test_an_explaining_answer_has_no_repair_to_confirm(
    registered: Issue, resident: User, supporters: list[User]
) -> None:
    reply = operations.Reply("explained", "Дорога частная.", "Петров П. П.")
    operations.answer_issue(by=By.msed(), issue=registered, reply=reply)
    with pytest.raises(VoiceRefusedError, match="state"):
        confirm_repair(by=supporters[0], issue=registered, is_fixed=True)
    # Nor is anybody asked whether it is still in order, though the author is content.
    solve(registered, resident)
    with clock.told(clock.now() + timedelta(days=28, minutes=1)):
        assert not voices.to_follow_up(clock.now()).exists()
        assert operations.ask_if_still_fixed(issue=registered) == 0


def test_many_denials_mark_a_closed_message(
    answered: Issue, resident: User, supporters: list[User], make_user: Callable[..., User]
) -> None:
    for person in supporters[:3]:
        confirm_repair(by=person, issue=answered, is_fixed=False)
    assert voices.denied() == []  # the author has not spoken yet
    closed = solve(answered, resident)
    assert voices.denied(closed.authority) == [voices.Denied(closed, 3, 0)]
    assert (repair := voices.of_issue(closed, None).repair)
    assert repair.is_denied
    for _ in range(3):
        confirm_repair(by=make_user(home_municipality="square"), issue=closed, is_fixed=True)
    assert voices.denied() == []


def test_four_weeks_later_everybody_is_asked_once(
    answered: Issue, resident: User, supporters: list[User]
) -> None:
    User.objects.filter(pk=supporters[0].pk).update(wants_letters=False)
    closed = solve(answered, resident)
    letters = Letter.objects.filter(key__startswith="issue-follow-up:")
    with clock.told(clock.now() + timedelta(days=27)):
        tasks.follow_up.fn()
        assert not letters.exists()
    with clock.told(clock.now() + timedelta(days=28, minutes=1)):
        tasks.follow_up.fn()
        tasks.follow_up.fn()
    assert {letter.user_id for letter in letters} == {
        resident.pk,
        *(person.pk for person in supporters[1:]),
    }
    asked = FollowUp.objects.get(user=supporters[1])
    link = re.search(r"/still-fixed/([^/\s]+)/", letters.get(user=supporters[1]).text)
    assert link
    token = link[1]
    assert voices.follow_up_by_token(token) == asked
    assert voices.follow_up_by_token(token[:-1]) is None
    assert voices.follow_up_by_token(token.swapcase()) is None
    operations.reply_to_follow_up(follow_up=asked, is_fixed=False)
    with clock.told(clock.now() + timedelta(days=29)):
        repair = voices.of_issue(closed, None).repair
    assert repair
    assert (repair.asked, repair.still_fixed, repair.broken_again) == (4, 0, 1)


def test_what_ended_unsolved_or_long_ago_is_not_asked_about(
    answered: Issue, resident: User
) -> None:
    solve(answered, resident)
    with clock.told(clock.now() + timedelta(days=36)):
        tasks.follow_up.fn()
    assert not FollowUp.objects.exists()


def test_a_link_runs_out(answered: Issue, supporters: list[User]) -> None:
    answer = voices.last_answer(answered)
    assert answer
    asked = FollowUp.objects.create(answer=answer, user=supporters[0], asked_at=clock.now())
    token = voices.follow_up_token(asked)
    # Any figures may come up in a signature: what is signed is looked at.
    assert signing.loads(token, salt=voices._SALT) == asked.uid.hex
    assert voices.follow_up_by_token("") is None
    asked.uid = uuid.uuid4()
    assert voices.follow_up_by_token(voices.follow_up_token(asked)) is None
