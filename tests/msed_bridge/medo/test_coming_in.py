"""Packages that authorities bring: in any order, again, half of them, and never trusted."""

import os
import time
import uuid
from itertools import permutations
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from authorities.models import Authority
from issues.models import Issue
from issues.workflow import State
from msed_bridge import tasks
from msed_bridge.medo import folders, packages, reading
from msed_bridge.medo.packages import Package
from msed_bridge.models import FileTransfer, Notice, RefusedPackage
from tests.msed_bridge.medo.gateway import ADDRESS
from tests.msed_bridge.medo.looking import empty, look, reach, receipt_of, settle
from tests.msed_bridge.medo.packages import Told, bring
from tests.timeline import actions

pytestmark = pytest.mark.django_db


def test_what_comes_before_the_registration_waits_for_it(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo)
    bring(root, told.assigned())
    look()
    given.refresh_from_db()
    assert given.state == State.DISPATCHED

    bring(root, told.accepted("17-О"))

    issue = reach(given, State.IN_PROGRESS)
    assert actions(issue)[-3:] == ["dispatch", "register", "start"]
    assert issue.registration_number == "17-О"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_with_each_message_twice_ends_the_same(
    given: Issue,
    by_medo: Authority,
    root: Path,
    order: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packages, "SETTLED_SECONDS", 0)
    told = Told(given, by_medo)
    story = [told.accepted("17"), told.assigned(), told.answer(files={})]
    for place in order:
        for copy in ("", "-again"):
            bring(root, story[place], name=f"{story[place].uid}{copy}")
            look()

    given.refresh_from_db()
    assert given.state == State.ANSWERED
    assert given.registration_number == "17"
    assert actions(given).count("register") == actions(given).count("answer") == 1
    assert actions(given).count("start") <= 1
    assert not Notice.objects.filter(state__in=["waiting", "refused"]).exists()


def test_the_same_message_again_has_one_effect_and_the_same_receipt(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo).accepted("17")
    bring(root, told)
    reach(given, State.REGISTERED)
    receipt = Package(receipt_of(root, told), ()).read("acknowledgment.xml", most=10_000)
    read = reading.read_receipt(reading.read(receipt))
    assert (read.of, read.accepted) == (told.uid, True)
    assert list(read.hashes) == ["notification.xml"]
    empty(root / "out")

    bring(root, told, name="again")
    settle()

    assert actions(given).count("register") == 1
    again = Package(receipt_of(root, told), ()).read("acknowledgment.xml", most=10_000)
    assert reading.read_receipt(reading.read(again)) == read
    assert not RefusedPackage.objects.exists()


def test_a_worker_that_dies_before_the_receipt_is_written_writes_it_the_next_time(
    given: Issue, by_medo: Authority, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(given, by_medo).accepted("17")
    bring(root, told)
    time.sleep(0.4)

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(folders, "write", killed)
        with pytest.raises(Killed):
            tasks.take.fn()
    assert Notice.objects.count() == 1

    settle()

    assert receipt_of(root, told).exists()
    assert actions(given).count("register") == 1


def test_windows_1251_is_read_too(given: Issue, by_medo: Authority, root: Path) -> None:
    told = Told(given, by_medo).accepted("17-Щ")
    told.content = told.content.replace(b"UTF-8", b"windows-1251", 1).decode().encode("cp1251")
    bring(root, told)

    assert reach(given, State.REGISTERED).registration_number == "17-Щ"


def test_half_a_package_is_left_until_it_is_whole(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo).accepted("17")
    path = bring(root, told, envelope=b"")
    settle()
    assert path.exists()
    assert not RefusedPackage.objects.exists()

    (path / "envelope.ini").write_bytes(told.envelope)

    reach(given, State.REGISTERED)


def test_a_package_that_is_never_finished_is_named_after_a_day(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    path = bring(root, Told(given, by_medo).accepted("17"), envelope=b"")
    long_ago = time.time() - 2 * 24 * 3600
    for part in (*path.iterdir(), path):
        os.utime(part, (long_ago, long_ago))

    look()

    assert RefusedPackage.objects.get().reason == "INCOMPLETE: there is no envelope"
    assert (root / "refused" / f"{path.name}.reason.txt").exists()


def test_an_answer_without_a_decision_explains_and_a_bad_file_is_named_in_it(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo)
    bring(root, told.accepted("17"))
    bring(root, told.answer(files={"акт.exe": b"MZ\0\0not for residents"}))

    issue = reach(given, State.ANSWERED)

    answer = issue.answers.get()
    assert answer.decision == "explained"
    assert "акт.exe" in answer.text
    assert FileTransfer.objects.get().state == "failed"


def test_who_gets_messages_by_medo_has_a_uid_and_an_address_there(authority: Authority) -> None:
    authority.exchange = Authority.Exchange.MEDO
    with pytest.raises(ValidationError, match="uid"):
        authority.full_clean()

    authority.medo_uid, authority.medo_address = uuid.uuid4(), ADDRESS
    authority.full_clean()
