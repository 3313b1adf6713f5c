"""The bridge with a real МСЭД stand-in beside it: the portal's end-point is a live server."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from authorities.models import Authority
from common import outbox, uploads
from issues import operations
from issues.models import Attachment, Issue
from issues.policies import By
from msed_bridge import tasks
from msed_bridge.models import Appeal
from tests.reference_servers.msed_process import CALLBACK, PORTAL, Msed, wait_for


@pytest.fixture(autouse=True)
def _partners(settings: Settings, tmp_path: Path) -> None:
    settings.MSED_USERNAME, settings.MSED_PASSWORD = PORTAL.username, PORTAL.password
    settings.MSED_CALLBACK_USERNAME = CALLBACK.username
    settings.MSED_CALLBACK_PASSWORD = CALLBACK.password
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def msed(
    transactional_db: None, live_server: LiveServer, settings: Settings, tmp_path: Path
) -> Iterator[Msed]:
    """A running stand-in that pushes to this portal and knows both partners."""
    options = ("--portal-uid", settings.MSED_PORTAL_UID, "--msed-uid", settings.MSED_PARTNER_UID)
    msed = Msed(tmp_path / "msed.sqlite3", f"{live_server.url}/msed/callback/", options).start()
    settings.MSED_URL = f"http://127.0.0.1:{msed.port}/msed"
    yield msed
    msed.kill()


@pytest.fixture
def work() -> Callable[[], None]:
    """What the workers do at one look, without their queue."""

    def look() -> None:
        outbox.deliver_due("msed")
        for task in (tasks.send, tasks.fetch, tasks.sweep):
            task.fn()

    return look


@pytest.fixture
def reach(work: Callable[[], None]) -> Callable[[Issue, str], Issue]:
    """Works until an issue is in a state."""

    def wait(issue: Issue, state: str) -> Issue:
        def there() -> bool:
            work()
            issue.refresh_from_db()
            return issue.state == state

        wait_for(there, seconds=90)
        return issue

    return wait


@pytest.fixture
def photo(resident: User) -> Attachment:
    """A photo that waits for its message to be filed."""
    picture = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(picture, "JPEG")
    picture.seek(0)
    return operations.keep_waiting_file(
        owner=resident, upload=uploads.examine(picture, name="яма.jpg")
    )


@pytest.fixture
def other_authority(authority: Authority) -> Authority:
    return Authority.objects.create(
        slug="roads",
        name="Министерство дорог",
        level="regional",
        exchange="msed",
        msed_uid="22222222-2222-4222-8222-222222222222",
    )


@pytest.fixture
def with_photo(
    resident: User,
    moderator: User,
    authority: Authority,
    message: operations.Message,
    photo: Attachment,
) -> Issue:
    """An accepted message with a photo."""
    filed = operations.file_issue(
        by=By.author(resident), message=replace(message, attachments=[photo.uid])
    )
    return operations.accept_issue(by=By.moderator(moderator), issue=filed)


@pytest.fixture
def given_to_msed(published: Issue) -> Issue:
    outbox.deliver_due("msed")
    assert Appeal.objects.filter(uid=published.uid).exists()
    return published
