"""МСЭД is killed, lies and goes silent, and so do our workers: nothing is lost, nothing is said twice."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from django.db.models import Sum
from pytest_django import Settings

from accounts.models import User
from authorities.models import Authority
from common import clock, outbox, uploads
from issues import operations
from issues.models import Attachment, Issue
from issues.operations import Message
from issues.policies import By
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge import tasks
from msed_bridge.models import Channel, Exchange, FileTransfer, Notice, Partner
from msed_bridge.operations import partner
from tests.msed_bridge.looking import Reach, Work, appeals, due_now
from tests.reference_servers.msed_process import ROOT, Msed, wait_for


def test_a_dead_msed_gets_everything_once_it_is_back(
    msed: Msed, with_photo: Issue, reach: Reach, work: Work
) -> None:
    msed.kill()
    work()
    waiting = Exchange.objects.get()
    assert (waiting.state, waiting.fault_code, waiting.attempts) == ("waiting", "NO_REPLY", 1)
    before = bytes(waiting.body)
    msed.start()
    due_now()
    work()
    # It dies again with the appeal in its books, before it has pushed anything.
    msed.kill()
    msed.start()

    reach(with_photo, State.ANSWERED)

    assert len(appeals(msed)) == 1
    assert bytes(Exchange.objects.get(direction="out").body) == before


def test_an_hours_outage_is_caught_up_without_a_hand(
    msed: Msed, publish: Callable[..., Issue], work: Work
) -> None:
    # The clock is told, and ends at the present: МСЭД believes no token of another hour.
    back = clock.now()
    msed.kill()
    with clock.told(back - timedelta(minutes=65)):
        issues = [publish() for _number in range(12)]
    for minute in range(65, 0, -1):
        with clock.told(back - timedelta(minutes=minute)):
            work()
    assert Partner.objects.get().failures >= partner.FAILURES_TO_OPEN
    assert Exchange.objects.filter(state="waiting").count() == len(issues)
    # While it was away it was asked now and then, not again and again.
    assert Exchange.objects.aggregate(all=Sum("attempts"))["all"] < 65

    msed.start()
    seconds = 0
    while Exchange.objects.filter(state="waiting").exists():
        seconds += 10
        assert seconds < 240, "it is not caught up within four minutes"
        with clock.told(back + timedelta(seconds=seconds)):
            work()
    assert sorted(appeals(msed)) == sorted(str(issue.uid) for issue in issues)
    # What it is saying is heard to its end, before the next test finds empty books.
    msed.kill()
    wait_for(nobody_works, seconds=90)


def nobody_works() -> bool:
    """Whether no other session of this database is about something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle' AND usename = user"
        )
        return bool(cursor.fetchone() == (0,))


def test_a_lost_reply_is_asked_again_and_the_appeal_is_registered_once(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    for kind in ("drop_after_commit", "truncated", "garbage", "wrong_uid", "http_after_commit"):
        msed.fault(kind, "RegisterAppeal")
    for _time in range(5):
        work()
        due_now()

    reach(published, State.ANSWERED)

    sent = Exchange.objects.get(direction="out")
    assert sent.attempts == 6
    assert b"duplicate>true<" in bytes(sent.receipt or b"")
    (appeal,) = appeals(msed).values()
    assert len(appeal["messages"]) == 1


def worker(settings: Settings) -> subprocess.Popen[bytes]:
    """A process that looks at the books once, on this test's database."""
    base = connection.settings_dict
    where = f"{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    look = "from common import outbox; outbox.deliver_due('msed'); tasks.send.fn()"
    code = f"import django; django.setup(); from msed_bridge import tasks; {look}"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgis://{where}",
        "MSED_URL": settings.MSED_URL,
        "MSED_USERNAME": settings.MSED_USERNAME,
        "MSED_PASSWORD": settings.MSED_PASSWORD,
    }
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env)


def test_what_a_killed_worker_had_in_hand_is_taken_up_by_another(
    msed: Msed, published: Issue, settings: Settings, reach: Reach, work: Work
) -> None:
    msed.fault("delay", "RegisterAppeal", seconds=5)  # time enough to be seen and killed
    process = worker(settings)
    wait_for(lambda: Exchange.objects.filter(leased_until__isnull=False).exists(), seconds=90)
    process.kill()
    process.wait()
    work()
    assert Exchange.objects.get().state == "waiting"  # still in the dead worker's hands
    due_now()

    reach(published, State.ANSWERED)

    assert Exchange.objects.get(direction="out").attempts == 2
    (appeal,) = appeals(msed).values()
    assert len(appeal["messages"]) == 1


def test_several_workers_send_at_once_and_each_appeal_keeps_its_order(
    msed: Msed, resident: User, moderator: User, authority: Authority, message: Message, work: Work
) -> None:
    msed.control("/control/auto", {"on": False})
    author = By.author(resident)
    for _number in range(8):
        issue = operations.file_issue(by=author, message=message)
        operations.accept_issue(by=By.moderator(moderator), issue=issue)
        operations.withdraw_issue(by=author, issue=issue)

    def work_apart() -> None:
        try:
            for _look in range(3):
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work_apart) for _worker in range(4)]:
            done.result()

    assert len(appeals(msed)) == 8
    for appeal in appeals(msed).values():
        kinds = [told["kind"] for told in appeal["messages"]]
        assert kinds == ["RegisterAppeal", "AddToAppeal"]
        assert appeal["state"] == "Отозвано"
    assert set(Exchange.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_long_file_goes_on_from_what_is_held(
    msed: Msed, issue: Issue, moderator: User, reach: Reach, work: Work, resident: User
) -> None:
    lines = b"".join(b"line %07d\n" % number for number in range(700_000))
    upload = uploads.examine(io.BytesIO(lines), name="notes.txt")
    operations.keep_issue_file(issue=issue, upload=upload, purpose=Attachment.Purpose.REPORT)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    msed.fault("drop_after_commit", "PutFileChunk")
    msed.fault("drop_before_commit", "PutFileChunk")
    for _time in range(3):
        work()
        due_now()

    reach(issue, State.ANSWERED)

    (file,) = [file for file in msed.state()["files"] if file["origin"] == "portal"]
    assert file["received"] == len(lines)
    assert file["sha256"] == upload.sha256


def test_a_file_with_a_wrong_hash_is_fetched_again(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    msed.fault("wrong_hash", "GetFileChunk")

    def refused() -> bool:
        work()
        return FileTransfer.objects.filter(problem__startswith="HASH_MISMATCH").exists()

    wait_for(refused, seconds=90)
    published.refresh_from_db()
    assert published.state == State.IN_PROGRESS  # the answer waits for its file
    due_now()
    issue = reach(published, State.ANSWERED)

    assert issue.answers.get().attachments.count() == 1


def test_a_file_that_never_comes_right_is_given_up_and_the_answer_says_so(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    msed.fault("wrong_hash", "GetFileChunk", count=None)

    def asked() -> bool:
        work()
        return FileTransfer.objects.exists()

    wait_for(asked, seconds=90)
    FileTransfer.objects.update(give_up_at=clock.now())
    due_now()

    answer = reach(published, State.ANSWERED).answers.get()

    assert not answer.attachments.exists()
    assert "after.png" in answer.text


def test_a_wrong_password_opens_the_breaker_at_once_and_loses_nothing(
    msed: Msed, published: Issue, settings: Settings, reach: Reach, work: Work
) -> None:
    right = settings.MSED_PASSWORD
    settings.MSED_PASSWORD = "wrong"
    work()
    assert not bridge.may_call(Channel.MSED)
    assert Partner.objects.get().last_problem.startswith("FailedAuthentication")
    settings.MSED_PASSWORD = right
    bridge.resume(by="test", channel=Channel.MSED)
    due_now()

    reach(published, State.ANSWERED)


def test_what_was_not_pushed_is_read_from_the_queue(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    msed.fault("gap", "documentAccepted")

    def pushed() -> bool:
        work()
        return Notice.objects.filter(kind="reportSent").exists()

    wait_for(pushed, seconds=90)
    published.refresh_from_db()
    assert published.state == State.DISPATCHED  # the first one is missing: the others wait

    tasks.poll.fn()
    reach(published, State.ANSWERED)

    assert list(Notice.objects.order_by("position").values_list("seq", "position", "state")) == [
        (seq, seq, "applied") for seq in (1, 2, 3)
    ]
    assert bridge.reconcile(by="test") == []


def test_a_file_that_msed_has_lost_is_put_again(
    msed: Msed, with_photo: Issue, reach: Reach, work: Work
) -> None:
    outbox.deliver_due("msed")
    Exchange.objects.update(attempts=9, fault_code="NO_REPLY")  # after a long outage
    msed.fault("soap_fault", "RegisterAppeal", code="UNKNOWN_FILE")
    work()
    assert Exchange.objects.get().state == "waiting"
    due_now()

    reach(with_photo, State.ANSWERED)


def test_what_is_pushed_and_read_from_the_queue_at_once_is_kept_once(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    msed.fault("push_duplicate", count=None)

    def poll() -> None:
        try:
            for _time in range(15):
                bridge.read_queue()
        finally:
            connection.close()

    work()
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(poll) for _worker in range(3)]:
            done.result()
    reach(published, State.ANSWERED)

    assert list(Notice.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]
    assert all(told["problem"] == "" for told in msed.state()["notifications"])
