"""Chaos with a seed: processes are killed, connections cut and faults ordered while messages are on their way;
and the comparison of both sides' books at the end. The short form is a test, the long one a measurement."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

import requests
from django.db import connection
from PIL import Image

from common import clock, uploads
from common.models import Delivery
from issues import timeline
from issues.models import Issue
from issues.operations import keep_issue_file
from msed_bridge.models import Direction, Exchange, FileTransfer, Notice, Partner
from notifications.models import Letter
from tests.journeys.parts import PROCESS, Parts


def told(name: str, otherwise: int) -> int:
    """A number from the environment: CHAOS_ISSUES messages, CHAOS_SEEDS runs, CHAOS_HARMS in each run."""
    return int(os.environ.get(f"CHAOS_{name}", otherwise))


VICTIMS = ("worker", "web", "redis", "msed", "scheduler", "database")
# Whatever a retry can mend; a fault that needs a person would end the story in a person's hands.
FAULTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "delay", "seconds": 0.3, "probability": 0.1},
    {"kind": "drop_before_commit", "probability": 0.1},
    {"kind": "drop_after_commit", "probability": 0.1},
    {"kind": "http", "probability": 0.05},
    {"kind": "http_after_commit", "probability": 0.05},
    {"kind": "soap_fault", "code": "BUSY", "probability": 0.05},
    {"kind": "soap_fault", "code": "FAILURE", "probability": 0.05},
    {"kind": "security_fault", "code": "MessageExpired", "probability": 0.02},
    {"kind": "truncated", "probability": 0.05},
    {"kind": "garbage", "probability": 0.05},
    {"kind": "wrong_uid", "probability": 0.05},
    {"kind": "slow_drip", "seconds": 0.5, "probability": 0.05},
    {"kind": "wrong_hash", "probability": 0.1},
    {"kind": "gap", "probability": 0.1},
    {"kind": "late", "seconds": 2, "probability": 0.1},
    {"kind": "push_duplicate", "probability": 0.2},
    {"kind": "push_drop", "probability": 0.1},
    {"kind": "push_truncated", "probability": 0.05},
    {"kind": "push_garbage", "probability": 0.05},
)


class Chaos:
    """Does harm in a thread of its own until it is stopped; all is healthy again then."""

    def __init__(self, parts: Parts, *, seed: int, most_seconds_between: float = 1.2) -> None:
        """Begins at once.

        Args:
            parts: whom the harm is done to; all of them run.
            seed: of the choice of harm.
            most_seconds_between: two harms lie no further apart, seconds.
        """
        self._parts, self._dice, self._seed = parts, random.Random(seed), seed
        self._most = most_seconds_between
        self._stopping = threading.Event()
        self.killed: list[str] = []
        self.failed: list[Exception] = []
        self._order_faults()
        self._thread = threading.Thread(target=self._run, name=f"chaos-{seed}")
        self._thread.start()

    def stop(self) -> None:
        """Does no more harm.

        Raises:
            AssertionError: the harm-doing itself failed.
        """
        self._stopping.set()
        self._thread.join()
        assert not self.failed, self.failed
        requests.post(f"{self._parts.msed_url}/control/faults", json={"clear": True}, timeout=30)

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._dice.uniform(0.2, self._most)):
                self._harm(self._dice.choice(VICTIMS))
        except Exception as error:  # noqa: BLE001  (told to the thread of the test)
            self.failed.append(error)
        finally:
            connection.close()

    def _harm(self, victim: str) -> None:
        self.killed.append(victim)
        if victim == "database":
            cut_connections()
            return
        self._parts.kill(victim)
        if victim == "worker":
            end_leases()
        time.sleep(self._dice.uniform(0, 0.5))
        self._parts.start(victim)
        if victim == "msed":
            self._order_faults()

    def _order_faults(self) -> None:
        rules = [
            {"count": None, "seed": self._seed + number, **rule}
            for number, rule in enumerate(FAULTS)
        ]
        with suppress(requests.RequestException):
            requests.post(f"{self._parts.msed_url}/control/faults", json=rules, timeout=30)


def cut_connections() -> None:
    """Ends every session of the processes with this database, in the middle of whatever they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [PROCESS],
        )


def end_leases() -> None:
    """Time passes for what the only worker had in hand when it was killed: nobody holds it any more."""
    now = clock.now()
    for rows in (Exchange.objects, Letter.objects):
        rows.filter(leased_until__gt=now).update(leased_until=now)


def add_photo(issue: Issue, *, seed: int) -> None:
    """Keeps a photo of its own with a message."""
    picture, dice = BytesIO(), random.Random(seed)
    Image.frombytes("RGB", (120, 90), dice.randbytes(120 * 90 * 3)).save(picture, "PNG")
    picture.seek(0)
    upload = uploads.examine(picture, name=f"яма-{seed}.png")
    keep_issue_file(issue=issue, upload=upload, purpose="report")


def settled(parts: Parts) -> bool:
    """Whether nothing is on its way; the pauses before further attempts are passed over."""
    now = clock.now()
    for rows in (
        Exchange.objects.filter(state="waiting"),
        FileTransfer.objects.filter(state="waiting"),
        Delivery.objects.all(),
    ):
        rows.filter(next_attempt_at__gt=now).update(next_attempt_at=now)
    Partner.objects.exclude(open_until=None).update(open_until=now)
    if (
        Delivery.objects.exists()
        or Exchange.objects.filter(state="waiting").exists()
        or FileTransfer.objects.filter(state="waiting").exists()
        or Notice.objects.filter(state="waiting").exists()
    ):
        return False
    books = parts.msed_books()
    return (
        bool(books["appeals"])
        and all(appeal["due_at"] is None for appeal in books["appeals"])
        and len(books["notifications"]) == Notice.objects.count()
    )


def differences(books: Mapping[str, Any], issues: Collection[Issue]) -> list[str]:
    """What is not equal on both sides, in words; empty where each appeal is registered once, each message
    the same, each notification applied once and in order, each file whole, and no state skipped.

    Args:
        books: of МСЭД, as `Parts.msed_books` gives them.
        issues: all that were sent.
    """
    found = [*_appeals(books, issues), *_notifications(books), *_files(books)]
    for issue in issues:
        issue.refresh_from_db()
        found += [f"{issue.number}: {fault}" for fault in _timeline(issue)]
    return found


def _appeals(books: Mapping[str, Any], issues: Collection[Issue]) -> Iterator[str]:
    appeals = {appeal["uid"]: appeal for appeal in books["appeals"]}
    if set(appeals) != {str(issue.uid) for issue in issues}:
        yield "МСЭД has other appeals than were sent"
    for uid, appeal in appeals.items():
        kinds = Counter(message["kind"] for message in appeal["messages"])
        if kinds["RegisterAppeal"] != 1:
            yield f"{uid}: {dict(kinds)}"
    sent = Exchange.objects.filter(direction=Direction.OUT)
    if states := set(sent.values_list("state", flat=True)) - {"done"}:
        yield f"messages are left: {states}"
    ours = {(str(uid), digest) for uid, digest in sent.values_list("uid", "digest")}
    theirs = {
        (message["uid"], message["digest"])
        for appeal in appeals.values()
        for message in appeal["messages"]
    }
    if ours != theirs:
        yield f"messages differ: {ours ^ theirs}"


def _notifications(books: Mapping[str, Any]) -> Iterator[str]:
    theirs = sorted((n["appeal_uid"], n["seq"], n["uid"]) for n in books["notifications"])
    ours = sorted(
        (str(appeal), seq, str(uid))
        for appeal, seq, uid in Notice.objects.values_list("appeal_uid", "seq", "uid")
    )
    if ours != theirs:
        yield f"notifications differ: {set(ours) ^ set(theirs)}"
    for notice in Notice.objects.exclude(state="applied"):
        yield f"{notice} is {notice.state}: {notice.reason}"


def _files(books: Mapping[str, Any]) -> Iterator[str]:
    theirs = {file["uid"]: file["sha256"] for file in books["files"]}
    carried = FileTransfer.objects.all()
    if not carried.exists():
        yield "no file was carried"
    for file in carried:
        if file.state != "done":
            yield f"{file.direction} {file.name}: {file.state} {file.problem}"
        elif theirs.get(str(file.uid)) != file.sha256:
            yield f"{file.direction} {file.name}: another hash"


def _timeline(issue: Issue) -> Iterator[str]:
    yield from timeline.verify(issue)
    actions = Counter(issue.events.values_list("action", flat=True))
    for action in ("publish", "dispatch", "register"):
        if actions[action] != 1:
            yield f"{action}: {actions[action]} times"
    dealt_with = Notice.objects.filter(appeal_uid=issue.uid).order_by("seq")
    moments = [at for at in dealt_with.values_list("dealt_with_at", flat=True) if at]
    if moments != sorted(moments):
        yield "notifications were not followed in their order"
