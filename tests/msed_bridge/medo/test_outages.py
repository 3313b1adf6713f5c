"""When the folder is full, shut or gone, or the gateway is dead: nothing is lost, nobody has to notice alone."""

import errno
import io
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Role, User
from authorities.models import Authority
from common import clock, outbox
from issues.models import Issue
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge import queries, tasks
from msed_bridge.medo import folders, packages
from msed_bridge.models import Channel, Exchange, Intervention, Partner
from notifications.models import Letter
from tests.msed_bridge.medo.looking import empty, look, receipt_of
from tests.msed_bridge.medo.packages import Told, bring

pytestmark = pytest.mark.django_db

HOURS = 3600


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setattr(packages, "SETTLED_SECONDS", 0)


@pytest.fixture
def desk(client: Client, make_user: Callable[..., User]) -> Client:
    client.force_login(make_user(Role.ADMINISTRATOR))
    return client


def status() -> str:
    out = io.StringIO()
    call_command("msed", "status", stdout=out)
    return out.getvalue()


def try_again(times: int = 1) -> None:
    """So many attempts, as if the time of each had come."""
    for _time in range(times):
        Exchange.objects.update(next_attempt_at=clock.now())
        bridge.send_due()


def trial() -> None:
    """The breaker's time is over."""
    Partner.objects.update(open_until=clock.now() - timedelta(seconds=1))


def gateway() -> Partner:
    return Partner.objects.get(pk=Channel.MEDO)


def test_a_folder_that_is_gone_opens_the_breaker_is_told_and_is_not_made_anew(
    by_medo: Authority, published: Issue, root: Path, desk: Client
) -> None:
    outbox.deliver_due("msed")
    root.rename(root.with_name("away"))

    try_again(5)

    assert not root.exists(), "a share that is not mounted is no empty folder"
    assert Exchange.objects.get().fault_code == "FOLDER_GONE"
    assert not bridge.may_call(Channel.MEDO)
    assert bridge.may_call(Channel.MSED)
    page = desk.get("/msed/").content.decode()
    assert "Папки МЭДО нет на месте" in page
    assert "FOLDER_GONE: No such file or directory" in page
    assert "МЭДО: no calls before" in status()
    metrics = desk.get("/metrics").content.decode()
    assert 'portal_msed_breaker_open{channel="medo"} 1.0' in metrics
    assert 'portal_msed_breaker_open{channel="msed"} 0.0' in metrics

    root.with_name("away").rename(root)
    trial()
    try_again()

    assert [path.name for path in (root / "out").iterdir()] == [str(Exchange.objects.get().uid)]
    assert (gateway().failures, gateway().open_until) == (0, None)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "FOLDER_FULL"),
        (errno.EROFS, "FOLDER_DENIED"),
        (errno.EACCES, "FOLDER_DENIED"),
        (errno.EIO, "FOLDER"),
    ],
)
def test_a_full_or_shut_disk_is_named_and_half_a_package_is_taken_away(
    by_medo: Authority,
    published: Issue,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: str,
) -> None:
    def refuses(_handle: int) -> None:
        raise OSError(number, os.strerror(number), "/a/path/nobody/should/read")

    outbox.deliver_due("msed")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuses)
        bridge.send_due()

    waiting = Exchange.objects.get()
    assert (waiting.state, waiting.fault_code) == ("waiting", code)
    assert "path" not in waiting.fault_text + gateway().last_problem
    assert waiting.next_attempt_at is not None
    assert waiting.next_attempt_at > clock.now()
    assert not list((root / ".tmp").iterdir())
    assert not list((root / "out").iterdir())
    try_again()
    assert list((root / "out").iterdir())


def test_an_inbox_that_is_gone_is_told_by_the_breaker_too(by_medo: Authority, root: Path) -> None:
    (root / "in").rmdir()
    for _look in range(5):
        tasks.take.fn()

    assert gateway().last_problem.startswith("FOLDER_GONE")
    assert not bridge.may_call(Channel.MEDO)


def test_what_is_no_fault_of_the_folder_does_not_open_its_breaker(
    by_medo: Authority, published: Issue
) -> None:
    outbox.deliver_due("msed")
    Authority.objects.update(exchange="msed", medo_uid=None, medo_address="")

    try_again(6)

    assert Exchange.objects.get().fault_code == "NO_ADDRESS"
    assert bridge.may_call(Channel.MEDO)


def test_a_gateway_that_takes_nothing_for_hours_gets_one_package_in_two_minutes(
    by_medo: Authority, publish: Callable[..., Issue], root: Path, desk: Client
) -> None:
    publish()
    look()
    (first,) = (root / "out").iterdir()
    _age(first, 3 * HOURS)
    tasks.take.fn()
    assert gateway().last_problem.startswith("NOT_TAKEN: 1 packages, since ")
    assert "Шлюз МЭДО ничего не забирает" in desk.get("/msed/").content.decode()

    for _issue in range(3):
        publish()
    look()
    assert len(list((root / "out").iterdir())) == 1, "the others wait in the books"
    trial()
    look()
    assert len(list((root / "out").iterdir())) == 2, "one goes as a trial"
    assert not bridge.may_call(Channel.MEDO)

    empty(root / "out")
    look()
    look()

    assert gateway().open_until is None
    assert len(list((root / "out").iterdir())) == 2


def test_one_package_that_is_left_where_others_go_stops_nobody(
    by_medo: Authority, publish: Callable[..., Issue], root: Path
) -> None:
    publish()
    look()
    (left,) = (root / "out").iterdir()
    _age(left, 3 * HOURS)
    publish()
    look()
    for path in (root / "out").iterdir():
        if path != left:
            shutil.rmtree(path)

    tasks.take.fn()
    tasks.take.fn()

    assert gateway().open_until is None


def test_the_folder_is_paused_by_a_person_and_what_comes_is_received_meanwhile(
    by_medo: Authority, publish: Callable[..., Issue], root: Path, desk: Client
) -> None:
    given = publish()
    look()
    empty(root / "out")
    desk.post("/msed/pause/", {"channel": "medo", "because": "шлюз переезжает"})
    publish()
    told = Told(given, by_medo).accepted("17")
    bring(root, told)
    look()

    assert bridge.may_call(Channel.MSED)
    given.refresh_from_db()
    assert given.state == State.REGISTERED
    assert list((root / "out").iterdir()) == [receipt_of(root, told)]
    noted = Intervention.objects.get()
    assert (noted.action, noted.subject, noted.because) == ("pause", "medo", "шлюз переезжает")
    assert noted.by is not None
    assert "МЭДО: paused since" in status()
    page = desk.get("/metrics").content.decode()
    assert 'portal_msed_paused{channel="medo"} 1.0' in page

    call_command("msed", "resume", "--channel", "medo", stdout=io.StringIO())
    look()

    assert len(list((root / "out").iterdir())) == 2
    assert Intervention.objects.latest("pk").subject == "medo"


def test_the_first_watch_a_package_without_a_receipt_is_told_and_written_out_again(
    given: Issue, root: Path, make_user: Callable[..., User]
) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    Exchange.objects.update(made_at=clock.now() - timedelta(hours=2))
    assert bridge.watch() == 1
    assert Letter.objects.filter(to=administrator.email).count() == 1
    (before,) = _contents(root)
    empty(root / "out")

    assert bridge.resend_watched(by=administrator, watch="receipt") == 1
    look()

    assert _contents(root) == [before]


def test_the_second_watch_neither_registered_nor_refused_in_three_days(
    given: Issue, by_medo: Authority, root: Path, resident: User
) -> None:
    (before,) = _contents(root)
    empty(root / "out")
    days_ago = clock.now() - timedelta(hours=73)
    Exchange.objects.update(
        state="done", receipt=b"<r/>", accepted=True, done_at=days_ago, made_at=days_ago
    )
    assert queries.without_answer(clock.now()).get().issue == given

    assert bridge.resend_watched(by=resident, watch="answer") == 1
    look()
    assert _contents(root) == [before]

    bring(root, Told(given, by_medo).accepted("17"))
    look()
    assert not queries.without_answer(clock.now()).exists()


def test_a_thousand_that_wait_are_looked_at_in_flat_memory_the_oldest_first(root: Path) -> None:
    with folders.alone(root):
        for number in range(1000):
            (root / "in" / str(number)).mkdir()
        _age(root / "in" / "777", HOURS)

    assert folders.waiting(root)[0].name == "777"
    assert bridge.take_packages(seconds=0) == 0


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def _contents(root: Path) -> list[dict[str, bytes]]:
    # The envelope names the moment, which the tests of the watches move.
    return [
        {file.name: file.read_bytes() for file in package.iterdir() if file.suffix != ".ini"}
        for package in (root / "out").iterdir()
    ]
