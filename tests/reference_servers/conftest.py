"""One stand-in and one portal for a module's tests; tests that kill start their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reference_servers.msed_process import Msed, Portal


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    portal = Portal().start()
    yield portal
    portal.stop()


@pytest.fixture(scope="module")
def running(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Msed]:
    database: Path = tmp_path_factory.mktemp("msed") / "books.sqlite3"
    msed = Msed(database, portal.url).start()
    yield msed
    msed.kill()


@pytest.fixture
def msed(running: Msed) -> Iterator[Msed]:
    yield running
    running.control("/control/faults", {"clear": True})
