"""The bridge's page for administrators: what needs a person is there, with the buttons that help."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import AccessRecord, Role, User
from common import clock, outbox
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from msed_bridge import operations as bridge
from msed_bridge import queries, tasks
from msed_bridge.models import Appeal, Channel, Exchange, Intervention, Notice
from notifications.models import Letter
from tests.msed_bridge.notifications import ACCEPTED, ASSIGNED, Delivery, post, receipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def given(published: Issue) -> Issue:
    """Written down for МСЭД, not sent yet."""
    outbox.deliver_due("msed")
    return published


def fail(exchange: Exchange, code: str = "ACCESS_DENIED") -> Exchange:
    Exchange.objects.filter(pk=exchange.pk).update(state="failed", fault_code=code)
    exchange.refresh_from_db()
    return exchange


def addition(issue: Issue) -> Exchange:
    """A withdrawal that waits behind the appeal."""
    assert issue.author is not None
    issue_operations.withdraw_issue(by=By.author(issue.author), issue=issue)
    outbox.deliver_due("msed")
    return Exchange.objects.get(kind="AddToAppeal")


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.OFFICER])
def test_only_administrators_come_in(
    client: Client, make_user: Callable[..., User], given: Issue, role: Role | None
) -> None:
    client.force_login(make_user(*([role] if role else [])))
    uid = Exchange.objects.get().uid
    for address in ("/msed/", f"/msed/messages/{uid}/", f"/msed/issues/{given.number}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/msed/messages/{uid}/resend/").status_code == 403
    client.logout()
    assert client.get("/msed/").status_code == 302


def test_what_failed_is_shown_with_its_fault_and_sent_again_in_bulk(
    desk: Client, given: Issue
) -> None:
    exchange = fail(Exchange.objects.get())
    page = desk.get("/msed/").content.decode()
    assert given.number in page
    assert "ACCESS_DENIED" in page

    desk.post("/msed/resend/", {"code": "ACCESS_DENIED"})

    exchange.refresh_from_db()
    assert exchange.state == "waiting"
    assert exchange.attempts == 0


def test_one_message_is_shown_with_its_xml_and_the_look_is_noted(
    desk: Client, administrator: User, given: Issue
) -> None:
    exchange = fail(Exchange.objects.get())
    page = desk.get(f"/msed/messages/{exchange.uid}/").content.decode()
    assert "RegisterAppeal" in page
    assert AccessRecord.objects.filter(
        user=administrator, place="msed", subject=given.number
    ).exists()

    desk.post(f"/msed/messages/{exchange.uid}/resend/")
    exchange.refresh_from_db()
    assert exchange.state == "waiting"
    assert desk.post(f"/msed/messages/{uuid.uuid4()}/resend/").status_code == 404


def test_a_failed_addition_is_given_up_with_a_reason_and_the_appeal_never(
    desk: Client, administrator: User, given: Issue
) -> None:
    appeal = fail(Exchange.objects.get())
    desk.post(f"/msed/messages/{appeal.uid}/dismiss/", {"because": "надоело"})
    appeal.refresh_from_db()
    assert appeal.state == "failed"

    added = fail(addition(given), "UNKNOWN_APPEAL")
    desk.post(f"/msed/messages/{added.uid}/dismiss/", {"because": "  "})
    added.refresh_from_db()
    assert added.state == "failed"

    desk.post(f"/msed/messages/{added.uid}/dismiss/", {"because": "обращения там нет"})
    added.refresh_from_db()
    assert (added.state, added.dismissed_by, added.dismissed_because) == (
        "dismissed",
        administrator,
        "обращения там нет",
    )
    assert "обращения там нет" in desk.get(f"/msed/messages/{added.uid}/").content.decode()


def test_a_refused_notification_is_followed_from_its_page(desk: Client, given: Issue) -> None:
    for seq, event in enumerate((ASSIGNED, ACCEPTED), start=1):
        receipt(post(Delivery(given, seq, event).child))
    bridge.follow_issue(given.pk)
    notice = Notice.objects.get(state="refused")
    assert notice.kind in desk.get("/msed/").content.decode()
    assert "executorAssigned" in desk.get(f"/msed/notifications/{notice.uid}/").content.decode()
    # Under the number of the message: so its author finds the look in the copy of their data.
    assert AccessRecord.objects.filter(place="msed", subject=given.number).exists()

    desk.post(f"/msed/notifications/{notice.uid}/follow/")

    notice.refresh_from_db()
    assert notice.state == "applied"


def test_search_goes_to_the_message_the_notification_or_the_issue(
    desk: Client, given: Issue
) -> None:
    exchange = Exchange.objects.get()
    for words, address in (
        (str(exchange.uid), f"/msed/messages/{exchange.uid}/"),
        (f"№ {given.number}", f"/msed/issues/{given.number}/"),
        ("чего нет", "/msed/"),
    ):
        response = desk.get("/msed/search/", {"q": words})
        assert (response.status_code, response["Location"]) == (302, address)
    assert given.number in desk.get(f"/msed/issues/{given.number}/").content.decode()


def test_calls_are_paused_with_a_reason_and_go_on_and_it_is_noted_who_did_it(
    desk: Client, given: Issue, administrator: User
) -> None:
    desk.post("/msed/pause/", {"channel": "msed", "because": " "})
    assert bridge.may_call(Channel.MSED)
    desk.post("/msed/pause/", {"channel": "msed", "because": "работы на той стороне"})
    assert not bridge.may_call(Channel.MSED)
    desk.post("/msed/reconcile/")
    assert Intervention.objects.latest("pk").outcome == "not compared: PAUSED"
    desk.post("/msed/resume/", {"channel": "msed"})
    assert desk.post("/msed/resume/", {"channel": "post"}).status_code == 404
    assert bridge.may_call(Channel.MSED)
    noted = Intervention.objects.order_by("pk")
    assert [(row.action, row.by, row.because) for row in noted] == [
        ("pause", administrator, "работы на той стороне"),
        ("reconcile", administrator, ""),
        ("resume", administrator, ""),
    ]
    page = desk.get("/msed/").content.decode()
    assert "работы на той стороне" in page
    assert administrator.full_name in page


def test_what_was_done_by_hand_can_not_be_unwritten(given: Issue, administrator: User) -> None:
    bridge.resend(by=administrator, exchange=Exchange.objects.get(), because="просят")
    for change in (
        lambda: Intervention.objects.update(because="само"),
        lambda: Intervention.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="only added"), transaction.atomic():
            change()


def test_what_fails_is_not_noted_as_done(given: Issue, administrator: User) -> None:
    Exchange.objects.update(
        state="done", receipt=b"<r/>", accepted=True, done_at=clock.now(), next_attempt_at=None
    )
    with pytest.raises(ValueError, match="without a receipt"):
        bridge.resend(by=administrator, exchange=Exchange.objects.get())
    assert not Intervention.objects.exists()


def test_a_comparison_that_fails_is_noted_as_failed(
    desk: Client, given: Issue, settings: Settings
) -> None:
    settings.MSED_URL = "http://127.0.0.1:9/msed"
    Exchange.objects.update(state="done", receipt=b"<r/>", accepted=True, done_at=clock.now())
    desk.post("/msed/reconcile/")
    tasks.reconcile.fn()
    noted = Intervention.objects.order_by("pk")
    assert [row.outcome for row in noted] == ["not compared: NO_REPLY"] * 2
    assert (noted[0].via, noted[1].by) == ("", None)
    assert noted[1].via


def test_the_first_watch_a_message_without_a_receipt_wakes_the_administrators_once_a_day(
    given: Issue, administrator: User
) -> None:
    assert bridge.watch() == 0
    Exchange.objects.update(made_at=clock.now() - timedelta(hours=2))

    assert bridge.watch() == 1
    assert bridge.watch() == 1

    (letter,) = Letter.objects.filter(to=administrator.email)
    assert "/msed/" in letter.text


def test_the_second_watch_neither_registered_nor_refused_in_72_hours(given: Issue) -> None:
    now = clock.now()
    Exchange.objects.update(
        state="done", receipt=b"<r/>", accepted=True, done_at=now - timedelta(hours=71)
    )
    assert not queries.without_answer(now).exists()
    later = now + timedelta(hours=2)
    assert queries.without_answer(later).get().issue == given

    receipt(post(Delivery(given, 1, ACCEPTED).child))
    assert not queries.without_answer(later).exists()


def test_what_a_watch_has_found_is_sent_again_in_bulk(
    desk: Client, publish: Callable[..., Issue]
) -> None:
    issues = [publish() for _number in range(3)]
    outbox.deliver_due("msed")
    now = clock.now()
    later = now + timedelta(hours=5)
    long_ago = now - timedelta(hours=2)
    Exchange.objects.update(made_at=long_ago, attempts=9, next_attempt_at=later)
    assert "Отправить все эти снова" in desk.get("/msed/").content.decode()

    desk.post("/msed/resend/", {"watch": "receipt"})
    assert queries.due_exchanges(clock.now()).count() == 3
    assert set(Exchange.objects.values_list("attempts", flat=True)) == {0}

    days_ago = now - timedelta(hours=73)
    Exchange.objects.update(
        state="done", receipt=b"<r/>", accepted=True, done_at=days_ago, made_at=days_ago
    )
    receipt(post(Delivery(issues[0], 1, ACCEPTED).child))
    desk.post("/msed/resend/", {"watch": "answer"})
    waiting = Exchange.objects.filter(state="waiting").values_list("issue", flat=True)
    assert sorted(waiting) == sorted(issue.pk for issue in issues[1:])
    noted = Intervention.objects.order_by("pk")
    assert [(row.subject, row.outcome) for row in noted] == [("receipt", "3"), ("answer", "2")]
    assert desk.post("/msed/resend/", {"watch": "none"}).status_code == 404


def test_an_appeal_that_was_lost_there_is_given_again_unless_something_was_told_of_it(
    given: Issue,
) -> None:
    exchange = Exchange.objects.get()
    Exchange.objects.update(state="done", receipt=b"<r/>", accepted=True, done_at=clock.now())
    body = bytes(exchange.body)

    assert bridge.give_again(appeal=Appeal.objects.get()) == 1
    exchange.refresh_from_db()
    assert (exchange.state, bytes(exchange.body)) == ("waiting", body)

    Exchange.objects.update(state="done", receipt=b"<r/>", accepted=True, done_at=clock.now())
    receipt(post(Delivery(given, 1, ACCEPTED).child))
    assert bridge.give_again(appeal=Appeal.objects.get()) == 0


def test_prometheus_reads_the_exchange(client: Client, given: Issue) -> None:
    fail(Exchange.objects.get(), "SCHEMA")
    page = client.get("/metrics").content.decode()
    assert 'portal_msed_failed{code="SCHEMA"} 1.0' in page
    assert "portal_msed_waiting 0.0" in page
    assert 'portal_msed_breaker_open{channel="medo"} 0.0' in page
