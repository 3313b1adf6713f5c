"""Files are for those who may see the message they belong to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from common import clock
from issues import operations
from issues.models import Attachment, Issue
from issues.policies import By


@pytest.fixture
def attach(tmp_path: Path, settings: Settings) -> Callable[..., Attachment]:
    """Makes a file, of an issue or waiting with its owner."""
    settings.MEDIA_ROOT = tmp_path

    def one(
        *,
        issue: Issue | None = None,
        owner: User | None = None,
        name: str = "яма.jpg",
        content_type: str = "image/jpeg",
    ) -> Attachment:
        is_photo = content_type == "image/jpeg"
        made = Attachment(
            issue=issue,
            owner=owner,
            name=name,
            content_type=content_type,
            size=3,
            sha256="0" * 64,
            width=4 if is_photo else None,
            height=3 if is_photo else None,
            uploaded_at=clock.now(),
        )
        made.file.save("a.bin", ContentFile(b"one"), save=False)
        if is_photo:
            made.thumbnail.save("b.bin", ContentFile(b"two"), save=False)
        made.save()
        return made

    return one


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def body(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return content(response)


def test_photos_of_a_public_message_are_shown(
    client: Client, published: Issue, attach: Callable[..., Attachment]
) -> None:
    photo = attach(issue=published)
    response = client.get(f"/media/{photo.uid}/")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert content(response) == b"one"
    assert body(client, f"/media/{photo.uid}/thumbnail/") == b"two"
    assert client.get(f"/media/{photo.uid}/page/").status_code == 404


def test_a_document_is_handed_over_and_never_opened(
    client: Client, published: Issue, attach: Callable[..., Attachment]
) -> None:
    page = attach(issue=published, name="акт.html", content_type="text/html")
    response = client.get(f"/media/{page.uid}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert content(response) == b"one"


def test_files_of_a_message_that_is_not_public(
    client: Client,
    issue: Issue,
    resident: User,
    moderator: User,
    make_user: Callable[..., User],
    attach: Callable[..., Attachment],
) -> None:
    address = f"/media/{attach(issue=issue).uid}/"
    assert client.get(address).status_code == 404
    client.force_login(make_user())
    assert client.get(address).status_code == 404
    for reader in (resident, moderator):
        client.force_login(reader)
        assert body(client, address) == b"one"


def test_hiding_a_message_hides_its_files(
    client: Client, published: Issue, moderator: User, attach: Callable[..., Attachment]
) -> None:
    address = f"/media/{attach(issue=published).uid}/"
    assert body(client, address) == b"one"
    operations.hide_issue(by=By.moderator(moderator), issue=published, reason="лицо ребёнка")
    assert client.get(address).status_code == 404


def test_a_waiting_file_is_its_owners(
    client: Client,
    resident: User,
    moderator: User,
    attach: Callable[..., Attachment],
) -> None:
    address = f"/media/{attach(owner=resident).uid}/"
    client.force_login(moderator)
    assert client.get(address).status_code == 404
    client.force_login(resident)
    assert body(client, address) == b"one"
