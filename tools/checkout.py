"""Where everything of one checkout lies, and what it keeps between two starts."""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tools.terminal import Failure

# Passwords and keys made once for this checkout. Hexadecimal: they stand in URLs as they are.
SECRET_NAMES = (
    "secret_key",
    "postgres",
    "portal",
    "portal_test",
    "redis",
    "supervisor",
    "msed",
    "msed_callback",
    "vapid",
)


@dataclass(frozen=True)
class Checkout:
    """The folders of one checkout; nothing outside of `var` and `.venv` is written at run time."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def stamps(self) -> Path:
        return self.var / "stamps"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.program("python")

    def program(self, name: str) -> Path:
        """A program of the virtual environment."""
        return self.venv / "bin" / name

    @property
    def name(self) -> str:
        """A short name that no other checkout on this machine has."""
        return f"portal-{hashlib.sha256(str(self.root).encode()).hexdigest()[:12]}"

    def prepare(self) -> None:
        """Make the folders under `var`; raise Failure if they belong to somebody else."""
        try:
            for folder in (self.var, self.log, self.run, self.stamps, self.var / "media"):
                folder.mkdir(exist_ok=True)
            (self.run / "writable").touch()
        except PermissionError as error:
            raise Failure(
                f"{error.filename} can not be written: another user has started the portal here.\n"
                "  Let that user (or root) run `make clean`, or use a checkout of your own."
            ) from error

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The generated passwords of this checkout, made at first need, readable by its owner only."""
        file = self.var / "secrets.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        missing = [name for name in SECRET_NAMES if name not in known]
        if missing:
            known |= {name: secrets.token_hex(24) for name in missing}
            write_private(file, json.dumps(known, indent=1))
        return known


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    draft.replace(file)
