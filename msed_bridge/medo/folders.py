"""The folder that is shared with the gateway of МЭДО: packages go out whole or not at all, and are put aside.

Under `MEDO_FOLDER`, all on one file system: `out` is emptied by the gateway, `in` is filled by it, and both
are there before the portal comes: a share that is not mounted must not be taken for an empty one.
`done`, `signed` and `refused` are ours.
"""

import errno
import fcntl
import heapq
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import IO

from msed_bridge.medo.packages import ENVELOPE_CHARSET, Package

OUT, IN, DONE, SIGNED, REFUSED = "out", "in", "done", "signed", "refused"

_PIECE = 1024 * 1024
_AT_ONCE = 10_000
_TEMPORARY = ".tmp"


# --- To the gateway -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Envelope:
    """What the gateway wants to know.

    Attributes:
        subject: one line.
        address: of the receiver in МЭДО.
        at: when the message was made.
    """

    subject: str
    address: str
    at: datetime

    def written(self, names: Sequence[str]) -> bytes:
        """The envelope's bytes: an INI file in Windows-1251, as the gateway reads it."""
        lines = [
            "[ПИСЬМО КП ПС СЗИ]",
            f"ТЕМА={' '.join(self.subject.split())}",
            "ШИФРОВАНИЕ=0",
            "АВТООТПРАВКА=1",
            "ЭЦП=0",
            "ДОСТАВЛЕНО=1",
            "ПРОЧТЕНО=0",
            f"ДАТА={self.at:%d.%m.%Y %H:%M:%S}",
            "[АДРЕСАТЫ]",
            f"0={' '.join(self.address.split())}",
            "[ФАЙЛЫ]",
            *(f"{number}={name}" for number, name in enumerate(names)),
        ]
        return ("\r\n".join(lines) + "\r\n").encode(ENVELOPE_CHARSET, "replace")


def write(
    root: Path, name: str, envelope: Envelope, files: Mapping[str, bytes | IO[bytes]]
) -> None:
    """Puts a package into `out`: a crash at any moment leaves nothing there, or the whole.

    One of that name that still lies there is left: its bytes are the same.

    Args:
        root: `MEDO_FOLDER`.
        name: the folder's name, made of the message's uid.
        envelope: for the gateway.
        files: contents by their names, the message's XML first.

    Raises:
        OSError: the disk does not take it.
    """
    target = root / OUT / name
    target.parent.stat()
    if target.exists():
        return
    draft = root / _TEMPORARY / f"{name}.{secrets.token_hex(4)}"
    draft.parent.mkdir(exist_ok=True)
    draft.mkdir()
    # Whatever the umask: the gateway, of another user and the folder's group, has to take it away.
    with suppress(OSError):  # a share may have rights of its own, and know no modes
        draft.chmod(0o2770)
    try:
        for local_name, content in files.items():
            _write_file(draft / local_name, content)
        _write_file(draft / "envelope.ini", envelope.written(list(files)))
        _sync_folder(draft)
        try:
            draft.rename(target)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        _sync_folder(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_file(path: Path, content: bytes | IO[bytes]) -> None:
    with path.open("xb") as file:
        with suppress(OSError):
            os.fchmod(file.fileno(), 0o660)
        if isinstance(content, bytes):
            file.write(content)
        else:
            shutil.copyfileobj(content, file, _PIECE)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- From the gateway -----------------------------------------------------------------------------


@contextmanager
def alone(root: Path) -> Iterator[bool]:
    """Whether nobody else reads the folders now; the kernel takes the lock back from the dead."""
    (root / IN).stat()
    for name in (DONE, SIGNED, REFUSED, _TEMPORARY):
        (root / name).mkdir(exist_ok=True)
    with (root / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def waiting(root: Path) -> list[Path]:
    """What lies in `in`, the longest first; a name that begins with a dot is not ready yet."""
    oldest = heapq.nsmallest(_AT_ONCE, _lying(root / IN))
    return [root / IN / name for _moment, name in oldest]


def not_taken(root: Path) -> dict[str, float]:
    """What lies in `out`: since when, seconds of the epoch, by name."""
    return {name: moment for moment, name in _lying(root / OUT)}


def _lying(folder: Path) -> Iterator[tuple[float, str]]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith("."):
                continue
            with suppress(FileNotFoundError):  # the gateway was quicker
                yield entry.stat(follow_symlinks=False).st_mtime, entry.name


def kept(root: Path, uid: str) -> Package:
    """The package of a message that was taken; its files are read by the names that the message gives."""
    signed = root / SIGNED / uid
    return Package(signed if signed.exists() else root / DONE / uid, ())


def put_aside(path: Path, to: Path, *, name: str) -> None:
    """Moves a package out of `in`.

    Args:
        path: where it lies.
        to: a folder of the same file system.
        name: under which name; a number is added where that is taken.
    """
    path.rename(to / free_name(to, name))


def free_name(folder: Path, name: str) -> str:
    """A name that nothing has in a folder: the one that is wished, or with a number."""
    numbered = (f"{name}.{number}" for number in count(1))
    return (
        name
        if not os.path.lexists(folder / name)
        else next(found for found in numbered if not os.path.lexists(folder / found))
    )


def name_refused(root: Path, path: Path) -> str:
    """The name that a package gets in `refused`: one that people can read, and that nothing has there."""
    return free_name(root / REFUSED, shown_name(path))


def shown_name(path: Path) -> str:
    """A name as people can read it, whatever bytes it is made of; at most 200 bytes."""
    shown = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in path.name
    )
    return shown.encode()[:200].decode(errors="ignore")


def refuse(root: Path, path: Path, name: str, reason: str) -> None:
    """Moves a package to `refused` under a name of `name_refused`, with a file beside it that says why."""
    path.rename(root / REFUSED / name)
    with suppress(FileExistsError), (root / REFUSED / f"{name}.reason.txt").open("x") as file:
        file.write(reason + "\n")


def forget(root: Path, *, older_than: timedelta, signed_older_than: timedelta) -> int:
    """Deletes what was put aside long ago, and drafts of the dead; gives how many packages."""
    gone, now = 0, time.time()
    ages = {
        DONE: older_than,
        REFUSED: older_than,
        SIGNED: signed_older_than,
        _TEMPORARY: timedelta(hours=1),
    }
    for name, age in ages.items():
        for path in (root / name).iterdir():
            # A move changes the time of the entry's own inode, not that of its content.
            if path.lstat().st_ctime > now - age.total_seconds():
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            gone += 1
    return gone
