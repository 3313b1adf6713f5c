"""Where the cluster's data goes, and who may get there."""

import os
import re
from pathlib import Path

import pytest

from tools.checkout import Checkout
from tools.ports import Ports
from tools.postgres import SETTINGS, Account, Cluster, account, can_enter

as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can start programs as another user"
)


@pytest.fixture
def ports(checkout: Checkout) -> Ports:
    made = Ports(checkout.run / "ports.json")
    made.claim(["postgres"])
    return made


def pretend_made(checkout: Checkout, cluster: Cluster) -> None:
    cluster._make_folder(Account(None))
    (cluster.link / "PG_VERSION").write_text("15")
    (checkout.stamps / "cluster").touch()


@as_root
def test_a_private_folder_above_shuts_the_servers_user_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "portal" / "var").mkdir(parents=True)
    nobody = Account("nobody")
    for folder in [home, *home.parents]:
        if folder.stat().st_mode & 0o001 == 0:
            break
    else:
        assert can_enter(nobody, home / "portal" / "var")
    home.chmod(0o700)
    assert not can_enter(nobody, home / "portal" / "var")
    assert can_enter(Account(None), home / "portal" / "var")


@as_root
def test_data_go_outside_when_its_user_can_not_enter(
    checkout: Checkout, ports: Ports, tmp_path: Path
) -> None:
    checkout.root.chmod(0o700)
    outside = tmp_path / "lib"
    outside.mkdir()
    cluster = Cluster(checkout, ports, outside=outside)
    cluster._make_folder(Account("nobody"))
    assert cluster.link.is_symlink()
    assert cluster.data == outside / checkout.name / "postgres"
    assert cluster.data.owner() == "nobody"
    assert (outside / checkout.name / "checkout").read_text().strip() == str(checkout.root)
    cluster.remove()
    assert not cluster.link.is_symlink()
    assert list(outside.iterdir()) == []


def test_data_stay_inside_otherwise(checkout: Checkout, ports: Ports, tmp_path: Path) -> None:
    cluster = Cluster(checkout, ports, outside=tmp_path / "lib")
    cluster._make_folder(Account(None))
    assert cluster.data == checkout.var / "postgres"
    assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_outside_data_follow_a_moved_checkout(
    tmp_path: Path, checkout: Checkout, ports: Ports
) -> None:
    outside = tmp_path / "lib"
    (outside / checkout.name / "postgres").mkdir(parents=True)
    (outside / checkout.name / "checkout").write_text(str(checkout.root))
    cluster = Cluster(checkout, ports, outside=outside)
    cluster.link.symlink_to(outside / checkout.name / "postgres")
    pretended = outside / checkout.name / "postgres" / "PG_VERSION"
    pretended.write_text("15")
    (checkout.stamps / "cluster").touch()

    moved = Checkout(checkout.root.rename(tmp_path / "moved"))
    cluster = Cluster(moved, ports, outside=outside)
    cluster.make()
    assert cluster.data == outside / moved.name / "postgres"
    assert (outside / moved.name / "checkout").read_text().strip() == str(moved.root)


def test_only_loopback_and_no_personal_data_in_the_log(checkout: Checkout, ports: Ports) -> None:
    cluster = Cluster(checkout, ports)
    pretend_made(checkout, cluster)
    command = " ".join(cluster.command())
    assert "listen_addresses=127.0.0.1" in command
    assert "unix_socket_directories= " in command
    assert "log_min_error_statement=panic" in command
    assert "fsync" not in command


@as_root
def test_never_run_as_root(tmp_path: Path) -> None:
    assert account(None).name in {"postgres", "nobody"}
    os.chown(tmp_path, *Account("nobody").ids)
    assert account(tmp_path).name == "nobody"


def test_containers_give_the_database_the_same_settings() -> None:
    compose = (Path(__file__).parents[2] / "docker" / "compose.yaml").read_text(encoding="utf-8")
    given = dict(re.findall(r"^      - -c(\w+)=(\S+)$", compose, flags=re.M))
    here = {"listen_addresses", "unix_socket_directories", "max_connections"}
    assert given == {
        name: value
        for name, value in SETTINGS.items()
        if name not in here and not name.endswith("timezone")
    }
