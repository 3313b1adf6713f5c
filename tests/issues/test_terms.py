"""Deadlines: moved in public and within the law, recalled, missed, and what follows by itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.models import User
from common import clock
from issues import deadlines, operations
from issues.models import Answer, Issue
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from tests.issues.steps import REPLY, again, register, state


def test_a_deadline_moves_in_public_and_not_beyond_the_law(published: Issue) -> None:
    register(published)
    published.refresh_from_db()
    term = published.answer_due_at
    assert term is not None
    latest = deadlines.latest_extension(term)
    for impossible in (clock.region_date(term) - timedelta(days=2), latest + timedelta(days=1)):
        with pytest.raises(ActionRefusedError, match="new_term"):
            operations.extend_term(
                by=By.msed(), issue=published, until=impossible, reason="Ждём асфальт"
            )
    operations.extend_term(by=By.msed(), issue=published, until=latest, reason="Ждём асфальт")
    published.refresh_from_db()
    assert state(published) == State.EXTENDED
    assert published.answer_due_at == clock.end_of_day(latest)
    with pytest.raises(ActionRefusedError, match="new_term"):
        operations.extend_term(
            by=By.msed(), issue=published, until=latest + timedelta(days=1), reason="Ещё"
        )


def test_a_deferred_issue_stays_open_with_its_day(published: Issue) -> None:
    register(published)
    day = clock.region_date(clock.now()) + timedelta(days=200)
    reply = replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=day)
    operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    published.refresh_from_db()
    assert state(published) == State.DEFERRED
    assert published.planned_date == day
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    assert Answer.objects.count() == 2


def test_a_silent_author_closes_after_two_weeks(published: Issue) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    assert operations.close_silent(issue=published) is None
    late = clock.now() + timedelta(days=14, seconds=1)
    with clock.told(late):
        # Nobody told the author yet: the notice comes first, and three days with it.
        assert operations.close_silent(issue=published) is None
        assert operations.escalate_issue(issue=published) is not None
        assert operations.close_silent(issue=published) is None
    with clock.told(late + timedelta(days=3)):
        assert operations.close_silent(issue=published) is not None
    published.refresh_from_db()
    assert state(published) == State.CLOSED


def test_a_deadline_is_recalled_at_three_quarters_and_escalated_when_missed(issue: Issue) -> None:
    assert operations.escalate_issue(issue=issue) is None
    for hours, action in ((36.1, "remind"), (48.1, "escalate")):
        with clock.told(issue.filed_at + timedelta(hours=hours)):
            event = operations.escalate_issue(issue=issue)
            assert event is not None
            assert event.action == action
            assert event.data == {"deadline": "moderation"}
            assert operations.escalate_issue(issue=issue) is None


def test_a_missed_deadline_stays_missed(published: Issue) -> None:
    register(published)
    due = again(published).answer_due_at
    assert due is not None
    later = clock.region_date(due) + timedelta(days=10)
    with clock.told(due + timedelta(hours=1)):
        with pytest.raises(ActionRefusedError, match="new_term"):
            operations.extend_term(by=By.msed(), issue=published, until=later, reason="Поздно")
        reply = replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=later)
        operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    assert again(published).answer_due_at == due
    assert again(published).planned_date == later


def test_a_deferral_moves_the_deadline_no_further_than_an_extension(published: Issue) -> None:
    register(published)
    term = again(published).answer_due_at
    assert term is not None
    for impossible in (clock.region_date(clock.now()), date(2001, 1, 1)):
        with pytest.raises(ActionRefusedError, match="planned_date"):
            operations.answer_issue(
                by=By.msed(),
                issue=published,
                reply=replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=impossible),
            )
    operations.answer_issue(
        by=By.msed(),
        issue=published,
        reply=replace(REPLY, decision=Answer.Decision.DEFERRED, due_date=date(2036, 1, 1)),
    )
    assert again(published).answer_due_at == clock.end_of_day(deadlines.latest_extension(term))


def test_an_authority_that_never_registers_still_meets_the_term(published: Issue) -> None:
    told = []
    moment = again(published).escalate_at
    while moment is not None:
        with clock.told(moment):
            event = operations.escalate_issue(issue=published)
        assert event is not None
        told.append((event.action, event.data["deadline"]))
        moment = again(published).escalate_at
    assert told == [
        ("remind", "registration"),
        ("escalate", "registration"),
        ("remind", "answer"),
        ("escalate", "answer"),
    ]


def test_a_return_is_not_lost_where_the_calendar_is_unknown(
    published: Issue, resident: User
) -> None:
    register(published)
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    moment = clock.now().replace(year=2031, month=3, day=3)
    with clock.told(moment):
        operations.rate_issue(
            by=By.author(resident), issue=published, stars=1, solved=False, comment="Яма на месте"
        )
    assert again(published).answer_due_at == deadlines.longest_answer_due(moment)


def test_a_day_of_registration_does_not_lie_in_the_future(published: Issue) -> None:
    with pytest.raises(ActionRefusedError, match="registration"):
        operations.register_issue(
            by=By.msed(), issue=published, number="1", registered_on=date(2099, 1, 1)
        )
