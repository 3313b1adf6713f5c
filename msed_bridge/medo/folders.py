"""Packages of МЭДО, folders on a disk: written whole or not at all, read under caps, put aside.

A package is a folder with the message's XML, its files and an envelope, which comes last and names them:
where there is no envelope yet, somebody is still writing. Under `MEDO_FOLDER`, all on one file system:
`out` is emptied by the gateway of МЭДО, `in` is filled by it, `done` and `refused` are ours.
"""

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO

MAX_ENTRIES = 64
"""Files of one package; a message of the contract names at most 50."""
MAX_PACKAGE_BYTES = 200 * 1024 * 1024
SETTLED_SECONDS = 5.0
"""A package that was changed so lately may still be growing."""
WHOLE_WITHIN = timedelta(days=1)
"""How long a package may lack its envelope, or a file that this names."""

OUT, IN, DONE, REFUSED = "out", "in", "done", "refused"

_ENVELOPES = (".ini", ".ltr")
_ENVELOPE_BYTES = 64 * 1024
_ENVELOPE_CHARSET = "cp1251"
_PIECE = 1024 * 1024
_AT_ONCE = 10_000
_TEMPORARY = ".tmp"


class PackageRefusedError(Exception):
    """A package is not taken.

    Attributes:
        code: for the books.
        text: what is wrong, without anybody's data.
    """

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code}: {text}")


class NotWholeError(Exception):
    """Somebody is still writing the package: look again later."""


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
        return ("\r\n".join(lines) + "\r\n").encode(_ENVELOPE_CHARSET, "replace")


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
    if target.exists():
        return
    draft = root / _TEMPORARY / f"{name}.{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    try:
        for local_name, content in files.items():
            _write_file(draft / local_name, content)
        _write_file(draft / "envelope.ini", envelope.written(list(files)))
        _sync_folder(draft)
        target.parent.mkdir(exist_ok=True)
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
    root.mkdir(parents=True, exist_ok=True)
    for name in (OUT, IN, DONE, REFUSED, _TEMPORARY):
        (root / name).mkdir(exist_ok=True)
    with (root / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def waiting(root: Path) -> list[Path]:
    """What lies in `in`, as it arrived; a name that begins with a dot is not ready yet."""
    arrived = []
    with os.scandir(root / IN) as found:
        for entry in islice(found, _AT_ONCE):
            if not entry.name.startswith("."):
                moment = entry.stat(follow_symlinks=False).st_mtime_ns
                arrived.append((moment, entry.name))
    return [root / IN / name for _moment, name in sorted(arrived)]


@dataclass(frozen=True)
class Package:
    """A whole package.

    Attributes:
        path: the folder.
        names: its files as the envelope names them.
    """

    path: Path
    names: Sequence[str]

    @property
    def message_name(self) -> str:
        """The file with the message's XML.

        Raises:
            PackageRefusedError: it can not be told.
        """
        found = [name for name in self.names if name.lower().endswith(".xml")]
        named = [name for name in found if name.lower() in _MESSAGES]
        if len(named or found) != 1:
            raise PackageRefusedError("NO_MESSAGE", "not one XML file that is the message")
        return (named or found)[0]

    def read(self, name: str, *, most: int) -> bytes:
        """The bytes of a file.

        Raises:
            PackageRefusedError: it is no plain file, or longer than `most` bytes.
        """
        with _opened(self.path, name) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise PackageRefusedError("TOO_LARGE", f"a file is longer than {most} bytes")
        return content

    def fingerprint(self, name: str) -> tuple[int, str]:
        """Size in bytes and SHA-256 of a file, read in pieces."""
        digest, size = hashlib.sha256(), 0
        with _opened(self.path, name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                if size > MAX_PACKAGE_BYTES:
                    raise PackageRefusedError("TOO_LARGE", "a file grows without end")
        return size, digest.hexdigest()


_MESSAGES = frozenset({"document.xml", "notification.xml", "acknowledgment.xml", "passport.xml"})


def open_package(path: Path) -> Package:
    """Looks at a folder of `in`.

    Raises:
        NotWholeError: look again later.
        PackageRefusedError: it is no package.
    """
    changed_at = path.lstat().st_mtime
    if not stat.S_ISDIR(path.lstat().st_mode):
        _still_growing(changed_at)
        raise PackageRefusedError("NOT_A_PACKAGE", "a package is a folder")
    sizes: dict[str, int] = {}
    with os.scandir(path) as entries:
        for entry in islice(entries, MAX_ENTRIES + 1):
            if not entry.is_file(follow_symlinks=False):
                raise PackageRefusedError("NOT_A_FILE", "a package holds plain files only")
            about = entry.stat(follow_symlinks=False)
            sizes[entry.name] = about.st_size
            changed_at = max(changed_at, about.st_mtime)
    if len(sizes) > MAX_ENTRIES:
        raise PackageRefusedError("TOO_LARGE", f"more than {MAX_ENTRIES} files")
    if sum(sizes.values()) > MAX_PACKAGE_BYTES:
        raise PackageRefusedError("TOO_LARGE", f"more than {MAX_PACKAGE_BYTES} bytes")
    _still_growing(changed_at)
    envelopes = [name for name in sizes if name.lower().endswith(_ENVELOPES)]
    if not envelopes:
        raise _lacking(changed_at, "there is no envelope")
    if len(envelopes) > 1:
        raise PackageRefusedError("NO_ENVELOPE", "more than one envelope")
    names = _named(Package(path, envelopes).read(envelopes[0], most=_ENVELOPE_BYTES))
    if not set(names) <= set(sizes):
        raise _lacking(changed_at, "a file that the envelope names is not there")
    return Package(path, names)


def kept(root: Path, uid: str) -> Package:
    """The package of a message that was taken; its files are read by the names that the message gives."""
    return Package(root / DONE / uid, ())


def put_aside(path: Path, to: Path, *, name: str) -> str:
    """Moves a package out of `in`.

    Args:
        path: where it lies.
        to: a folder of the same file system.
        name: under which name; a number is added where that is taken.

    Returns:
        The name it got.
    """
    for number in range(1000):
        found = f"{name}.{number}" if number else name
        if not os.path.lexists(to / found):
            path.rename(to / found)
            return found
    raise FileExistsError(name)


def refuse(root: Path, path: Path, reason: str) -> str:
    """Moves a package to `refused`, with a file beside it that says why; gives the name it got."""
    short = os.fsdecode(os.fsencode(path.name)[:200])
    name = put_aside(path, root / REFUSED, name=short)
    with suppress(FileExistsError), (root / REFUSED / f"{name}.reason.txt").open("x") as file:
        file.write(reason + "\n")
    return name


def forget(root: Path, *, older_than: timedelta) -> int:
    """Deletes what was put aside long ago, and drafts of the dead; gives how many packages."""
    count, now = 0, time.time()
    ages = ((DONE, older_than), (REFUSED, older_than), (_TEMPORARY, timedelta(hours=1)))
    for name, age in ages:
        for path in (root / name).iterdir():
            # A move changes the time of the entry's own inode, not that of its content.
            if path.lstat().st_ctime > now - age.total_seconds():
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            count += 1
    return count


def _still_growing(changed_at: float) -> None:
    # A moment to come is of another clock: it says nothing.
    if 0 <= time.time() - changed_at < SETTLED_SECONDS:
        raise NotWholeError


def _lacking(changed_at: float, what: str) -> Exception:
    if time.time() - changed_at < WHOLE_WITHIN.total_seconds():
        return NotWholeError()
    return PackageRefusedError("INCOMPLETE", what)


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[IO[bytes]]:
    try:
        # Neither a link that leads elsewhere, nor a pipe that never ends.
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise PackageRefusedError("NOT_A_FILE", "a package holds plain files only") from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PackageRefusedError("NOT_A_FILE", "a package holds plain files only")
        yield file


def _named(envelope: bytes) -> list[str]:
    """The names under [ФАЙЛЫ], each that of a file in the package's own folder."""
    try:
        lines = envelope.removeprefix(b"\xef\xbb\xbf").decode(_ENVELOPE_CHARSET).splitlines()
        if "[ФАЙЛЫ]" not in map(str.strip, lines):
            lines = envelope.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise PackageRefusedError("NO_ENVELOPE", "it is not in Windows-1251") from None
    names, section = [], ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            section = line
        elif section == "[ФАЙЛЫ]" and "=" in line:
            names.append(checked_name(line.partition("=")[2].strip()))
    if not names or len(names) > MAX_ENTRIES or len(set(names)) < len(names):
        raise PackageRefusedError("NO_ENVELOPE", "it does not name the files, each once")
    return names


def checked_name(name: str) -> str:
    """A name that another side gives to a file of its package.

    Raises:
        PackageRefusedError: it could lead out of the folder, or is no name.
    """
    is_plain = "/" not in name and name.isprintable() and "\\" not in name
    if not is_plain or not name or name.startswith(".") or len(name.encode()) > 255:
        raise PackageRefusedError("BAD_NAME", "a file's name is no plain name")
    return name
