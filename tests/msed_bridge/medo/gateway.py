"""A stand-in of МЭДО as a process of its own, with the folder it shares with the portal."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.reference_servers.msed_process import ROOT, wait_for

ADDRESS = "SQUARE~MEDOGU"


@dataclass
class Gateway:
    """A running stand-in of МЭДО; start() and kill() may be called again and again on the same books."""

    folder: Path
    books: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, step_seconds: float = 0.1) -> "Gateway":
        where = ("--folder", self.folder, "--books", self.books)
        pace = ("--step-seconds", step_seconds)
        command = [sys.executable, "-m", "reference_servers.medo", *map(str, where + pace)]
        self.process = subprocess.Popen(command, cwd=ROOT)
        wait_for(lambda: (self.books / "faults").exists())
        return self

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def fault(self, kind: str) -> None:
        (self.books / "faults").mkdir(parents=True, exist_ok=True)
        (self.books / "faults" / kind).touch()

    def book(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.books / "books.json").read_text())
        return found
