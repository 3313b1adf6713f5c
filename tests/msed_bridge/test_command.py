"""`manage.py msed` and the books in the administration site."""

import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from common import outbox
from issues.models import Issue
from msed_bridge import operations as bridge
from msed_bridge.models import Channel, Exchange, Intervention, Notice
from tests.msed_bridge.notifications import ACCEPTED, ASSIGNED, Delivery, post, receipt

pytestmark = pytest.mark.django_db


def msed(*words: object) -> str:
    out = io.StringIO()
    call_command("msed", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def told(published: Issue) -> Issue:
    """Given to МСЭД, which has told of an executor too early."""
    outbox.deliver_due("msed")
    for seq, event in enumerate((ASSIGNED, ACCEPTED), start=1):
        receipt(post(Delivery(published, seq, event).child))
    bridge.follow_issue(published.pk)
    return published


def test_status_tells_what_waits_and_what_was_refused(told: Issue) -> None:
    bridge.pause(by="test", channel=Channel.MSED)

    status = msed("status")

    assert "messages to authorities: waiting 1" in status
    assert "МСЭД: paused since" in status
    assert "refused 1" in status
    assert "start: registered_before" in status


def test_a_message_is_shown_with_its_xml(told: Issue) -> None:
    sent = Exchange.objects.get(direction="out")
    received = Exchange.objects.filter(direction="in").latest("pk")

    assert told.number in msed("show", sent.uid)
    assert "МСЭД-2026-17" in msed("show", received.uid)


def test_a_refused_notification_is_followed_again_and_a_waiting_message_goes_now(
    told: Issue,
) -> None:
    notice = Notice.objects.get(state="refused")
    sent = Exchange.objects.get(direction="out")

    msed("resend", notice.uid)
    assert f"{sent.uid} will be sent" in msed("resend", sent.uid)

    notice.refresh_from_db()
    assert notice.state == "applied"
    told.refresh_from_db()
    assert told.state == "in_progress"


def test_pause_and_resume(told: Issue) -> None:
    msed("pause", "--because", "переезд")
    assert not bridge.may_call(Channel.MSED)
    msed("resume")
    assert bridge.may_call(Channel.MSED)
    assert [row.via.startswith("manage.py, ") for row in Intervention.objects.all()] == [True] * 2
    assert "pause msed (переезд)" in msed("status")


def test_what_is_not_there_is_said(told: Issue) -> None:
    with pytest.raises(CommandError, match="there is no message"):
        msed("show", uuid.uuid4())


def test_staff_read_the_books_and_change_nothing(told: Issue, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root@example.org", "secret-for-a-test"))
    exchange = Exchange.objects.get(direction="out")
    notice = Notice.objects.get(state="refused")

    for page, needle in (
        ("exchange/", told.number),
        (f"exchange/{exchange.pk}/change/", "RegisterAppeal"),
        ("notice/", "start: registered_before"),
        (f"notice/{notice.pk}/change/", "executorAssigned"),
        ("appeal/", told.number),
        ("partner/", ""),
    ):
        response = client.get(f"/admin/msed_bridge/{page}")
        assert response.status_code == 200
        assert needle in response.content.decode()
    assert client.get("/admin/msed_bridge/exchange/add/").status_code == 403
    assert client.post(f"/admin/msed_bridge/exchange/{exchange.pk}/delete/").status_code == 403
