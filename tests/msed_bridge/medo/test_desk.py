"""What the desk shows of packages, until somebody has dealt with them."""

import os
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
from msed_bridge import queries
from msed_bridge.models import Exchange, Intervention, Notice, RefusedPackage
from tests.msed_bridge.medo.looking import reach, settle
from tests.msed_bridge.medo.packages import Told, bring

pytestmark = pytest.mark.django_db


def test_the_desk_names_a_refused_package_until_somebody_has_dealt_with_it(
    given: Issue, root: Path, client: Client, make_user: Callable[..., User]
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    client.force_login(administrator)
    (root / "in" / "stray.zip").write_bytes(b"PK")
    settle()
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


def test_many_packages_of_one_reason_are_dealt_with_at_once(
    given: Issue, root: Path, client: Client, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))
    for number in range(3):
        (root / "in" / f"{number}.zip").write_bytes(b"PK")
    (root / "in" / "pipes").mkdir()
    os.mkfifo(root / "in" / "pipes" / "document.xml")
    settle()
    assert queries.refusals() == [("NOT_A_PACKAGE", 3), ("NOT_A_FILE", 1)]
    assert "Все 3 с NOT_A_PACKAGE разобраны" in client.get("/msed/").content.decode()

    address = "/msed/packages/settle/"
    client.post(address, {"code": "NOT_A_PACKAGE", "because": "не тот канал"})

    assert queries.refusals() == [("NOT_A_FILE", 1)]
    noted = Intervention.objects.get()
    assert (noted.action, noted.subject, noted.outcome) == ("settle", "NOT_A_PACKAGE", "3")
    assert client.post(address, {"code": ""}).status_code == 404


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


def test_what_has_no_number_is_listed_by_its_moment(
    given: Issue, by_medo: Authority, root: Path
) -> None:
    told = Told(given, by_medo)
    for message in (told.assigned(), told.answer(files={}), told.accepted("17")):
        bring(root, message)
        settle()
    story = ["documentAccepted", "executorAssigned", "reportSent"]
    for hours, kind in enumerate(story):
        happened_at = given.filed_at + timedelta(hours=hours)
        Notice.objects.filter(kind=kind).update(happened_at=happened_at)

    assert [notice.kind for notice in queries.notices_of(given.number)] == story[::-1]
