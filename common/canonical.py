"""One byte string for one value: JSON in a canonical form, for hashes that others can recompute."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

import orjson

_TYPE_ERROR = "canonical JSON holds null, booleans, integers, strings, lists and objects, not {}"

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

_PLAIN = frozenset({type(None), bool, int, str})
_TEXT = frozenset({str})
_OBJECTS = (dict, Mapping)  # the first is quicker to tell
# For whole numbers over 64 bits and very deep nesting, which the faster encoder refuses.
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


@lru_cache(maxsize=256)  # the entries of a chain share their deadlines
def moment(value: datetime | None) -> str | None:
    """A moment as `2026-01-31T09:30:00.000000Z` (UTC, always six digits), None for None."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"


def dumps(value: Json) -> bytes:
    """`value` as UTF-8 JSON with sorted keys and no spaces.

    Raises:
        TypeError: there is a float or another type whose text is not unambiguous.
    """
    check(value)
    return encoded(value)


def encoded(value: Json) -> bytes:
    """As `dumps`, of a value whose types are known to be unambiguous: it does not look at them."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _encode(value).encode()


def check(value: object) -> None:
    """Looks at all types within a value.

    Raises:
        TypeError: as `dumps`.
    """
    # Most is plain and needs no second look, and this is asked for every entry of a chain.
    if isinstance(value, _OBJECTS):
        if not _TEXT.issuperset(map(type, value)):
            for key in value:
                if not isinstance(key, str):
                    raise TypeError(_TYPE_ERROR.format(type(key).__name__))
        for item in value.values():
            if type(item) not in _PLAIN:
                check(item)
    elif type(value) in _PLAIN or isinstance(value, (int, str)):
        return
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for item in value:
            check(item)
    else:
        raise TypeError(_TYPE_ERROR.format(type(value).__name__))


def digest(value: Json) -> str:
    """SHA-256 of the canonical form, as `sha256` writes it."""
    return sha256(dumps(value))


def sha256(content: bytes) -> str:
    """SHA-256, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def salted_digest(salt: str, text: str) -> str:
    """SHA-256 of salt and text: says nothing about the text once the salt is erased."""
    return sha256((salt + text).encode())
