"""Packages that the portal writes: whole or not there, repeated byte for byte."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from authorities.models import Authority
from common import outbox
from issues.models import Issue
from msed_bridge import operations as bridge
from msed_bridge import queries, tasks
from msed_bridge.medo import folders, reading
from msed_bridge.models import Exchange
from tests.msed_bridge.medo.gateway import ADDRESS
from tests.msed_bridge.medo.looking import look
from tests.reference_servers.msed_process import ROOT, wait_for

pytestmark = pytest.mark.django_db


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


def test_the_gateways_group_may_take_away_what_was_written_whatever_the_umask(
    by_medo: Authority, published: Issue, root: Path
) -> None:
    before = os.umask(0o077)
    try:
        look()
    finally:
        os.umask(before)

    (package,) = (root / "out").iterdir()
    assert stat.S_IMODE(package.stat().st_mode) == 0o2770
    assert {stat.S_IMODE(file.stat().st_mode) for file in package.iterdir()} == {0o660}


def test_a_crash_while_it_is_written_leaves_nothing(
    by_medo: Authority, published: Issue, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(folders, "_sync_folder", killed)
        with pytest.raises(Killed):
            look()
    assert not list((root / "out").iterdir())
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
    def written() -> list[Path]:
        return list((root / "out").iterdir())

    for pause in (0, 0.05, 0.1):
        before = len(written())
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(root)], cwd=ROOT)
        wait_for(lambda: len(written()) > before)  # noqa: B023  (called before the next turn)
        time.sleep(pause)
        writer.kill()
        writer.wait()

    for package in written():
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
    assert (sent.state, sent.fault_code) == ("waiting", "FOLDER_GONE")


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
