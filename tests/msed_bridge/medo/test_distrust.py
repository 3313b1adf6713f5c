"""Packages that are hostile, or of somebody who has no say in it."""

import errno
import os
import time
import tracemalloc
import uuid
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from authorities.models import Authority
from issues.models import Issue
from issues.workflow import State
from msed_bridge import tasks
from msed_bridge.medo import folders, packages, reading
from msed_bridge.medo.packages import Package
from msed_bridge.models import Exchange, RefusedPackage
from reference_servers.medo import messages
from reference_servers.medo.messages import Side
from tests.msed_bridge.medo.looking import look, reach, settle
from tests.msed_bridge.medo.packages import Message, Told, bring

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package is looked at as soon as it is there."""
    monkeypatch.setattr(packages, "SETTLED_SECONDS", 0)


def receipt(of: Exchange, sender: Side, *, uid: uuid.UUID | None = None) -> Message:
    """A receipt of what was sent, as somebody writes it."""
    uid = uid or uuid.uuid4()
    root = messages.receipt(str(uid), str(of.uid), sender, {})
    for codes in root.iter(messages.tag("hashCodes")):
        parent = codes.getparent()
        assert parent is not None
        parent.remove(codes)
    return Message(uid, "acknowledgment.xml", etree.tostring(root, encoding="UTF-8"))


def test_another_authority_can_not_speak_of_it(
    given: Issue, by_medo: Authority, other_authority: Authority, root: Path
) -> None:
    other_authority.exchange, other_authority.medo_uid = "medo", uuid.uuid4()
    other_authority.medo_address = "ROADS~MEDOGU"
    other_authority.save()
    told = Told(given, other_authority).accepted("17")
    bring(root, told)
    settle()

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
    settle()

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
    settle()

    assert RefusedPackage.objects.get().reason == "BAD_NAME: a file's name is no plain name"


def test_a_receipt_of_another_authority_closes_nothing(
    given: Issue, by_medo: Authority, other_authority: Authority, root: Path, at_once: None
) -> None:
    sent = Exchange.objects.get()
    sender = Side(str(uuid.uuid4()), other_authority.name)
    bring(root, receipt(sent, sender))
    look()

    sent.refresh_from_db()
    assert sent.state == "waiting"
    assert RefusedPackage.objects.get().reason.startswith("ACCESS_DENIED")

    bring(root, receipt(sent, Side(str(by_medo.medo_uid), by_medo.name)))
    look()
    sent.refresh_from_db()
    assert sent.state == "done"


def test_a_receipt_under_the_uid_of_an_answer_does_not_hide_its_files(
    given: Issue, by_medo: Authority, root: Path, at_once: None
) -> None:
    told = Told(given, by_medo)
    bring(root, told.accepted("17"))
    answer = told.answer(files={"письмо.txt": "Разъясняем.".encode()})
    side = Side(str(by_medo.medo_uid), by_medo.name)
    bring(root, receipt(Exchange.objects.get(), side, uid=answer.uid), name="first")
    look()
    bring(root, answer)
    look()
    look()

    given.refresh_from_db()
    assert given.state == State.ANSWERED
    assert given.answers.get().attachments.count() == 1


def test_packages_of_one_name_are_each_kept_and_named(
    given: Issue, root: Path, at_once: None
) -> None:
    for _time in range(3):
        (root / "in" / "стрей\x1b[31m.zip").write_bytes(b"PK")
        look()

    named = sorted(package.name for package in RefusedPackage.objects.all())
    lying = sorted(path.name for path in (root / "refused").iterdir())
    assert named == [name for name in lying if not name.endswith(".reason.txt")]
    assert named == [f"стрей\\x1b[31m.zip{end}" for end in ("", ".1", ".2")]


def test_a_worker_that_dies_while_it_refuses_names_the_package_once(
    given: Issue, root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    (root / "in" / "stray.zip").write_bytes(b"PK")
    with monkeypatch.context() as patch:
        patch.setattr(folders, "refuse", killed)
        with pytest.raises(Killed):
            tasks.take.fn()
    look()

    assert RefusedPackage.objects.get().name == "stray.zip"
    assert (root / "refused" / "stray.zip").exists()


def test_one_package_that_breaks_the_portal_holds_up_no_other(
    given: Issue, by_medo: Authority, root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, real = Told(given, by_medo), reading.notification
    poisoned, sound = told.assigned(), told.accepted("17")

    def broken(message: reading.Message, **about: Any) -> Any:
        if message.uid == poisoned.uid:
            raise KeyError("nobody thought of it")
        return real(message, **about)

    monkeypatch.setattr(reading, "notification", broken)
    bring(root, poisoned)
    bring(root, sound)
    look()

    given.refresh_from_db()
    assert given.state == State.REGISTERED
    assert RefusedPackage.objects.get().reason == "FAILED: KeyError"
    assert (root / "refused" / str(poisoned.uid) / "notification.xml").exists()


def test_a_package_that_may_not_be_read_is_named_once_and_taken_when_it_may(
    given: Issue, by_medo: Authority, root: Path, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(root, Told(given, by_medo).accepted("17"))

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "denied")

    with monkeypatch.context() as patch:
        # As a gateway with another umask leaves it; root, who may run the tests, may read all.
        patch.setattr(Package, "read", denied)
        for _look in range(3):
            tasks.take.fn()
    assert RefusedPackage.objects.get().reason == "UNREADABLE: Permission denied"
    look()

    given.refresh_from_db()
    assert given.state == State.REGISTERED


@pytest.mark.parametrize("spoilt", ["empty", "no message", "huge"])
def test_nothing_and_too_much_are_refused(
    given: Issue, by_medo: Authority, root: Path, at_once: None, spoilt: str
) -> None:
    told = Told(given, by_medo).answer(files={"план.pdf": b""})
    if spoilt == "empty":
        told.content = b""
    elif spoilt == "no message":
        told.name = "план.xml.txt"
    path = bring(root, told)
    if spoilt == "huge":
        with (path / "план.pdf").open("wb") as file:
            file.truncate(packages.MAX_PACKAGE_BYTES + 1)
    look()

    reason = {"empty": "SCHEMA", "no message": "NO_MESSAGE", "huge": "TOO_LARGE"}[spoilt]
    assert RefusedPackage.objects.get().reason.startswith(reason)
    assert not list((root / "in").iterdir())


def test_an_envelope_that_is_only_begun_is_waited_for(
    given: Issue, by_medo: Authority, root: Path, at_once: None
) -> None:
    told = Told(given, by_medo).accepted("17")
    path = bring(root, told)
    for begun in (b"", told.envelope[:-8]):
        (path / "envelope.ini").write_bytes(begun)
        look()
        assert path.exists()
    (path / "envelope.ini").write_bytes(told.envelope)
    look()

    given.refresh_from_db()
    assert given.state == State.REGISTERED
    assert not RefusedPackage.objects.exists()


def test_a_package_that_becomes_a_link_while_it_is_looked_at_leads_nowhere(root: Path) -> None:
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "secret.txt").write_text("of somebody else")
    (root / "in" / "link").symlink_to(root / "elsewhere")

    with pytest.raises(packages.PackageRefusedError, match="NOT_A_FILE"):
        Package(root / "in" / "link", ()).read("secret.txt", most=100)


def test_links_pipes_and_crowds_are_refused(given: Issue, by_medo: Authority, root: Path) -> None:
    told = Told(given, by_medo)
    linked = bring(root, told.accepted("1"))
    (linked / "file.txt").symlink_to("/etc/passwd")
    piped = bring(root, told.accepted("2"))
    os.mkfifo(piped / "pipe.xml")
    crowded = bring(root, told.accepted("3"))
    for number in range(packages.MAX_ENTRIES):
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
