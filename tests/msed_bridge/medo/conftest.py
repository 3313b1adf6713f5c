"""The portal with a folder shared with a gateway of МЭДО, and an authority behind it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from authorities.models import Authority
from issues.models import Issue
from msed_bridge.medo import packages
from tests.msed_bridge.medo.gateway import ADDRESS, Gateway
from tests.msed_bridge.medo.looking import look


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is shared with the gateway; packages settle soon."""
    folder = tmp_path / "medo"
    settings.MEDO_FOLDER = str(folder)
    monkeypatch.setattr(packages, "SETTLED_SECONDS", 0.3)
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
