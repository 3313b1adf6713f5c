"""What МСЭД pushes: taken in once, followed in order, whatever is repeated, early or wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from authorities.models import Authority
from common import clock, outbox
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from msed_bridge import hints, soap
from msed_bridge import operations as bridge
from msed_bridge.models import Appeal, Exchange, Notice
from tests.msed_bridge.notifications import (
    ACCEPTED,
    ASSIGNED,
    COURSE,
    Delivery,
    answered,
    extended,
    fault,
    post,
    receipt,
    redirected,
    refused,
)
from tests.timeline import actions

pytestmark = pytest.mark.django_db


def follow(issue: Issue) -> Issue:
    bridge.follow_issue(issue.pk)
    issue.refresh_from_db()
    return issue


def tell(issue: Issue, *events: str) -> Issue:
    """Delivers notifications in order, from the next number, and follows them."""
    first = Notice.objects.filter(appeal_uid=issue.uid).count() + 1
    for seq, event in enumerate(events, start=first):
        receipt(post(Delivery(issue, seq, event).child))
    return follow(issue)


def last_note(issue: Issue) -> str:
    return issue.events.latest("seq").words.note


class TestReceipts:
    def test_the_same_message_again_gets_the_same_receipt_and_has_no_second_effect(
        self, given_to_msed: Issue
    ) -> None:
        delivery = Delivery(given_to_msed, 1, ACCEPTED)

        first = receipt(post(delivery.child))
        issue = follow(given_to_msed)
        second = receipt(post(delivery.child))
        follow(issue)

        assert first.get("uid") == second.get("uid") == delivery.message_uid
        assert soap.text(first, "duplicate") == "false"
        assert soap.text(second, "duplicate") == "true"
        assert soap.text(first, "time") == soap.text(second, "time")
        assert issue.registration_number == "МСЭД-2026-17"
        assert actions(issue).count("register") == 1

    def test_another_message_under_a_known_uid_is_a_conflict(self, given_to_msed: Issue) -> None:
        delivery = Delivery(given_to_msed, 1, ACCEPTED)
        receipt(post(delivery.child))

        assert fault(post(replace(delivery, seq=2).child)) == ("UID_CONFLICT", False)

    def test_the_same_notification_in_a_new_message_is_taken_and_followed_once(
        self, given_to_msed: Issue
    ) -> None:
        delivery = Delivery(given_to_msed, 1, ACCEPTED)
        again = Delivery(given_to_msed, 1, ACCEPTED, uid=delivery.uid)

        for child in (delivery.child, again.child):
            assert soap.text(receipt(post(child)), "duplicate") == "false"

        assert actions(follow(given_to_msed)).count("register") == 1

    def test_another_notification_under_a_known_number_is_a_conflict(
        self, given_to_msed: Issue
    ) -> None:
        receipt(post(Delivery(given_to_msed, 1, ACCEPTED).child))

        assert fault(post(Delivery(given_to_msed, 1, ACCEPTED).child)) == ("UID_CONFLICT", False)

    def test_an_unknown_appeal_may_be_known_later(self, given_to_msed: Issue) -> None:
        stranger = Delivery(
            given_to_msed, 1, ACCEPTED, appeal_uid="0" * 8 + "-0000" * 3 + "-" + "0" * 12
        )

        assert fault(post(stranger.child)) == ("UNKNOWN_APPEAL", True)
        assert not Exchange.objects.filter(direction="in").exists()

    def test_a_stranger_is_not_let_in(self, given_to_msed: Issue) -> None:
        delivery = Delivery(
            given_to_msed, 1, ACCEPTED, source="99999999-9999-4999-8999-999999999999"
        )

        assert fault(post(delivery.child)) == ("ACCESS_DENIED", False)


class TestFollowing:
    def test_every_kind_of_notification_does_its_action(
        self, given_to_msed: Issue, other_authority: Authority
    ) -> None:
        due = given_to_msed.answer_due_at
        assert due is not None
        later = (clock.region_date(due) + timedelta(days=5)).isoformat()
        promised = (clock.region_date(due) + timedelta(days=90)).isoformat()

        issue = tell(
            given_to_msed,
            ACCEPTED,
            ASSIGNED,
            COURSE,
            extended(later),
            redirected(str(other_authority.msed_uid)),
            answered("Отложено", promised),
            answered("Решено"),
        )

        assert actions(issue)[-8:] == [
            "dispatch",
            "register",
            "start",
            "report_progress",
            "extend",
            "redirect",
            "defer",
            "answer",
        ]
        assert issue.authority == other_authority
        assert issue.planned_date is not None
        assert issue.planned_date.isoformat() == promised
        assert "Соколов" not in str(issue.events.get(action="start").data)
        answer = issue.answers.latest("pk")
        assert (answer.signatory, answer.report_number) == ("Миронова Е. В.", "ОТВ-1")

    def test_a_refusal_brings_the_issue_back_to_be_given_to_another(
        self, given_to_msed: Issue
    ) -> None:
        issue = tell(given_to_msed, refused())

        assert (issue.state, issue.authority) == (State.PUBLISHED, None)
        assert last_note(issue) == "Не наша дорога"
        assert not Appeal.objects.get().is_open

    def test_a_term_beyond_the_law_is_told_and_ours_stays(self, given_to_msed: Issue) -> None:
        due = given_to_msed.answer_due_at
        assert due is not None
        beyond = clock.region_date(due) + timedelta(days=60)

        issue = tell(given_to_msed, ACCEPTED, ASSIGNED, extended(beyond.isoformat()))

        assert issue.answer_due_at == due
        assert actions(issue)[-1] == "report_progress"
        assert f"{beyond:%d.%m.%Y}" in last_note(issue)
        assert "Ждём тепла." in last_note(issue)

    def test_an_authority_that_the_portal_does_not_know_is_named(
        self, given_to_msed: Issue, authority: Authority
    ) -> None:
        issue = tell(given_to_msed, ACCEPTED, redirected(name="Росавтодор"))

        assert issue.authority == authority
        assert last_note(issue).startswith("Росавтодор")

    def test_what_the_workflow_refuses_is_kept_and_does_not_stop_the_rest(
        self, given_to_msed: Issue
    ) -> None:
        issue = tell(given_to_msed, ASSIGNED, ACCEPTED, answered())

        assert issue.state == State.ANSWERED
        kept = Notice.objects.get(state="refused")
        assert (kept.kind, kept.reason) == ("executorAssigned", "start: registered_before")
        with pytest.raises(ValueError, match="refused"):
            bridge.follow_again(by="test", notice=Notice.objects.get(kind="reportSent"))

    def test_after_a_withdrawal_nothing_matters_any_more(
        self, given_to_msed: Issue, resident: User
    ) -> None:
        operations.withdraw_issue(by=By.author(resident), issue=given_to_msed)

        delivery = Delivery(given_to_msed, 1, ACCEPTED)
        for duplicate in ("false", "true"):
            told = receipt(post(delivery.child))
            assert soap.text(told, "accepted") == "false"
            assert soap.text(told, "comment") == "Обращение отозвано автором"
            assert soap.text(told, "duplicate") == duplicate
        follow(given_to_msed)

        assert Notice.objects.get().state == "moot"

    def test_an_early_one_waits_and_asks_for_the_queue(
        self,
        given_to_msed: Issue,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(hints.poll, "asks", lambda: asked.append("poll"))

        with django_capture_on_commit_callbacks(execute=True):
            receipt(post(Delivery(given_to_msed, 2, ASSIGNED).child))

        assert asked == ["poll"]
        assert follow(given_to_msed).state == State.DISPATCHED
        receipt(post(Delivery(given_to_msed, 1, ACCEPTED).child))
        assert follow(given_to_msed).state == State.IN_PROGRESS


STORY = (ACCEPTED, ASSIGNED, COURSE, redirected(), COURSE, answered())


@st.composite
def _interleavings(draw: st.DrawFn) -> list[int]:
    """Positions of STORY in any order, each at least once, some more often; -1: a worker looks."""
    repeats = draw(st.lists(st.integers(-1, len(STORY) - 1), max_size=8))
    return draw(st.permutations([*range(len(STORY)), *repeats]))


@how(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(order=_interleavings())
def test_any_order_and_any_repetition_end_like_the_ordered_story(
    published: Issue, order: list[int]
) -> None:
    with transaction.atomic():
        outbox.deliver_due("msed")
        deliveries = [Delivery(published, seq, event) for seq, event in enumerate(STORY, start=1)]

        for number in order:
            if number < 0:
                bridge.follow_issue(published.pk)
            else:
                receipt(post(deliveries[number].child))
        issue = follow(published)

        assert actions(issue)[-7:] == [
            "dispatch",
            "register",
            "start",
            "report_progress",
            "redirect",
            "report_progress",
            "answer",
        ]
        assert issue.answers.count() == 1
        assert set(Notice.objects.values_list("state", flat=True)) == {"applied"}
        transaction.set_rollback(True)
