"""When МСЭД is away: the breaker opens, one call tries again, nothing overtakes what waits."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.models import User
from common import clock, outbox
from issues import operations
from issues.models import Attachment, Issue
from issues.policies import By
from msed_bridge import client, queries
from msed_bridge import operations as bridge
from msed_bridge.models import Channel, Exchange, Partner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_listens(settings: Settings) -> None:
    settings.MSED_URL = "http://127.0.0.1:9/msed"


def fail() -> None:
    with pytest.raises(client.UnreachableError):
        bridge.read_queue()


def test_five_failures_open_the_breaker_and_then_one_call_may_try() -> None:
    for _time in range(4):
        fail()
    assert bridge.may_call(Channel.MSED)
    fail()
    assert not bridge.may_call(Channel.MSED)
    assert bridge.read_queue() == 0  # no call, no error

    Partner.objects.update(open_until=clock.now() - timedelta(seconds=1))

    assert [bridge.may_call(Channel.MSED) for _worker in range(3)] == [True, False, False]


def test_attempts_are_put_off_longer_and_longer_and_never_given_up(published: Issue) -> None:
    outbox.deliver_due("msed")
    for attempt in range(1, 4):
        assert bridge.send_due() == 0
        exchange = Exchange.objects.get()
        assert (exchange.state, exchange.attempts) == ("waiting", attempt)
        assert exchange.next_attempt_at is not None
        assert exchange.next_attempt_at > clock.now()
        assert exchange.leased_until is None
        Exchange.objects.update(next_attempt_at=clock.now())


def test_what_follows_a_failed_message_waits_for_it(published: Issue, resident: User) -> None:
    operations.withdraw_issue(by=By.author(resident), issue=published)
    outbox.deliver_due("msed")
    register, withdrawal = Exchange.objects.order_by("event")
    assert list(queries.due_exchanges(clock.now())) == [register]

    register.state, register.fault_code = Exchange.State.FAILED, "HASH_MISMATCH"
    register.save()
    assert not queries.due_exchanges(clock.now()).exists()

    # Written anew it is younger than the withdrawal, and goes first all the same.
    anew = bridge.resend(by="test", exchange=register)
    assert anew.pk > withdrawal.pk
    assert list(queries.due_exchanges(clock.now())) == [anew]


def test_a_lost_file_of_ours_is_tried_again_and_named(published: Issue) -> None:
    # The message is written down with a photo whose bytes have since gone from the storage.
    Attachment.objects.create(
        issue=published,
        name="яма.jpg",
        content_type="image/jpeg",
        size=3,
        sha256="0" * 64,
        file="attachments/gone.jpg",
        uploaded_at=clock.now(),
    )
    outbox.deliver_due("msed")

    assert bridge.send_due() == 0

    exchange = Exchange.objects.get()
    assert (exchange.state, exchange.fault_code) == ("waiting", "FILE_UNREADABLE")
    assert bridge.may_call(Channel.MSED)
