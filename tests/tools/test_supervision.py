"""The configuration of supervisord, and a real one that keeps a process alive."""

import configparser
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tools.checkout import Checkout
from tools.ports import Ports
from tools.supervision import Program, Supervisor

# This interpreter's own environment has supervisord.
HAS_SUPERVISOR = (Path(sys.executable).parent / "supervisord").exists()


@pytest.fixture
def supervisor(checkout: Checkout) -> Supervisor:
    ports = Ports(checkout.run / "ports.json")
    ports.claim(["portal_control"])
    return Supervisor(checkout, ports, "portal")


def test_configuration_keeps_spaces_and_percent_signs(supervisor: Supervisor) -> None:
    program = Program(
        "redis", ["redis server", "a%b"], directory=Path("/tmp/100% mine"), user="nobody"
    )
    parsed = configparser.RawConfigParser()
    parsed.read_string(supervisor.configuration([program]))
    section = parsed["program:redis"]
    assert section["command"] == "'redis server' a%%b"
    assert section["directory"] == "/tmp/100%% mine"
    assert section["user"] == "nobody"
    assert section["autorestart"] == "true"
    assert parsed["inet_http_server"]["port"].startswith("127.0.0.1:")


def test_passwords_are_readable_by_their_owner_only(
    checkout: Checkout, supervisor: Supervisor
) -> None:
    assert checkout.secrets["supervisor"] in supervisor.configuration([])
    assert (checkout.var / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert Checkout(checkout.root).secrets == checkout.secrets


@pytest.mark.skipif(not HAS_SUPERVISOR, reason="supervisord is not installed beside this Python")
def test_what_dies_comes_back_and_all_ends_with_it(
    checkout: Checkout, supervisor: Supervisor
) -> None:
    checkout.venv.symlink_to(Path(sys.executable).parent.parent)
    assert not supervisor.is_running()
    # A process whose child outlives it, as a worker's master may when it is killed.
    program = Program("sleeper", ["sh", "-c", "sleep 600 & sleep 600"], directory=checkout.root)
    process = supervisor.start([program], env=dict(os.environ), dies_with_us=True)
    try:
        first = wait_for_new_pid(supervisor, 0)
        os.kill(first, signal.SIGKILL)
        second = wait_for_new_pid(supervisor, first)
        assert second != first
    finally:
        assert supervisor.end()
        assert process.wait(timeout=30) == 0
    assert supervisor._marked() == []
    assert not supervisor.end()


def wait_for_new_pid(supervisor: Supervisor, old: int) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        _state, pid = supervisor.processes().get("sleeper", ("", 0))
        if pid not in (0, old):
            return pid
        time.sleep(0.05)
    raise AssertionError("not started again")
