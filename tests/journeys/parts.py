"""The portal's real processes on the test's own database: started, killed and started again by a test."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import requests

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PROCESS = "portal-process"
"""How PostgreSQL knows the sessions of these processes from the test's own."""
NAMES = ("redis", "mail", "msed", "web", "worker", "scheduler")


def eventually(check: Callable[[], Any], *, seconds: float = 90.0, what: str = "") -> Any:
    """What `check` gives once it is true.

    Raises:
        AssertionError: it was not within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        with suppress(requests.RequestException):
            if found := check():
                return found
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not come about in {seconds} s: {what or check}")
        time.sleep(0.1)


def _answers(address: str) -> bool:
    return requests.get(address, timeout=2).ok


class Parts:
    """Processes of one portal, by their names in `NAMES`."""

    def __init__(self, folder: Path, database_url: str, *, step_seconds: float = 0.3) -> None:
        self._folder = folder
        self._step_seconds = step_seconds
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        names = ("redis", "mail_smtp", "mail_web", "msed", "web")
        self.ports = {name: free_port() for name in names}
        self.url = f"http://127.0.0.1:{self.ports['web']}"
        self.letters_url = f"http://127.0.0.1:{self.ports['mail_web']}"
        self.msed_url = f"http://127.0.0.1:{self.ports['msed']}"
        self.environment: Mapping[str, str] = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",
            "SECRET_KEY": "only-for-tests",
            "DATABASE_URL": database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "PORT": str(self.ports["web"]),
            "PUBLIC_URL": self.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['mail_smtp']}",
            "MEDIA_ROOT": str(folder / "media"),
            "MSED_URL": f"{self.msed_url}/msed",
            "MSED_USERNAME": "portal",
            "MSED_PASSWORD": "portal-speaks",
            "MSED_CALLBACK_USERNAME": "msed",
            "MSED_CALLBACK_PASSWORD": "msed-speaks",
            "MSED_POLL_SECONDS": "2",
            "LOG_LEVEL": "WARNING",
            "PGAPPNAME": PROCESS,
        }

    def start(self, *names: str) -> None:
        """Starts processes and waits until those that answer do."""
        for name in names:
            log = (self._folder / f"{name}.log").open("ab")
            self._running[name] = subprocess.Popen(
                self._command(name),
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            log.close()
        for name in names:
            if address := self._health(name):
                eventually(partial(_answers, address), what=f"{name} answers")

    def kill(self, name: str) -> None:
        """Kills a process and its children without warning (SIGKILL)."""
        process = self._running.pop(name)
        os.killpg(process.pid, 9)
        process.wait()

    def kill_all(self) -> None:
        """Ends everything."""
        for name in list(self._running):
            self.kill(name)

    def letters(self, to: str) -> list[dict[str, Any]]:
        """Letters that reached an address, oldest first."""
        answer = requests.get(f"{self.letters_url}/letters.json", params={"to": to}, timeout=30)
        found: list[dict[str, Any]] = answer.json()
        return sorted(found, key=lambda letter: str(letter["received_at"]))

    def msed_books(self) -> dict[str, Any]:
        """The books of МСЭД as they stand."""
        found: dict[str, Any] = requests.get(f"{self.msed_url}/control/state", timeout=30).json()
        return found

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def _health(self, name: str) -> str | None:
        return {
            "web": f"{self.url}/healthz",
            "msed": f"{self.msed_url}/healthz",
            "mail": f"{self.letters_url}/",
        }.get(name)

    def _command(self, name: str) -> list[str]:
        python, folder = sys.executable, self._folder
        program = Path(python).parent
        commands: dict[str, list[Any]] = {
            "redis": [
                shutil.which("redis-server") or "redis-server",
                *("--port", self.ports["redis"], "--bind", "127.0.0.1"),
                *("--save", "", "--dir", folder),
            ],
            "mail": [
                *(python, "-m", "reference_servers.mail", "--folder", folder / "letters"),
                *("--smtp-port", self.ports["mail_smtp"], "--web-port", self.ports["mail_web"]),
            ],
            "msed": [
                *(python, "-m", "reference_servers.msed", "--port", self.ports["msed"]),
                *("--database", folder / "msed.sqlite3", "--step-seconds", self._step_seconds),
                *("--callback-url", f"{self.url}/msed/callback/"),
            ],
            "web": [
                *(program / "granian", "--interface", "wsgi", "config.wsgi:application"),
                *("--host", "127.0.0.1", "--port", self.ports["web"], "--workers", 1),
                *("--blocking-threads", 4),
            ],
            "worker": [
                *(program / "dramatiq", "config.worker"),
                *("--processes", 1, "--threads", 2, "--worker-shutdown-timeout", 1000),
            ],
            "scheduler": [python, "manage.py", "scheduler"],
        }
        return [str(part) for part in commands[name]]
