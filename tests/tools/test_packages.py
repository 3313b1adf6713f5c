"""Which system packages are missing, and what is said about them."""

import os
from pathlib import Path

import pytest

from tools import packages, postgres

LISTED = packages.sections(packages.LIST.read_text(encoding="utf-8"))


def program(folder: Path, name: str, says: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{says}'\n")
    file.chmod(0o755)


def test_the_list_has_a_check_for_every_package() -> None:
    assert list(LISTED) == ["libraries", "build", "servers", "tests"]
    for parts in LISTED.values():
        for part in parts:
            assert part.check.split()[0] in packages.CHECKS


def test_the_image_takes_its_packages_from_the_list() -> None:
    dockerfile = Path(__file__).parents[2] / "docker" / "Dockerfile"
    assert "tools.packages" in dockerfile.read_text(encoding="utf-8")


def test_a_newer_node_from_elsewhere_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "node", "v22.4.1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert packages.is_present("program node >= 18")


def test_an_old_node_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "node", "v16.20.2")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert not packages.is_present("program node >= 18")


def test_a_browser_that_does_not_start_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ubuntu's chromium-browser where there is no snap.
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\necho 'install the snap' >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert packages.browser() is None
    program(tmp_path, "google-chrome", "Google Chrome 140")
    assert packages.browser() == tmp_path / "google-chrome"


def test_what_is_missing_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no apt-cache, no servers
    (tmp_path / "x_Packages").touch()
    monkeypatch.setattr(packages, "APT_LISTS", tmp_path)
    text = packages.explain(LISTED["libraries"] + LISTED["tests"])
    assert "library gdal" in text
    assert "apt-get install -y --no-install-recommends gdal-bin" in text
    assert "playwright install chromium" in text  # what no distribution package gives


def test_postgis_is_asked_for_in_the_version_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    postgis = next(part for part in LISTED["servers"] if part.check == "postgis")
    monkeypatch.setattr(postgres, "servers", list)
    assert packages.package_for(postgis) == "postgresql-postgis"
    found = [postgres.Server(15, Path("/a")), postgres.Server(17, Path("/b"))]
    monkeypatch.setattr(postgres, "servers", lambda: found)
    assert packages.package_for(postgis) == "postgresql-17-postgis-3"


def test_servers_are_found_by_what_they_say(tmp_path: Path) -> None:
    for major in (13, 16, 15):
        folder = tmp_path / f"usr/lib/postgresql/{major}/bin"
        folder.mkdir(parents=True)
        program(folder, "postgres", f"postgres (PostgreSQL) {major}.4 (Debian)")
        program(folder, "initdb", "")
        share = tmp_path / f"share/{major}"
        program(folder, "pg_config", str(share))
        if major == 16:
            (share / "extension").mkdir(parents=True)
            (share / "extension" / "postgis.control").touch()
    found = postgres.servers(tmp_path)
    assert [(server.major, server.has_postgis) for server in found] == [(15, False), (16, True)]
