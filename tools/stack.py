"""The running parts of one checkout together: our servers, shared by whoever needs them, and the portal."""

import contextlib
import fcntl
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from tools import environment
from tools.checkout import Checkout
from tools.ports import HOST, Ports
from tools.postgres import Cluster
from tools.supervision import Supervisor
from tools.terminal import Failure, last_lines, say


class Busy(Exception):
    """Somebody else holds the lock."""


@contextlib.contextmanager
def locked(file: Path, how: int) -> Iterator[TextIO]:
    """Hold a lock that the kernel takes back if we die; raises Busy with `LOCK_NB` when it is held."""
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, how)
        except BlockingIOError as error:
            raise Busy from error
        yield handle


class Stack:
    """The servers and the portal of one checkout, with the caller's environment `given`."""

    def __init__(self, checkout: Checkout, given: Mapping[str, str]) -> None:
        self.checkout = checkout
        self.given = given
        self.ports = Ports(checkout.run / "ports.json")
        self.servers = Supervisor(checkout, self.ports, "servers")
        self.portal = Supervisor(checkout, self.ports, "portal")

    @contextlib.contextmanager
    def servers_up(self) -> Iterator[None]:
        """Have our PostgreSQL and Redis run; whoever leaves last ends them."""
        with locked(self.checkout.run / "servers.lock", fcntl.LOCK_SH) as handle:
            with locked(self.checkout.run / "start.lock", fcntl.LOCK_EX):
                self._start_servers()
            try:
                yield
            finally:
                with deaf_to_interrupts(), contextlib.suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.servers.end()

    def database(self, *, role: str, database: str) -> str | None:
        """Have a database on our own cluster; its oid, or None where DATABASE_URL names another server."""
        if not environment.is_own("DATABASE_URL", self.given):
            return None
        return Cluster(self.checkout, self.ports).prepare(role=role, database=database)

    def settings(self, *, role: str = "portal", database: str = "portal") -> dict[str, str]:
        """The portal's settings on this machine."""
        return environment.settings(
            self.checkout, self.ports, self.given, role=role, database=database
        )

    def claim_stand_ins(self) -> None:
        """Choose the ports of the stand-ins, unless they listen there already."""
        if not self.portal.is_running():
            self.ports.claim([self.portal.port_name, *environment.stand_in_ports(self.given)])

    @contextlib.contextmanager
    def portal_up(self) -> Iterator[None]:
        """Have the portal answer; ends it at the end."""
        own = self.settings()
        process = self.portal.start(
            environment.portal(self.checkout, self.ports, self.given, own),
            env=environment.process_environment(own, self.given),
            dies_with_us=True,
        )
        try:
            self._wait_for_web(own["PORT"])
            yield
        finally:
            with deaf_to_interrupts():
                self.portal.end()
                process.wait()
        if process.returncode:
            raise Failure(f"supervisord broke off ({process.returncode}); see var/log/portal.log")

    def watch(self) -> None:
        """Return when the portal is stopped from elsewhere; say when one of its processes starts anew."""
        before = self.portal.processes()
        while now := self.portal.processes():
            for name, (state, pid) in now.items():
                old = before.get(name, ("", pid))[1]
                if pid and old and pid != old:
                    # What the dead process started is of its group, and would go on beside the new.
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(old, signal.SIGKILL)
                    say(f"  {name} had ended and runs again; see var/log/{name}.log")
                elif state in ("BACKOFF", "FATAL") and before.get(name, ("", 0))[0] == "RUNNING":
                    say(f"  {name} does not start; trying again; see var/log/{name}.log")
            # A process that is just being started has no id: remember the last one it had.
            before = {
                name: (state, pid or before.get(name, ("", 0))[1])
                for name, (state, pid) in now.items()
            }
            time.sleep(1)

    def end(self) -> bool:
        """Stop all that runs here; false if nothing did."""
        portal = self.portal.end()
        return self.servers.end() or portal

    def _start_servers(self) -> None:
        programs = environment.server_ports(self.given)
        if self.servers.is_running():
            lacking = set(programs) - set(self.servers.processes())
            if lacking:
                raise Failure(
                    f"The servers here were started without {', '.join(sorted(lacking))}:"
                    " `make stop` first."
                )
        elif programs:
            # What a killed supervisor left would hold the data.
            self.servers.end()
            self.ports.claim([self.servers.port_name, *programs])
            cluster = Cluster(self.checkout, self.ports)
            if "postgres" in programs:
                cluster.make()
            self.servers.start(
                environment.servers(self.checkout, self.ports, self.given),
                env=environment.process_environment({}, self.given),
                dies_with_us=False,
            )
        if "postgres" in programs:
            Cluster(self.checkout, self.ports).wait()

    def _wait_for_web(self, port: str, *, seconds: float = 90.0) -> None:
        address = f"http://{HOST}:{port}/readyz"
        # Whatever proxy the caller's environment names is not for our own machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + seconds
        problem = "no answer"
        while time.monotonic() < deadline:
            try:
                with opener.open(address, timeout=5):
                    return
            except urllib.error.HTTPError as error:
                said = error.read(300).decode(errors="replace")
                plain = error.headers.get_content_subtype() != "html"
                problem = f"{error.code} {said if plain else ''}".strip()
            except OSError as error:
                problem = str(error)
            time.sleep(0.5)
        lines = "\n    ".join(last_lines(self.checkout.log / "web.log", 20))
        raise Failure(
            f"{address} is not ready ({problem}); the end of var/log/web.log:\n    {lines}"
        )


@contextlib.contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Let a second Ctrl-C not break the orderly end."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
