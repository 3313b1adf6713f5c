"""Packages that are hostile, or of somebody who has no say in it."""

import os
import time
import tracemalloc
import uuid
from pathlib import Path

import pytest

from authorities.models import Authority
from issues.models import Issue
from issues.workflow import State
from msed_bridge import tasks
from msed_bridge.medo import packages, reading
from msed_bridge.models import RefusedPackage
from tests.msed_bridge.medo.looking import look, reach, settle
from tests.msed_bridge.medo.packages import Told, bring

pytestmark = pytest.mark.django_db


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
