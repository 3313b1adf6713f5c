"""The public messages as columns of numbers: what is told of each, and how a change comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Mask = NDArray[np.bool_]

WORLD: Final = 2**32
"""Parts of the world's width and height in Web Mercator: less than a centimetre each."""

FIELDS: Final[Mapping[str, type[np.generic]]] = {
    "id": np.int32,
    "x": np.uint32,  # from the west, parts of WORLD
    "y": np.uint32,  # from the north
    "kind": np.uint8,  # place in `KINDS`, from 1
    "state": np.uint8,  # place in `STATES`, from 1
    "verdict": np.uint8,  # twice the stars, one more where it is solved; 0 without a rating
    "topic": np.int32,
    "authority": np.int32,  # 0 without one
    "municipality": np.int32,
    "supporters": np.uint32,
    "filed": np.uint32,  # seconds since 1970, 0 for never, as all moments here
    "published": np.uint32,
    "answered": np.uint32,
    "closed": np.uint32,
    "due": np.uint32,
    "stamp": np.uint32,  # of the row as it is, for `Table.version`
}
"""The columns; about sixty bytes a message with the place of each id."""

_WIRE = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, kind in {
            **dict.fromkeys(("id", "kind", "state", "topic", "authority", "municipality"), ">i4"),
            "supporters": ">i4",
            **dict.fromkeys(("lon", "lat"), ">f8"),
            **dict.fromkeys(("filed", "published", "answered", "closed", "due"), ">i8"),
            "verdict": ">i4",
            "changed_in": ">u8",
        }.items()
        for part in ((f"{name} bytes", ">i4"), (name, kind))
    ]
)
_HEADER, _TRAILER = 19, 2
_BEFORE_2000 = 946_684_800
_CHUNK_ROWS = 50_000
SPARE = 65_536
"""Rows that a table has room for beside those it begins with."""


class Reader:
    """Takes the bytes of `queries.changes.copy_rows`, as they come, and makes columns of them."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._begun = False
        self._parts: list[dict[str, Column]] = []

    def write(self, data: bytes) -> None:
        """The next bytes."""
        self._bytes += data
        if len(self._bytes) > _HEADER + _CHUNK_ROWS * _WIRE.itemsize:
            self._take()

    def columns(self) -> dict[str, Column]:
        """All that came."""
        self._take()
        found = {}
        for name, kind in FIELDS.items():
            # Part by part: at no time all is there twice.
            parts = [part.pop(name) for part in self._parts]
            found[name] = np.concatenate(parts) if parts else np.empty(0, kind)
        return found

    def _take(self) -> None:
        if not self._begun:
            del self._bytes[:_HEADER]
            self._begun = True
        rows = len(self._bytes) // _WIRE.itemsize
        if rows:
            self._parts.append(_columns(np.frombuffer(self._bytes, _WIRE, rows)))
            del self._bytes[: rows * _WIRE.itemsize]


def _columns(wire: NDArray[Any]) -> dict[str, Column]:
    found: dict[str, Column] = {
        "x": across(wire["lon"]),
        "y": down(wire["lat"]),
        "stamp": _stamps(wire["id"], wire["changed_in"]),
    }
    for name in ("filed", "published", "answered", "closed", "due"):
        seconds = wire[name] // 1_000_000 + _BEFORE_2000
        found[name] = np.where(wire[name] == 0, 0, seconds).astype(np.uint32)
    return found | {n: wire[n].astype(kind) for n, kind in FIELDS.items() if n not in found}


def across(lon: Any) -> Column:
    """The `x` of longitudes, WGS 84 degrees."""
    parts = (np.asarray(lon, np.float64) + 180) / 360 * WORLD
    return np.clip(parts, 0, WORLD - 1).astype(np.uint32)


def down(lat: Any) -> Column:
    """The `y` of latitudes, WGS 84 degrees."""
    radians = np.radians(np.clip(np.asarray(lat, np.float64), -89.9, 89.9))
    parts = (1 - np.arcsinh(np.tan(radians)) / np.pi) / 2 * WORLD
    return np.clip(parts, 0, WORLD - 1).astype(np.uint32)


def lon_of(x: Any) -> Any:
    """The longitude of (the middle of) an `x`, WGS 84 degrees."""
    return (x + 0.5) / WORLD * 360 - 180


def lat_of(y: Any) -> Any:
    """The latitude of (the middle of) a `y`, WGS 84 degrees."""
    return np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + 0.5) / WORLD))))


def _stamps(ids: Column, changed_in: Column) -> Column:
    """A number for each row as a transaction left it; no two rows and transactions are alike."""
    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= changed_in.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return (mixed >> np.uint64(32)).astype(np.uint32)


@dataclass(frozen=True)
class Table:
    """The public messages as they were at a moment; whoever holds it sees no change of it.

    A changed message gets a new row at the end, and its old one is no longer among `alive`: rows that
    somebody may be reading are never written to.

    Attributes:
        columns: with room at their ends.
        size: rows that are taken.
        alive: which of them count.
        count: how many do.
        stamps: the sum of their stamps.
    """

    columns: Mapping[str, Column]
    size: int
    alive: Mask
    count: int
    stamps: int

    def __getitem__(self, name: str) -> Column:
        """A column of `FIELDS`, dead rows too."""
        return self.columns[name][: self.size]

    @property
    def version(self) -> str:
        """The same in every process that has the same messages, another one where they differ."""
        return f"{self.count:x}-{self.stamps:x}"


class Places:
    """In which row of a table each id is; of the one writer alone."""

    def __init__(self, ids: Column) -> None:
        self._rows = np.full(_room(int(ids.max(initial=0))), -1, np.int32)
        self._rows[ids] = np.arange(len(ids), dtype=np.int32)

    def of(self, ids: Column) -> Column:
        """The rows of those that have one."""
        rows = self._rows[ids[ids < len(self._rows)]]
        return rows[rows >= 0]

    def forget(self, ids: Column) -> None:
        """They have none any more."""
        self._rows[ids[ids < len(self._rows)]] = -1

    def put(self, ids: Column, first: int) -> None:
        """They have the rows from `first` on."""
        beyond = int(ids.max(initial=0)) + 1 - len(self._rows)
        if beyond > 0:
            more = np.full(_room(beyond), -1, np.int32)
            self._rows = np.concatenate([self._rows, more])
        self._rows[ids] = np.arange(first, first + len(ids), dtype=np.int32)


def _room(count: int) -> int:
    return count + count // 32 + SPARE


def made_of(columns: dict[str, Column]) -> tuple[Table, Places]:
    """A table of all these, with room for changes; `columns` is emptied: at no time all is there twice."""
    size = len(columns["id"])
    roomy = {}
    for name, kind in FIELDS.items():
        roomy[name] = np.zeros(_room(size), kind)
        roomy[name][:size] = columns.pop(name)
    table = Table(
        columns=roomy,
        size=size,
        alive=np.ones(size, np.bool_),
        count=size,
        stamps=_sum(roomy["stamp"][:size]),
    )
    return table, Places(roomy["id"][:size])


def changed(
    table: Table, places: Places, ids: Column, now: Mapping[str, Column]
) -> tuple[Table, Places]:
    """The table after a change; the one before stays as it is.

    Args:
        table: the newest one.
        places: its ids' rows; it is changed with it.
        ids: whatever changed, once each.
        now: those of them that are public, as they are.
    """
    old, fresh = places.of(ids), len(now["id"])
    alive = np.concatenate([table.alive, np.ones(fresh, np.bool_)])
    alive[old] = False
    stamps = table.stamps - _sum(table.columns["stamp"][old]) + _sum(now["stamp"])
    places.forget(ids)
    size = table.size + fresh
    if size > len(table.columns["id"]):
        kept = np.flatnonzero(alive[: table.size])
        return made_of(
            {name: np.concatenate([table.columns[name][kept], now[name]]) for name in FIELDS}
        )
    for name in FIELDS:
        table.columns[name][table.size : size] = now[name]
    places.put(now["id"], table.size)
    count = table.count - len(old) + fresh
    return replace(table, size=size, alive=alive, count=count, stamps=stamps), places


def _sum(stamps: Column) -> int:
    return int(stamps.sum(dtype=np.uint64))
