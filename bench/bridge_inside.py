"""What the measurement of the bridge does inside a process: write messages down, send them, or loop over zeep."""

import sys
import time
import uuid
from pathlib import Path
from typing import Any

import django


def write(count: int) -> None:
    """Writes `count` appeals into the bridge's books, as dispatched issues would; prints how many wait."""
    from django.db import connection, transaction

    from issues.models import IssueEvent
    from msed_bridge import operations
    from msed_bridge.models import Exchange

    # An issue that was refused and given to another authority has more than one.
    events = (
        IssueEvent.objects.filter(
            action="dispatch", state_before="published", authority__exchange="msed"
        )
        .order_by("issue_id", "seq")
        .distinct("issue_id")
    )
    for start in range(0, count, 500):
        with transaction.atomic():
            for event_id in events.values_list("pk", flat=True)[start : start + 500]:
                operations.note_event(event_id)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE msed_bridge_exchange")  # as autovacuum does within a minute
    print(Exchange.objects.filter(state="waiting").count())


def send(seconds: float) -> None:
    """Sends for a time; prints how many receipts came and how long it computed for them, seconds."""
    from msed_bridge import operations

    operations.send_due(seconds=1)  # the connections and the WSDL are there
    before = time.process_time()
    count = operations.send_due(seconds=seconds)
    print(count, time.process_time() - before)


def send_long(count: int) -> None:
    """Sends `count` messages, the same again where they are too few; prints the memory at ten points, MB."""
    from django.utils import timezone

    from msed_bridge import operations
    from msed_bridge.models import Exchange

    done = operations.send_due(seconds=1)
    points = [_memory_mb()]
    while done < count:
        sent = operations.send_due(seconds=1)
        done += sent
        if not sent:
            # МСЭД answers with the same receipts: to it each is a duplicate.
            Exchange.objects.filter(state="done", direction="out").update(
                state="waiting",
                receipt=None,
                accepted=None,
                done_at=None,
                next_attempt_at=timezone.now(),
            )
        if done >= count * len(points) / 10:
            points.append(_memory_mb())
    print(*points)


def bare_zeep(seconds: float) -> None:
    """Calls RegisterAppeal by zeep alone for a time, nothing kept; prints the same."""
    import requests
    import zeep
    from django.conf import settings
    from zeep.wsse.username import UsernameToken

    from common import clock
    from issues.models import IssueEvent
    from msed_bridge import mapping, soap

    session = requests.Session()
    session.trust_env = False
    client = zeep.Client(
        str(soap.contract_file("msed.wsdl")),
        transport=zeep.Transport(session=session, operation_timeout=20),
        wsse=UsernameToken(settings.MSED_USERNAME, settings.MSED_PASSWORD, use_digest=True),
    )
    service = client.create_service(f"{{{soap.MSED}:wsdl}}MsedBinding", settings.MSED_URL)
    events = IssueEvent.objects.filter(action="dispatch", state_before="published")
    first = events.select_related(
        "words", "authority", "issue__topic", "issue__author", "issue__municipality"
    ).first()
    assert first is not None
    appeal: dict[str, Any] = mapping.appeal(first.issue, first, [])
    count, before, end = 0, time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end:
        service.RegisterAppeal(
            header=mapping.header(uuid.uuid4(), at=clock.now()),
            appeal=appeal | {"uid": str(uuid.uuid4())},
        )
        count += 1
    print(count, time.process_time() - before)


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    django.setup()
    _program, what, amount = sys.argv
    match what:
        case "write":
            write(int(amount))
        case "send":
            send(float(amount))
        case "long":
            send_long(int(amount))
        case "zeep":
            bare_zeep(float(amount))
