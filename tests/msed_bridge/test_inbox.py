"""What МСЭД pushes: taken in once, followed in order, whatever is repeated, early, wrong or hostile."""

import base64
import resource
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from authorities.models import Authority
from common import clock, outbox
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge import soap
from msed_bridge.models import Appeal, Exchange, Nonce, Notice
from tests.msed_bridge.notifications import (
    ACCEPTED,
    ASSIGNED,
    COURSE,
    Delivery,
    answered,
    extended,
    fault,
    post,
    post_raw,
    receipt,
    redirected,
    refused,
    token,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_to_msed(published: Issue) -> Issue:
    outbox.deliver_due("msed")
    assert Appeal.objects.filter(uid=published.uid).exists()
    return published


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


def actions(issue: Issue) -> list[str]:
    return list(issue.events.order_by("seq").values_list("action", flat=True))


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
        monkeypatch.setattr("msed_bridge.hints._poll", lambda: asked.append("poll"))

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


@how(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


class TestAuthentication:
    def test_a_wrong_password_is_a_header_fault(self, given_to_msed: Issue) -> None:
        delivery = Delivery(given_to_msed, 1, ACCEPTED)

        response = post(delivery.child, token(password="wrong"))

        assert fault(response) == ("wsse:FailedAuthentication", None)
        assert not Nonce.objects.exists()

    def test_no_token_is_a_header_fault(self, given_to_msed: Issue) -> None:
        response = post(Delivery(given_to_msed, 1, ACCEPTED).child, b"")

        assert fault(response) == ("wsse:InvalidSecurity", None)

    def test_a_nonce_is_used_up_even_by_a_refused_message(self, given_to_msed: Issue) -> None:
        delivery, used = Delivery(given_to_msed, 1, ACCEPTED), token()

        assert fault(post(b"<nothing/>", used)) == ("SCHEMA", False)
        assert fault(post(delivery.child, used)) == ("wsse:InvalidSecurity", None)
        receipt(post(delivery.child))

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_created_must_be_fresh(self, given_to_msed: Issue, minutes: int) -> None:
        stale = token(datetime.now(UTC) + timedelta(minutes=minutes))

        response = post(Delivery(given_to_msed, 1, ACCEPTED).child, stale)

        assert fault(response) == ("wsse:MessageExpired", None)

    def test_without_a_password_of_its_own_the_portal_lets_nobody_in(
        self, given_to_msed: Issue, settings: Settings
    ) -> None:
        header = token(password="any")
        settings.MSED_CALLBACK_PASSWORD = ""

        response = post(Delivery(given_to_msed, 1, ACCEPTED).child, header)

        assert fault(response) == ("wsse:FailedAuthentication", None)

    def test_old_nonces_are_forgotten(self, given_to_msed: Issue) -> None:
        receipt(post(Delivery(given_to_msed, 1, ACCEPTED).child))
        bridge.forget_old_nonces()
        assert Nonce.objects.count() == 1

        Nonce.objects.update(used_at=clock.now() - timedelta(minutes=12))
        bridge.forget_old_nonces()
        assert not Nonce.objects.exists()


_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10)
)
HOSTILE = {
    "billion laughs": b'<!DOCTYPE a [<!ENTITY l0 "ha">' + _LAUGHS + b"]><a>&l9;</a>",
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a DTD elsewhere": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "10,000 nested elements": b"<a>" * 10_000 + b"</a>" * 10_000,
    "a long attribute": b'<a b="' + b"x" * 11_000_000 + b'"/>',
    "another encoding": '<?xml version="1.0" encoding="windows-1251"?><a>ж</a>'.encode("cp1251"),
    "UTF-16": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
    "an unknown encoding": b'<?xml version="1.0" encoding="x-nothing"?><a/>',
    "no XML": b"\x00\xff not XML",
    "nothing": b"",
    "two children": soap.envelope(b"<a/><b/>"),
    "no SOAP": b"<a/>",
    "SOAP 1.2": b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>',
}


def post_at_once(message: bytes) -> HttpResponse:
    """Posts what must be refused within a second, and in no more memory than a few copies of it.

    The second is the processor's: another's work on the machine is not the message's fault.
    """
    before = time.process_time()
    response = post_raw(message)
    assert time.process_time() - before < 1

    tracemalloc.start()
    try:
        post_raw(message)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * len(message) + 64 * 1024 * 1024
    return response


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_xml_is_refused_at_once(message: bytes) -> None:
    assert fault(post_at_once(message)) == ("SCHEMA", False)


SWARMS = {
    "elements": soap.envelope(b"<a>" + b"<b/>" * 4_000_000 + b"</a>"),
    "children of the body": soap.envelope(b"<b/>" * 4_000_000),
    "bodies": soap.envelope(b"").replace(
        b"<soap:Body>", b"<soap:Body/>" * 900_000 + b"<soap:Body>"
    ),
    "attributes": soap.envelope(
        b"<a " + b" ".join(b'a%d=""' % number for number in range(1_200_000)) + b"/>"
    ),
    "comments": soap.envelope(b"<a>" + b"<!---->" * 2_000_000 + b"</a>"),
    "100,000 nested elements": soap.envelope(b"<a>" * 100_000 + b"</a>" * 100_000),
}


@pytest.mark.parametrize("message", SWARMS.values(), ids=SWARMS.keys())
def test_a_swarm_is_refused_before_a_tree_is_made_of_it(message: bytes) -> None:
    assert len(message) <= soap.MAX_MESSAGE_BYTES
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    response = post_at_once(message)

    # Some of it is the test's own, which traces what is allocated.
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 4 * len(message) + 8 * 1024 * 1024
    assert fault(response) == ("TOO_LARGE", False)


def test_what_stands_too_deep_is_refused() -> None:
    assert fault(post_raw(soap.envelope(b"<a>" * 300 + b"</a>" * 300))) == ("SCHEMA", False)


def test_the_largest_file_of_the_contract_still_passes() -> None:
    chunk = base64.encodebytes(b"\x00" * soap.MAX_CHUNK_BYTES)
    _header, child = soap.parse(soap.envelope(b"<a>" + chunk + b"</a>"))
    assert child.tag == "a"


def test_seventeen_mebibytes_are_refused_unread() -> None:
    assert fault(post_at_once(b" " * 17 * 1024 * 1024)) == ("TOO_LARGE", False)


def test_a_charset_that_belies_the_message_is_refused(given_to_msed: Issue) -> None:
    response = post(Delivery(given_to_msed, 1, ACCEPTED).child, charset="koi8-r")

    assert fault(response) == ("SCHEMA", False)


def test_a_message_against_the_schema_is_refused_without_quoting_it(given_to_msed: Issue) -> None:
    wrong = answered("Иванов Иван болен")

    response = post(Delivery(given_to_msed, 1, wrong).child)

    assert fault(response) == ("SCHEMA", False)
    assert "Иванов" not in response.content.decode()


def test_only_post_is_spoken_here() -> None:
    assert Client().get("/msed/callback/").status_code == 405
