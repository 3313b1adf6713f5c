"""The portal as `make run` starts it, with two workers, on a free port of this machine."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.databases import ROOT

WORKERS = 2


@dataclass(frozen=True)
class Server:
    """A portal that runs.

    Attributes:
        port: of this machine.
        pid: of the process whose children the workers are.
    """

    port: int
    pid: int

    def memory(self) -> list[float]:
        """What each worker holds in memory, MB."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        told = [Path(f"/proc/{pid}/status").read_text(encoding="utf-8") for pid in children.split()]
        return sorted(int(text.split("VmRSS:")[1].split()[0]) / 1000 for text in told)


@contextmanager
def portal(environment: Mapping[str, str]) -> Iterator[Server]:
    """Runs as long as the block does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    program = [
        *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
        *("--blocking-threads", "4", "--no-ws", "--log-level", "error", "config.wsgi:application"),
    ]
    server = subprocess.Popen(program, cwd=ROOT, env=dict(environment))
    try:
        _wait_for(port)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the portal did not start")
