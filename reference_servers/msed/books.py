"""МСЭД's own books in one SQLite file. What a reply acknowledges was committed before it."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MAX_CHUNK_BYTES = 4 * 1024 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS nonces (
    nonce TEXT PRIMARY KEY, used_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_by_age ON nonces (used_at);
CREATE TABLE IF NOT EXISTS messages (
    uid TEXT PRIMARY KEY, kind TEXT NOT NULL, appeal_uid TEXT NOT NULL, digest TEXT NOT NULL,
    body BLOB NOT NULL, received_at TEXT NOT NULL, accepted INTEGER NOT NULL, comment TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_appeal ON messages (appeal_uid);
CREATE TABLE IF NOT EXISTS appeals (
    uid TEXT PRIMARY KEY, received_at TEXT NOT NULL, body BLOB NOT NULL, kind TEXT NOT NULL,
    portal_uid TEXT NOT NULL, portal_name TEXT NOT NULL,
    msed_uid TEXT NOT NULL, msed_name TEXT NOT NULL,
    state TEXT NOT NULL, number TEXT NOT NULL, registered_on TEXT NOT NULL,
    control_date TEXT NOT NULL, executor TEXT NOT NULL, last_seq INTEGER NOT NULL,
    closed INTEGER NOT NULL, plan TEXT NOT NULL, step INTEGER NOT NULL, due_at REAL
);
CREATE INDEX IF NOT EXISTS appeals_due ON appeals (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS journals (
    name TEXT PRIMARY KEY, last_number INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS files (
    uid TEXT PRIMARY KEY, origin TEXT NOT NULL, total_size INTEGER NOT NULL,
    received INTEGER NOT NULL, spoiled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS chunks (
    file_uid TEXT NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (file_uid, start)
);
CREATE TABLE IF NOT EXISTS notifications (
    position INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, appeal_uid TEXT NOT NULL,
    seq INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL, delivery BLOB NOT NULL,
    delivery_uid TEXT NOT NULL, issued_at TEXT NOT NULL, due_at REAL, late INTEGER NOT NULL,
    attempts INTEGER NOT NULL, delivered_at TEXT NOT NULL, problem TEXT NOT NULL, UNIQUE (appeal_uid, seq)
);
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (due_at) WHERE due_at IS NOT NULL;
"""


@dataclass(frozen=True)
class Message:
    """A message with a header, as received, and its receipt."""

    uid: str
    kind: str
    appeal_uid: str
    digest: str
    body: bytes
    received_at: str
    accepted: bool
    comment: str


@dataclass(frozen=True)
class Appeal:
    """An appeal in work. Dates are ISO days or empty; due_at is Unix seconds of the next step."""

    uid: str
    received_at: str
    body: bytes
    kind: str
    portal_uid: str
    portal_name: str
    msed_uid: str
    msed_name: str
    state: str
    number: str
    registered_on: str
    control_date: str
    executor: str
    last_seq: int
    closed: bool
    plan: str
    step: int
    due_at: float | None


@dataclass(frozen=True)
class File:
    uid: str
    origin: str
    total_size: int
    received: int
    spoiled: bool


@dataclass(frozen=True)
class Notification:
    """A notification in the queue; delivery is the DeliverNotification repeated at each attempt.

    late lets those that come after it be pushed before it; due_at None is pushed no more.
    """

    position: int
    uid: str
    appeal_uid: str
    seq: int
    kind: str
    body: bytes
    delivery: bytes
    delivery_uid: str
    issued_at: str
    due_at: float | None
    late: bool
    attempts: int
    delivered_at: str
    problem: str


class Books:
    """All SQL of the stand-in. One connection, one writer at a time: position grows as commits do."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable once left; nested use is a savepoint."""
        with self._lock:
            nested = self._connection.in_transaction
            self._run("SAVEPOINT inner_part" if nested else "BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._run("ROLLBACK TO inner_part" if nested else "ROLLBACK")
                raise
            self._run("RELEASE inner_part" if nested else "COMMIT")

    def _run(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values)]

    def _row(self, sql: str, *values: object) -> dict[str, Any] | None:
        rows = self._rows(sql, *values)
        return rows[0] if rows else None

    def _put(self, verb: str, table: str, values: dict[str, object]) -> None:
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self._run(f"{verb} INTO {table} ({columns}) VALUES ({marks})", *values.values())

    # Nonces

    def use_nonce(self, nonce: str, *, now: datetime) -> bool:
        """Write the nonce down; False when it was used before."""
        # Twice five minutes cover a Created at either edge of what is still accepted.
        self._run("DELETE FROM nonces WHERE used_at < ?", (now - timedelta(minutes=11)).timestamp())
        used = self._run("INSERT OR IGNORE INTO nonces VALUES (?, ?)", nonce, now.timestamp())
        return used.rowcount == 1

    # Messages and appeals

    def message(self, uid: str) -> Message | None:
        row = self._row("SELECT * FROM messages WHERE uid = ?", uid)
        return None if row is None else _message(row)

    def messages_of(self, appeal_uid: str) -> list[Message]:
        sql = "SELECT * FROM messages WHERE appeal_uid = ? ORDER BY rowid"
        return [_message(row) for row in self._rows(sql, appeal_uid)]

    def add_message(self, message: Message) -> None:
        self._put("INSERT", "messages", asdict(message))

    def appeal(self, uid: str) -> Appeal | None:
        row = self._row("SELECT * FROM appeals WHERE uid = ?", uid)
        return None if row is None else _appeal(row)

    def appeals(self) -> list[Appeal]:
        return [_appeal(row) for row in self._rows("SELECT * FROM appeals ORDER BY rowid")]

    def latest_appeals(self, limit: int) -> list[Appeal]:
        sql = "SELECT * FROM appeals ORDER BY received_at DESC LIMIT ?"
        return [_appeal(row) for row in self._rows(sql, limit)]

    def due_appeals(self, now: datetime, limit: int) -> list[Appeal]:
        sql = "SELECT * FROM appeals WHERE due_at <= ? ORDER BY due_at LIMIT ?"
        return [_appeal(row) for row in self._rows(sql, now.timestamp(), limit)]

    def save_appeal(self, appeal: Appeal) -> None:
        values = asdict(appeal)
        updates = ", ".join(f"{name} = excluded.{name}" for name in values)
        marks = ", ".join("?" * len(values))
        self._run(
            f"INSERT INTO appeals ({', '.join(values)}) VALUES ({marks})"  # noqa: S608
            f" ON CONFLICT (uid) DO UPDATE SET {updates}",
            *values.values(),
        )

    def next_number(self, journal: str) -> int:
        """The next running number of a journal, from 1 without gaps."""
        sql = (
            "INSERT INTO journals VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET last_number = last_number + 1 RETURNING last_number"
        )
        return int(self._rows(sql, journal)[0]["last_number"])

    # Files

    def file(self, uid: str) -> File | None:
        row = self._row("SELECT * FROM files WHERE uid = ?", uid)
        return None if row is None else _file(row)

    def files(self) -> list[File]:
        return [_file(row) for row in self._rows("SELECT * FROM files ORDER BY rowid")]

    def add_file(self, uid: str, *, origin: str, total_size: int) -> File:
        file = File(uid, origin, total_size, 0, False)
        self._put("INSERT", "files", asdict(file))
        return file

    def append(self, file: File, content: bytes) -> File:
        chunk = {"file_uid": file.uid, "start": file.received, "size": len(content)}
        self._put("INSERT", "chunks", {**chunk, "content": content})
        received = file.received + len(content)
        self._run("UPDATE files SET received = ? WHERE uid = ?", received, file.uid)
        return replace(file, received=received)

    def keep_own_file(self, uid: str, content: bytes) -> None:
        """Keep a file that goes out with an answer."""
        file = self.add_file(uid, origin="msed", total_size=len(content))
        for start in range(0, len(content), MAX_CHUNK_BYTES):
            file = self.append(file, content[start : start + MAX_CHUNK_BYTES])

    def spoil(self, file_uid: str) -> None:
        self._run("UPDATE files SET spoiled = 1 WHERE uid = ?", file_uid)

    def content(self, file_uid: str, start: int, size: int) -> bytes:
        """Held bytes from start, at most size of them."""
        end = start + size
        sql = (
            "SELECT start, content FROM chunks"
            " WHERE file_uid = ? AND start < ? AND start + size > ? ORDER BY start"
        )
        with self._lock:
            return b"".join(
                row["content"][max(start - row["start"], 0) : end - row["start"]]
                for row in self._connection.execute(sql, (file_uid, end, start))
            )

    def sha256(self, file_uid: str) -> str:
        digest = hashlib.sha256()
        sql = "SELECT content FROM chunks WHERE file_uid = ? ORDER BY start"
        with self._lock:
            for row in self._connection.execute(sql, (file_uid,)):
                digest.update(row["content"])
        return digest.hexdigest()

    # Notifications

    def add_notification(self, notification: Notification) -> None:
        values = asdict(notification)
        del values["position"]
        self._put("INSERT", "notifications", values)

    def notifications_of(self, appeal_uid: str) -> list[Notification]:
        sql = "SELECT * FROM notifications WHERE appeal_uid = ? ORDER BY seq"
        return [_notification(row) for row in self._rows(sql, appeal_uid)]

    def queue(self, after_position: int, limit: int) -> list[Notification]:
        sql = "SELECT * FROM notifications WHERE position > ? ORDER BY position LIMIT ?"
        return [_notification(row) for row in self._rows(sql, after_position, limit)]

    def to_deliver(self, now: datetime, *, besides: Sequence[str]) -> Notification | None:
        """The next push: the earliest seq still to be pushed of an appeal not named in besides."""
        marks = ", ".join("?" * len(besides))
        row = self._row(
            "SELECT * FROM notifications AS n WHERE due_at <= ?"  # noqa: S608
            f" AND appeal_uid NOT IN ({marks})"
            " AND NOT EXISTS (SELECT 1 FROM notifications AS earlier WHERE earlier.due_at IS NOT NULL"
            "   AND NOT earlier.late AND earlier.appeal_uid = n.appeal_uid AND earlier.seq < n.seq)"
            " ORDER BY due_at LIMIT 1",
            now.timestamp(),
            *besides,
        )
        return None if row is None else _notification(row)

    def save_delivery(
        self, position: int, *, due_at: float | None, delivered_at: str = "", problem: str = ""
    ) -> None:
        """Count an attempt; due_at None means that it will not be pushed again."""
        self._run(
            "UPDATE notifications SET attempts = attempts + 1, due_at = ?, delivered_at = ?,"
            " problem = ? WHERE position = ?",
            due_at,
            delivered_at,
            problem,
            position,
        )

    def counts(self) -> dict[str, int]:
        row = self._row(
            "SELECT (SELECT count(*) FROM appeals) AS appeals,"
            " (SELECT count(*) FROM notifications) AS notifications,"
            " (SELECT count(*) FROM notifications WHERE due_at IS NOT NULL) AS waiting"
        )
        return {} if row is None else dict(row)


def _message(row: dict[str, Any]) -> Message:
    return Message(**{**row, "accepted": bool(row["accepted"])})


def _appeal(row: dict[str, Any]) -> Appeal:
    return Appeal(**{**row, "closed": bool(row["closed"])})


def _file(row: dict[str, Any]) -> File:
    return File(**{**row, "spoiled": bool(row["spoiled"])})


def _notification(row: dict[str, Any]) -> Notification:
    return Notification(**{**row, "late": bool(row["late"])})


def stamp(moment: datetime) -> str:
    """A moment as the contract writes it, in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
