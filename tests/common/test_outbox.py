"""An event reaches each consumer once and in order, whatever dies on the way (law 2)."""

import functools
import operator
import threading
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import connection, transaction

from common import clock, outbox
from common.models import Delivery


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """Two consumers of a workflow of their own, and what has reached them."""
    reached: dict[str, list[int]] = defaultdict(list)
    monkeypatch.setattr(outbox, "_consumers", {})
    outbox.subscribe("books", reached["books"].append)
    outbox.subscribe("picky", reached["picky"].append, actions=["accept"])
    return reached


def enqueue(event_id: int, *, key: int = 1, action: str = "accept") -> None:
    with transaction.atomic():
        outbox.enqueue(event_id=event_id, key=key, action=action)


@pytest.mark.django_db
def test_each_consumer_gets_what_it_asked_for(handled: dict[str, list[int]]) -> None:
    enqueue(1)
    enqueue(2, action="reject")
    assert outbox.deliver_due("books") == 2
    assert outbox.deliver_due("picky") == 1
    assert handled == {"books": [1, 2], "picky": [1]}
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_an_event_that_was_rolled_back_reaches_nobody(handled: dict[str, list[int]]) -> None:
    with transaction.atomic():
        outbox.enqueue(event_id=1, key=1, action="accept")
        transaction.set_rollback(True)
    assert outbox.deliver_due("books") == 0
    assert handled["books"] == []


@pytest.mark.django_db
def test_a_failing_event_waits_and_holds_back_only_its_own_issue(
    handled: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = {1}

    def handle(event_id: int) -> None:
        if event_id in failing:
            raise ValueError("personal words that no log may show")
        handled["shaky"].append(event_id)

    outbox.subscribe("shaky", handle)
    for event_id, key in ((1, 1), (2, 1), (3, 2)):
        enqueue(event_id, key=key)
    outbox.deliver_due("shaky")
    assert handled["shaky"] == [3]
    waiting = Delivery.objects.get(consumer="shaky", event_id=1)
    assert (waiting.attempts, waiting.last_error) == (1, "ValueError")
    failing.clear()
    with clock.told(clock.now() + outbox.LONGEST_PAUSE):
        outbox.deliver_due("shaky")
    assert handled["shaky"] == [3, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_many_workers_handle_each_event_once_and_in_order(handled: dict[str, list[int]]) -> None:
    order: dict[int, list[int]] = defaultdict(list)

    def handle(event_id: int) -> None:
        order[event_id % 5].append(event_id)

    outbox.subscribe("many", handle)
    for event_id in range(1, 101):
        enqueue(event_id, key=event_id % 5)

    def work() -> None:
        try:
            while Delivery.objects.filter(consumer="many").exists():
                outbox.deliver_due("many")
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {key: sorted(ids) for key, ids in order.items()} == dict(order)
    assert sorted(functools.reduce(operator.iadd, order.values(), [])) == list(range(1, 101))


@pytest.mark.django_db
def test_history_is_told_to_nobody(handled: dict[str, list[int]]) -> None:
    with outbox.muted():
        enqueue(1)
    assert not Delivery.objects.exists()


def test_pauses_grow_and_stay_bounded() -> None:
    for attempts in range(1, 40):
        assert timedelta(0) < outbox.pause_after(attempts) <= outbox.LONGEST_PAUSE
