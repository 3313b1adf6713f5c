"""The way of an appeal by МЭДО: a real gateway process behind a folder, its faults, and hostile packages."""

import json
import os
import subprocess
import sys
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from authorities.models import Authority
from common import outbox
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge import queries, tasks
from msed_bridge.medo import folders, reading
from msed_bridge.models import Appeal, Exchange, FileTransfer, Intervention, Notice, RefusedPackage
from tests.msed_bridge.medo_packages import Message, Told, bring
from tests.reference_servers.msed_process import ROOT, wait_for

pytestmark = pytest.mark.django_db

ADDRESS = "SQUARE~MEDOGU"


@dataclass
class Gateway:
    """A running stand-in of МЭДО; start() and kill() may be called again and again on the same books."""

    folder: Path
    books: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, step_seconds: float = 0.1) -> "Gateway":
        where = ("--folder", self.folder, "--books", self.books)
        pace = ("--step-seconds", step_seconds)
        command = [sys.executable, "-m", "reference_servers.medo", *map(str, where + pace)]
        self.process = subprocess.Popen(command, cwd=ROOT)
        wait_for(lambda: (self.books / "faults").exists())
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def fault(self, kind: str) -> None:
        (self.books / "faults").mkdir(parents=True, exist_ok=True)
        (self.books / "faults" / kind).touch()

    def book(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.books / "books.json").read_text())
        return found


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is shared with the gateway; packages settle soon."""
    folder = tmp_path / "medo"
    settings.MEDO_FOLDER = str(folder)
    monkeypatch.setattr(folders, "SETTLED_SECONDS", 0.3)
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def gateway(root: Path, tmp_path: Path) -> Iterator[Gateway]:
    gateway = Gateway(root, tmp_path / "authorities")
    yield gateway
    gateway.kill()


@pytest.fixture
def by_medo(authority: Authority) -> Authority:
    """The authority of the square, reached by МЭДО."""
    authority.exchange = Authority.Exchange.MEDO
    authority.medo_uid, authority.medo_address = uuid.uuid4(), ADDRESS
    authority.save()
    return authority


@pytest.fixture
def given(by_medo: Authority, published: Issue) -> Issue:
    """Written out, not heard of yet."""
    look()
    return published


def look() -> None:
    """What the workers do at one look, without their queue."""
    outbox.deliver_due("msed")
    for task in (tasks.send, tasks.take, tasks.fetch, tasks.sweep):
        task.fn()


def reach(issue: Issue, state: str) -> Issue:
    def there() -> bool:
        look()
        issue.refresh_from_db()
        return issue.state == state

    wait_for(there, seconds=30)
    return issue


def actions(issue: Issue) -> list[str]:
    return list(issue.events.order_by("seq").values_list("action", flat=True))


# --- The whole way --------------------------------------------------------------------------------


def test_a_message_with_a_photo_is_written_out_registered_answered_published_and_rated(
    by_medo: Authority, gateway: Gateway, with_photo: Issue, resident: User, root: Path
) -> None:
    gateway.start()

    issue = reach(with_photo, State.ANSWERED)

    assert issue.registration_number.startswith("МЭДО-")
    assert actions(issue)[-4:] == ["dispatch", "register", "start", "answer"]
    answer = issue.answers.get()
    assert (answer.decision, answer.signatory) == ("done", "Рябов Константин Львович")
    assert {file.content_type for file in answer.attachments.all()} == {"image/jpeg", "text/plain"}
    (brought,) = gateway.book()["messages"].values()
    assert brought["address"] == ADDRESS
    assert brought["files"] == ["document.xml", "file01.jpg", "text.txt"]

    operations.rate_issue(by=By.author(resident), issue=issue, stars=5, solved=True)

    def all_closed() -> bool:
        look()
        open_ones = Exchange.objects.exclude(state="done").exists()
        return not open_ones and len(gateway.book()["receipts"]) >= 4

    wait_for(all_closed, seconds=30)
    kinds = [told["kind"] for told in gateway.book()["messages"].values()]
    assert kinds == ["Обращение гражданина", "Оценка"]
    assert {accepted for _of, accepted in gateway.book()["receipts"]} == {True}
    # “Report sent” comes after the answer itself: it is overtaken, and nobody is called.
    assert set(Notice.objects.values_list("kind", "state")) == {
        ("documentAccepted", "applied"),
        ("executorAssigned", "applied"),
        ("reportSent", "applied"),
        ("courseChanged", "late"),
    }
    assert not RefusedPackage.objects.exists()
    assert list((root / "in").iterdir()) == list((root / "out").iterdir()) == []


def test_an_answer_that_solved_nothing_goes_back_and_is_answered_again(
    by_medo: Authority, gateway: Gateway, published: Issue, resident: User
) -> None:
    gateway.start()
    issue = reach(published, State.ANSWERED)
    operations.rate_issue(
        by=By.author(resident), issue=issue, stars=1, solved=False, comment="Яма на месте."
    )

    issue = reach(issue, State.ANSWERED)

    assert actions(issue)[-4:] == ["reopen", "dispatch", "start", "answer"]
    returned = Exchange.objects.get(kind="AddToAppeal")
    assert "Яма на месте." in bytes(returned.document or b"").decode()
    assert issue.answers.count() == 2


@pytest.mark.parametrize("fault", ["duplicate", "truncated", "slow", "out_of_order"])
def test_what_comes_twice_cut_slowly_or_in_a_wrong_order_ends_the_same(
    by_medo: Authority, gateway: Gateway, published: Issue, fault: str
) -> None:
    gateway.fault(fault)
    gateway.start()

    issue = reach(published, State.ANSWERED)

    assert actions(issue).count("register") == actions(issue).count("answer") == 1
    refused = [package.reason for package in RefusedPackage.objects.all()]
    assert refused == (["SCHEMA: not well-formed XML"] if fault == "truncated" else [])
    assert not Notice.objects.filter(state="refused").exists()


def test_a_refused_registration_lets_a_moderator_choose_another_authority(
    by_medo: Authority, gateway: Gateway, published: Issue
) -> None:
    gateway.fault("refuse")
    gateway.start()

    issue = reach(published, State.PUBLISHED)

    assert issue.authority is None
    (refusal,) = issue.events.filter(action="refuse_registration")
    assert refusal.words.note == "Ошибка адресации. Дорога не на балансе администрации."
    assert not Appeal.objects.get().is_open


def test_a_receipt_with_another_hash_calls_a_person_who_has_it_written_anew(
    by_medo: Authority, gateway: Gateway, published: Issue, resident: User
) -> None:
    gateway.fault("wrong_hash")
    gateway.start(step_seconds=60)

    def failed() -> Exchange | None:
        look()
        return Exchange.objects.filter(state="failed").first()

    exchange = wait_for(failed, seconds=30)
    assert exchange.fault_code == "HASH_MISMATCH"

    bridge.resend(by=resident, exchange=exchange)

    def done() -> bool:
        look()
        return Exchange.objects.filter(direction="out", state="done").exists()

    wait_for(done, seconds=30)
    assert Exchange.objects.get(pk=exchange.pk).state == "replaced"


# --- Going out ------------------------------------------------------------------------------------


def test_a_package_is_repeated_byte_for_byte_until_its_receipt_comes(
    given: Issue, root: Path, resident: User
) -> None:
    (first,) = (root / "out").iterdir()
    before = {file.name: file.read_bytes() for file in first.iterdir()}
    for file in first.iterdir():
        file.unlink()
    first.rmdir()
    sent = Exchange.objects.get()
    assert (sent.state, sent.attempts, sent.channel) == ("waiting", 1, "medo")
    look()
    assert not list((root / "out").iterdir()), "not before its time"

    bridge.resend(by=resident, exchange=sent)
    look()

    (second,) = (root / "out").iterdir()
    assert second.name == first.name == str(sent.uid)
    assert {file.name: file.read_bytes() for file in second.iterdir()} == before
    message = reading.read(before["document.xml"])
    assert message.uid == sent.uid
    assert message.file_names == ["text.txt"]
    assert before["envelope.ini"].decode("cp1251").splitlines()[-4:] == [
        f"0={ADDRESS}",
        "[ФАЙЛЫ]",
        "0=document.xml",
        "1=text.txt",
    ]


def test_a_crash_while_it_is_written_leaves_nothing(
    by_medo: Authority, published: Issue, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(folders, "_sync_folder", killed)
    with pytest.raises(Killed):
        look()
    assert not list((root / "out").iterdir())
    monkeypatch.undo()
    folders.SETTLED_SECONDS = 0.3
    Exchange.objects.update(leased_until=None)

    tasks.send.fn()

    (package,) = (root / "out").iterdir()
    assert (package / "envelope.ini").exists()


WRITER = """
import sys, uuid
from datetime import UTC, datetime
from pathlib import Path
from msed_bridge.medo import folders
root = Path(sys.argv[1])
envelope = folders.Envelope("Обращение", "SQUARE~MEDOGU", datetime.now(UTC))
while True:
    files = {"document.xml": b"x" * 10_000, "text.txt": b"y" * 200_000}
    folders.write(root, str(uuid.uuid4()), envelope, files)
"""


def test_a_worker_killed_at_any_moment_leaves_whole_packages_or_none(root: Path) -> None:
    for pause in (0.05, 0.1, 0.15):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(root)], cwd=ROOT)
        wait_for(lambda: (root / ".tmp").exists())
        time.sleep(pause)
        writer.kill()
        writer.wait()

    written = list((root / "out").iterdir())
    assert written
    for package in written:
        sizes = {file.name: file.stat().st_size for file in package.iterdir()}
        assert sizes.pop("envelope.ini") > 100
        assert sizes == {"document.xml": 10_000, "text.txt": 200_000}


def test_a_disk_that_takes_nothing_is_a_reason_to_wait(
    by_medo: Authority, published: Issue, root: Path
) -> None:
    (root / "out").rmdir()
    (root / "out").write_text("a file, where a folder should be")

    look()

    sent = Exchange.objects.get()
    assert (sent.state, sent.fault_code) == ("waiting", "FOLDER")


def test_without_a_folder_messages_wait(
    by_medo: Authority, published: Issue, settings: Settings
) -> None:
    settings.MEDO_FOLDER = ""

    look()

    assert Exchange.objects.get().fault_text == "MEDO_FOLDER is not set"


def test_an_authority_that_left_medo_is_a_matter_for_a_person(
    by_medo: Authority, published: Issue, resident: User
) -> None:
    outbox.deliver_due("msed")
    Authority.objects.update(exchange="msed", medo_uid=None, medo_address="")
    tasks.send.fn()
    waiting = Exchange.objects.get()
    assert waiting.fault_text == "the authority has no address in МЭДО"
    Exchange.objects.update(state="failed", fault_code="NOT_ACCEPTED")

    anew = bridge.resend(by=resident, exchange=waiting)

    assert (anew.state, anew.fault_text) == ("failed", "the authority has no uid in МЭДО")


def test_reconciliation_with_msed_leaves_appeals_of_medo_alone(given: Issue) -> None:
    Exchange.objects.update(state="done", receipt=b"<r/>", accepted=True)

    assert queries.open_appeals() == []


# --- Coming in ------------------------------------------------------------------------------------


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
    monkeypatch.setattr(folders, "SETTLED_SECONDS", 0)
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
    receipt = folders.Package(_receipt_of(root, told), ()).read("acknowledgment.xml", most=10_000)
    read = reading.read_receipt(reading.read(receipt))
    assert (read.of, read.accepted) == (told.uid, True)
    assert list(read.hashes) == ["notification.xml"]
    _empty(root / "out")

    bring(root, told, name="again")
    _settle()

    assert actions(given).count("register") == 1
    again = folders.Package(_receipt_of(root, told), ()).read("acknowledgment.xml", most=10_000)
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

    _settle()

    assert _receipt_of(root, told).exists()
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
    _settle()
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


# --- Whom and what is not trusted -----------------------------------------------------------------


def test_another_authority_can_not_speak_of_it(
    given: Issue, by_medo: Authority, other_authority: Authority, root: Path
) -> None:
    other_authority.exchange, other_authority.medo_uid = "medo", uuid.uuid4()
    other_authority.medo_address = "ROADS~MEDOGU"
    other_authority.save()
    told = Told(given, other_authority).accepted("17")
    bring(root, told)
    _settle()

    given.refresh_from_db()
    assert given.state == State.DISPATCHED
    assert RefusedPackage.objects.get().reason.startswith("ACCESS_DENIED")
    (receipt,) = [
        path for path in (root / "out").iterdir() if (path / "acknowledgment.xml").exists()
    ]
    said = reading.read_receipt(reading.read((receipt / "acknowledgment.xml").read_bytes()))
    assert (said.of, said.accepted) == (told.uid, False)


def test_another_message_under_a_known_uid_is_refused(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo).accepted("17")
    bring(root, told)
    reach(given, State.REGISTERED)
    told.content = told.content.replace(b">17<", b">18<")

    bring(root, told, name="again")
    _settle()

    assert RefusedPackage.objects.get().reason.startswith("UID_CONFLICT")


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">]><l>&a;</l>'
NESTED = b"<a>" * 100_000 + b"</a>" * 100_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (LAUGHS, "SCHEMA: a DTD is not allowed"),
        (NESTED, "TOO_LARGE"),
        (b" " * (17 * 1024 * 1024), "TOO_LARGE"),
        (b"<nothing/>", "SCHEMA"),
        (b"PK\x03\x04 a zip, which version 2.6 does not know", "SCHEMA"),
        ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), "SCHEMA"),
        (b'<?xml version="1.0" encoding="windows-1251"?><a>\x98</a>', "SCHEMA"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>', "SCHEMA"),
    ],
    ids=["dtd", "nested", "17 MiB", "not a message", "zip", "UTF-16", "not 1251", "not UTF-8"],
)
def test_hostile_xml_is_refused_at_once_with_flat_memory(
    given: Issue, by_medo: Authority, root: Path, content: bytes, reason: str
) -> None:
    told = Told(given, by_medo).accepted("17")
    told.content = content
    bring(root, told)
    time.sleep(0.4)
    tracemalloc.start()
    began = time.process_time()

    tasks.take.fn()

    took, (_now, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert RefusedPackage.objects.get().reason.startswith(reason)
    assert took < 1
    assert peak < 40 * 1024 * 1024
    assert not list((root / "in").iterdir())


@pytest.mark.parametrize("name", ["../../secret.txt", "/etc/passwd", "a\\b", ".hidden", "a\x01b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    given: Issue, by_medo: Authority, root: Path, name: str
) -> None:
    told = Told(given, by_medo).accepted("17")
    bring(root, told, envelope=told.envelope + f"1={name}\r\n".encode("cp1251"))
    _settle()

    assert RefusedPackage.objects.get().reason == "BAD_NAME: a file's name is no plain name"


def test_links_pipes_and_crowds_are_refused(given: Issue, by_medo: Authority, root: Path) -> None:
    told = Told(given, by_medo)
    linked = bring(root, told.accepted("1"))
    (linked / "file.txt").symlink_to("/etc/passwd")
    piped = bring(root, told.accepted("2"))
    os.mkfifo(piped / "pipe.xml")
    crowded = bring(root, told.accepted("3"))
    for number in range(folders.MAX_ENTRIES):
        (crowded / f"{number}.txt").touch()
    (root / "in" / "stray.zip").write_bytes(b"PK")
    (root / "in" / "link").symlink_to("/etc")
    time.sleep(0.4)

    look()
    look()

    reasons = sorted(package.reason for package in RefusedPackage.objects.all())
    assert [reason.split(":")[0] for reason in reasons] == [
        "NOT_A_FILE",
        "NOT_A_FILE",
        "NOT_A_PACKAGE",
        "NOT_A_PACKAGE",
        "TOO_LARGE",
    ]
    assert Path("/etc/passwd").exists()
    assert not list((root / "in").iterdir())


def test_a_large_file_is_neither_held_in_memory_nor_shown(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo)
    bring(root, told.accepted("17"))
    path = bring(root, told.answer(files={"план.pdf": b""}))
    with (path / "план.pdf").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    tracemalloc.start()

    issue = reach(given, State.ANSWERED)

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * 1024 * 1024
    assert "план.pdf" in issue.answers.get().text


# --- The desk -------------------------------------------------------------------------------------


def test_the_desk_names_a_refused_package_until_somebody_has_dealt_with_it(
    given: Issue, root: Path, client: Client, make_user: Callable[..., User]
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    client.force_login(administrator)
    (root / "in" / "stray.zip").write_bytes(b"PK")
    _settle()
    page = client.get("/msed/").content.decode()
    assert "stray.zip" in page
    assert "NOT_A_PACKAGE" in page
    package = RefusedPackage.objects.get()

    client.post(f"/msed/packages/{package.pk}/settle/", {"because": "An archive by mistake"})

    assert not queries.refused_packages()
    noted = Intervention.objects.get()
    assert (noted.by, noted.subject, noted.because) == (
        administrator,
        "stray.zip",
        "An archive by mistake",
    )


def test_the_desk_shows_what_was_written_out(
    given: Issue, client: Client, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))

    page = client.get(f"/msed/messages/{Exchange.objects.get().uid}/").content.decode()

    assert "МЭДО" in page
    assert f"Обращение № {given.number}" in page


def test_what_was_put_aside_is_forgotten_after_a_month(
    given: Issue, by_medo: Authority, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(root, Told(given, by_medo).accepted("17"))
    reach(given, State.REGISTERED)
    assert bridge.forget_packages() == 0
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 24 * 3600)

    assert bridge.forget_packages() == 1


def _settle() -> None:
    time.sleep(0.4)
    look()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()


def _receipt_of(root: Path, told: Message) -> Path:
    return root / "out" / str(uuid.uuid5(told.uid, "accepted"))
