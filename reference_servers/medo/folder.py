"""The gateway's side of the shared folder: takes what the portal wrote out, brings what it shall read."""

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Brought:
    """A package of the portal.

    Attributes:
        path: its folder.
        address: of the receiver, as the envelope has it.
        files: contents by name, without the envelope.
    """

    path: Path
    address: str
    files: Mapping[str, bytes]


class Folder:
    """The folder that portal and gateway share."""

    def __init__(self, root: Path) -> None:
        self._out, self._in = root / "out", root / "in"
        for path in (self._out, self._in):
            path.mkdir(parents=True, exist_ok=True)

    def brought(self) -> Iterator[Brought]:
        """What the portal wrote out, by name."""
        for path in sorted(self._out.iterdir()):
            envelope = path / "envelope.ini"
            if not envelope.exists():
                raise AssertionError(f"{path.name} is there and has no envelope: it is not whole")
            sections = _sections(envelope.read_bytes().decode("cp1251"))
            names = sections["[ФАЙЛЫ]"]
            files = {name: (path / name).read_bytes() for name in names}
            yield Brought(path, sections["[АДРЕСАТЫ]"][0], files)

    def take(self, package: Brought) -> None:
        """Empties the folder of a package that was dealt with."""
        shutil.rmtree(package.path)

    def bring(
        self, name: str, subject: str, files: Mapping[str, bytes], *, slowly: float = 0
    ) -> None:
        """Brings a package to the portal.

        Args:
            name: the folder's.
            subject: for the envelope.
            files: contents by name.
            slowly: seconds between the first half of the last file and the rest, in the open.
        """
        target = self._in / name
        if target.exists():
            return
        lines = ["[ПИСЬМО КП ПС СЗИ]", f"ТЕМА={subject}", "[АДРЕСАТЫ]", "0=PORTAL~MEDO", "[ФАЙЛЫ]"]
        lines += [f"{number}={file}" for number, file in enumerate(files)]
        envelope = ("\r\n".join(lines) + "\r\n").encode("cp1251")
        draft = target if slowly else self._in / f".{name}"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir()
        for file, content in files.items():
            half = len(content) // 2
            with (draft / file).open("wb") as written:
                written.write(content[:half])
                written.flush()
                time.sleep(slowly / len(files))
                written.write(content[half:])
        (draft / "envelope.ini").write_bytes(envelope)
        if draft != target:
            draft.rename(target)


def _sections(envelope: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    section = ""
    for line in map(str.strip, envelope.splitlines()):
        if line.startswith("["):
            section = line
        elif "=" in line:
            found.setdefault(section, []).append(line.partition("=")[2])
    return found
