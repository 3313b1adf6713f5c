"""A package of МЭДО as it came: looked at before it is trusted, its files read under caps.

A package is a folder with the message's XML, its files and an envelope, which comes last and names them:
where there is no envelope yet, somebody is still writing.
"""

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
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
ENVELOPE_CHARSET = "cp1251"

_ENVELOPES = (".ini", ".ltr")
_ENVELOPE_BYTES = 64 * 1024
_PIECE = 1024 * 1024


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
        PermissionError: the portal may not read it, or not move it.
    """
    changed_at = path.lstat().st_mtime
    if not stat.S_ISDIR(path.lstat().st_mode):
        _still_growing(changed_at)
        raise PackageRefusedError("NOT_A_PACKAGE", "a package is a folder")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        # What can not be moved afterwards would be taken, and receipted, again and again.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
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
    if len(envelopes) == 1 and not sizes[envelopes[0]]:
        raise _lacking(changed_at, "the envelope is empty")
    if len(envelopes) > 1:
        raise PackageRefusedError("NO_ENVELOPE", "more than one envelope")
    names = _named(Package(path, envelopes).read(envelopes[0], most=_ENVELOPE_BYTES))
    if not set(names) <= set(sizes):
        raise _lacking(changed_at, "a file that the envelope names is not there")
    return Package(path, names)


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
        # Neither a link that leads elsewhere, not even in the place of the folder, nor a pipe that never ends.
        inside = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=inside)
        finally:
            os.close(inside)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
            raise
        raise PackageRefusedError("NOT_A_FILE", "a package holds plain files only") from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PackageRefusedError("NOT_A_FILE", "a package holds plain files only")
        yield file


def _named(envelope: bytes) -> list[str]:
    """The names under [ФАЙЛЫ], each that of a file in the package's own folder."""
    try:
        lines = envelope.removeprefix(b"\xef\xbb\xbf").decode(ENVELOPE_CHARSET).splitlines()
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
