"""Electronic signatures that come by МЭДО: kept, shown, neither refused nor relied on."""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Role, User
from authorities.models import Authority
from issues.models import Issue
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge.medo import packages, reading
from msed_bridge.models import Exchange, Notice, RefusedPackage
from tests.msed_bridge.medo.looking import look, receipt_of
from tests.msed_bridge.medo.packages import Message, Told, bring

pytestmark = pytest.mark.django_db

LETTER = {"письмо.txt": "Разъясняем.".encode()}
SIGNATURE = {"письмо.txt.p7s": b"0\x82 PKCS#7, as far as anybody here knows"}


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setattr(packages, "SETTLED_SECONDS", 0)


def come(root: Path, given: Issue, told: Message) -> None:
    bring(root, told)
    look()
    look()
    given.refresh_from_db()


def test_a_signed_answer_is_taken_its_signature_kept_and_shown_as_not_checked(
    given: Issue, by_medo: Authority, root: Path, client: Client, make_user: Callable[..., User]
) -> None:
    told = Told(given, by_medo)
    come(root, given, told.accepted("17"))
    answer = told.signed_answer(LETTER, SIGNATURE)
    come(root, given, answer)

    assert given.state == State.ANSWERED
    assert Exchange.objects.get(uid=answer.uid).signatures == ["письмо.txt.p7s"]
    # The signature is no file of the answer: residents would take it for one.
    (shown,) = given.answers.get().attachments.all()
    assert shown.name == "письмо.txt"
    kept = root / "signed" / str(answer.uid)
    assert {file.name: file.read_bytes() for file in kept.iterdir()} == {
        **LETTER,
        **SIGNATURE,
        "document.xml": answer.content,
        "envelope.ini": answer.envelope,
    }
    receipt = reading.read((receipt_of(root, answer) / "acknowledgment.xml").read_bytes())
    (name,) = SIGNATURE
    digest = hashlib.sha256(SIGNATURE[name]).hexdigest()
    assert reading.read_receipt(receipt).hashes[name] == digest

    client.force_login(make_user(Role.ADMINISTRATOR))
    assert "подпись, не проверена" in client.get("/msed/").content.decode()
    for page in (f"/msed/messages/{answer.uid}/", f"/msed/notifications/{answer.uid}/"):
        words = client.get(page).content.decode()
        assert "Электронные подписи, не проверены" in words
        assert "Рябов Константин Львович, 20 ноября 2026, 12:30" in words
    assert Notice.objects.filter(uid=answer.uid, state="applied").exists()


def test_a_signature_that_no_message_names_is_kept_too(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo).accepted("17")
    told.files = {"notification.xml.sig": b"a signature of the message itself"}
    come(root, given, told)

    assert given.state == State.REGISTERED
    assert Exchange.objects.get(uid=told.uid).signatures == ["notification.xml.sig"]
    assert (root / "signed" / str(told.uid) / "notification.xml.sig").exists()


@pytest.mark.parametrize(
    ("name", "reason"), [("../../etc/passwd", "BAD_NAME"), ("not there.p7s", "INCOMPLETE")]
)
def test_a_signature_that_is_named_and_is_no_file_of_the_package_is_refused(
    given: Issue, by_medo: Authority, root: Path, name: str, reason: str
) -> None:
    told = Told(given, by_medo).signed_answer(LETTER, {name: b""})
    told.files = LETTER
    come(root, given, told)

    assert RefusedPackage.objects.get().reason.startswith(reason)


def test_the_same_answer_with_another_signature_is_another_one(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo)
    come(root, given, told.accepted("17"))
    answer = told.signed_answer(LETTER, SIGNATURE)
    come(root, given, answer)
    answer.files = {**LETTER, "письмо.txt.p7s": b"of somebody else"}

    bring(root, answer, name="again")
    look()

    assert RefusedPackage.objects.get().reason.startswith("UID_CONFLICT")


def test_signed_packages_are_kept_for_the_years_of_the_archive(
    given: Issue, by_medo: Authority, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(given, by_medo)
    come(root, given, told.accepted("17"))
    come(root, given, told.signed_answer(LETTER, SIGNATURE))
    now = time.time()

    def after(span: timedelta) -> int:
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now + span.total_seconds())
            return bridge.forget_packages()

    assert after(timedelta(days=31)) == 1, "the registration, which nobody signed"
    assert after(timedelta(days=4 * 366)) == 0
    assert after(timedelta(days=5 * 366 + 1)) == 1
