"""One byte string for one value: JSON in a canonical form, for hashes that others can recompute."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

_TYPE_ERROR = "canonical JSON holds null, booleans, integers, strings, lists and objects, not {}"

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def moment(value: datetime | None) -> str | None:
    """A moment as `2026-01-31T09:30:00.000000Z` (UTC, always six digits), None for None."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None


def dumps(value: Json) -> bytes:
    """`value` as UTF-8 JSON with sorted keys and no spaces.

    Raises:
        TypeError: there is a float or another type whose text is not unambiguous.
    """
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _check(value: object) -> None:
    if value is None or isinstance(value, bool | int | str):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(_TYPE_ERROR.format(type(key).__name__))
            _check(item)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for item in value:
            _check(item)
    else:
        raise TypeError(_TYPE_ERROR.format(type(value).__name__))


def digest(value: Json) -> str:
    """SHA-256 of the canonical form, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(dumps(value)).hexdigest()


def salted_digest(salt: str, text: str) -> str:
    """SHA-256 of salt and text: says nothing about the text once the salt is erased."""
    return hashlib.sha256((salt + text).encode()).hexdigest()
