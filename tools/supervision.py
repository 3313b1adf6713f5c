"""supervisord, which runs the processes, starts again what dies, and takes all along when it ends.

There are two of them: `servers` (PostgreSQL, Redis), shared by whatever runs in this checkout, and
`portal` (web, workers, scheduler, stand-ins), a child of `make run`.
"""

import contextlib
import http.client
import os
import shlex
import signal
import subprocess
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.checkout import Checkout, write_private
from tools.ports import HOST, Ports
from tools.terminal import Failure, last_lines

# In the environment of all that is supervised: tells our processes from everybody else's.
MARK = "PORTAL_SUPERVISED_AT"


@dataclass(frozen=True)
class Program:
    """One process to keep alive.

    `user` is the system user when it is not ours; `patience` is how many seconds it may take to end.
    """

    name: str
    command: Sequence[str | Path]
    directory: Path
    user: str | None = None
    stop_signal: str = "TERM"
    patience: int = 15
    environment: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """One supervisord of a checkout."""

    def __init__(self, checkout: Checkout, ports: Ports, name: str) -> None:
        self._checkout = checkout
        self._ports = ports
        self._name = name
        self._pid_file = checkout.run / f"{name}.pid"

    @property
    def port_name(self) -> str:
        """The name of the loopback port by which it is steered."""
        return f"{self._name}_control"

    def is_running(self) -> bool:
        """Whether it answers, and is ours (its password fits)."""
        state = self._ask("getState")
        return state is not None and state["statename"] == "RUNNING"

    def start(
        self, programs: Sequence[Program], *, env: Mapping[str, str], dies_with_us: bool
    ) -> "subprocess.Popen[bytes]":
        """Start supervisord and all programs.

        Everything inherits `env`. With `dies_with_us` it ends when this process does, however that ends.
        """
        file = self._checkout.run / f"{self._name}.conf"
        write_private(file, self.configuration(programs))
        command: list[str | Path] = ["setpriv", "--pdeathsig", "TERM"] if dies_with_us else []
        command += [self._checkout.program("supervisord"), "--nodaemon", "--configuration", file]
        with (self._checkout.log / f"{self._name}.out").open("wb") as output:
            # Not in the terminal's foreground group: Ctrl-C reaches us, and we end it in order.
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=self._checkout.root,
                env={**env, MARK: f"{self._checkout.root}:{self._name}"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while not self.is_running():
            if process.poll() is not None or time.monotonic() > deadline:
                lines = "\n    ".join(last_lines(self._checkout.log / f"{self._name}.out", 10))
                raise Failure(f"supervisord ({self._name}) does not start:\n    {lines}")
            time.sleep(0.1)
        return process

    def processes(self) -> dict[str, tuple[str, int]]:
        """State and process id of each program by its name; nothing when it can not be asked."""
        listed = self._ask("getAllProcessInfo") or []
        return {one["name"]: (one["statename"], one["pid"]) for one in listed}

    def end(self, *, patience: float = 60.0) -> bool:
        """Stop all programs and supervisord itself, and wait; false if there was nothing to stop."""
        was_running = self.is_running()
        if was_running:
            pid = self._pid()  # the file goes before the process does
            self._ask("shutdown")
            deadline = time.monotonic() + patience
            while pid in self._marked() and time.monotonic() < deadline:
                time.sleep(0.1)
        return self._sweep() or was_running

    def configuration(self, programs: Sequence[Program]) -> str:
        """The text of the configuration file."""
        password = self._checkout.secrets["supervisor"]
        address = f"{HOST}:{self._ports[self.port_name]}"
        sections = [
            {
                "": "supervisord",
                "logfile": str(self._checkout.log / f"{self._name}.log"),
                "pidfile": str(self._pid_file),
                "childlogdir": str(self._checkout.log),
                "minfds": "1024",
                **({"user": "root"} if os.geteuid() == 0 else {}),
            },
            # No socket file: its path may be too long for one.
            {"": "inet_http_server", "port": address, "username": "portal", "password": password},
            {
                "": "rpcinterface:supervisor",
                "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface",
            },
            {
                "": "supervisorctl",
                "serverurl": f"http://{address}",
                "username": "portal",
                "password": password,
            },
            # One group: supervisord ends the members of a group at once, groups one after another.
            {
                "": f"group:{self._name}",
                "programs": ",".join(program.name for program in programs),
            },
            *(self._section(program) for program in programs),
        ]
        return "\n\n".join(
            "\n".join(
                [f"[{section['']}]"]
                + [f"{key}={value.replace('%', '%%')}" for key, value in section.items() if key]
            )
            for section in sections
        )

    def _section(self, program: Program) -> dict[str, str]:
        environment = ",".join(
            f'{name}="{value}"' for name, value in sorted(program.environment.items())
        )
        return {
            "": f"program:{program.name}",
            "command": shlex.join(str(part) for part in program.command),
            "directory": str(program.directory),
            **({"user": program.user} if program.user else {}),
            **({"environment": environment} if environment else {}),
            "autorestart": "true",
            # It waits longer before each try, and goes on trying: what it needs may come back.
            "startretries": "1000",
            "startsecs": "1",
            "stopsignal": program.stop_signal,
            "stopwaitsecs": str(program.patience),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": str(self._checkout.log / f"{program.name}.log"),
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": "2",
        }

    def _ask(self, method: str) -> Any:
        """What supervisord answers, or None if it does not, or is not ours."""
        if self.port_name not in self._ports:
            return None
        password = self._checkout.secrets["supervisor"]
        address = f"http://portal:{password}@{HOST}:{self._ports[self.port_name]}/RPC2"
        try:
            with xmlrpc.client.ServerProxy(address) as server:
                return getattr(server.supervisor, method)()
        except (OSError, xmlrpc.client.Error, http.client.HTTPException):
            return None

    def _pid(self) -> int:
        try:
            return int(self._pid_file.read_text())
        except (OSError, ValueError):
            return 0

    def _marked(self) -> list[int]:
        mark = f"{MARK}={self._checkout.root}:{self._name}".encode()
        return [pid for pid in _processes() if mark in _environment(pid)]

    def _sweep(self) -> bool:
        """End what outlived its parents (a worker whose master was killed); true if there was any."""
        found = False
        for number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
            deadline = time.monotonic() + patience
            for pid in (left := self._marked()):
                found = True
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            while left and self._marked() and time.monotonic() < deadline:
                time.sleep(0.1)
        return found


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _environment(pid: int) -> list[bytes]:
    if pid == os.getpid():
        return []
    try:
        # A process that has ended but was not waited for yet has none.
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
