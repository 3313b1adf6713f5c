"""What happens by the clock: deadlines escalate, silence closes, and workers do not trip over each other."""

import threading
from contextvars import copy_context
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection, transaction
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from common import clock, uploads
from issues import operations, tasks
from issues.models import Answer, Attachment, Issue
from issues.policies import By
from issues.workflow import State

REPLY = operations.Reply(decision=Answer.Decision.DONE, text="Сделано.", signatory="Сидоров С. С.")


def count(issue: Issue, action: str) -> int:
    return issue.events.filter(action=action).count()


def test_a_waiting_message_is_reminded_of_once_and_escalated_once(
    issue: Issue,
) -> None:
    tasks.escalate_due.fn()
    assert count(issue, "remind") == 0
    for hours, reminded, escalated in ((37, 1, 0), (38, 1, 0), (49, 1, 1), (60, 1, 1)):
        with clock.told(issue.filed_at + timedelta(hours=hours)):
            tasks.escalate_due.fn()
        assert (count(issue, "remind"), count(issue, "escalate")) == (reminded, escalated)


def test_fourteen_days_of_silence_close_an_answered_issue(
    published: Issue,
) -> None:
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    published.refresh_from_db()
    assert published.answered_at
    for days, state in ((11, State.ANSWERED), (13.9, State.ANSWERED), (14, State.CLOSED)):
        with clock.told(published.answered_at + timedelta(days=days)):
            tasks.escalate_due.fn()
            tasks.close_silent.fn()
        published.refresh_from_db()
        assert published.state == state


def test_an_issue_that_fails_does_not_hold_up_the_others(
    issue: Issue, message: operations.Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert issue.author
    second = operations.file_issue(by=By.author(issue.author), message=message)
    escalate = operations.escalate_issue

    def stumble(*, issue: Issue) -> object:
        if issue.pk != second.pk:
            raise ZeroDivisionError
        return escalate(issue=issue)

    stumble.__name__ = "stumble"
    monkeypatch.setattr(operations, "escalate_issue", stumble)
    with clock.told(clock.now() + timedelta(hours=50)):
        tasks.escalate_due.fn()
    assert count(issue, "escalate") == 0
    assert count(second, "escalate") == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_else_holds_is_passed_by(issue: Issue) -> None:
    done = threading.Event()

    def work() -> None:
        try:
            tasks.escalate_due.fn()
            done.set()
        finally:
            connection.close()

    with clock.told(clock.now() + timedelta(hours=50)), transaction.atomic():
        Issue.objects.select_for_update().get(pk=issue.pk)
        # The worker reads the same clock.
        worker = threading.Thread(target=copy_context().run, args=(work,))
        worker.start()
        worker.join(timeout=30)
        assert done.is_set()  # it did not wait for our lock
    assert count(issue, "escalate") == 0


def test_a_file_that_was_never_filed_is_gone_with_the_draft_it_waited_for(
    resident: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    picture = BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    picture.seek(0)
    upload = uploads.examine(picture, name="яма.jpg")
    operations.keep_waiting_file(owner=resident, upload=upload)
    tasks.tidy_files.fn()
    assert Attachment.objects.count() == 1
    with clock.told(clock.now() + operations.WAITING_TIME + timedelta(minutes=1)):
        tasks.tidy_files.fn()
    assert not Attachment.objects.exists()


def test_a_stray_file_is_deleted_even_where_nothing_ran_for_days(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    today = clock.region_date(clock.now())
    for days in (1, 2, 6):
        stray = tmp_path / f"attachments/{today - timedelta(days=days):%Y/%m/%d}/{days}.jpg"
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"x")
    tasks.tidy_files.fn()
    # Somebody may still be at work with yesterday's.
    assert [path.name for path in tmp_path.rglob("*.jpg")] == ["1.jpg"]
