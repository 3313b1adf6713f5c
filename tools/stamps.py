"""Remembers what was built from which inputs, so that a second start does only what changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

NOT_INPUTS = {"__pycache__", "node_modules", ".git"}


def digest(parts: Iterable[Path | str]) -> str:
    """A hash over texts, files, and folders with all they hold (names and contents)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(f"text {part}\0".encode())
            continue
        for file in _files(part):
            total.update(f"file {file}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _files(part: Path) -> list[Path]:
    if part.is_file():
        return [part]
    return sorted(
        file
        for file in part.rglob("*")
        if file.is_file() and not NOT_INPUTS.intersection(file.parts)
    )


class Stamp:
    """The mark of one finished step: fresh while its inputs are the same and its product is there."""

    def __init__(
        self, folder: Path, name: str, inputs: Iterable[Path | str], product: Path | None = None
    ) -> None:
        self._file = folder / name
        self._digest = digest(inputs)
        self._product = product

    @property
    def is_fresh(self) -> bool:
        """Whether the step need not be done again."""
        if self._product is not None and not self._product.exists():
            return False
        return self._file.exists() and self._file.read_text() == self._digest

    def set(self) -> None:
        """Remember that the step was done with these inputs."""
        self._file.write_text(self._digest)
