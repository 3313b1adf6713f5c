"""With Redis gone a request goes on: each process remembers for itself (R13.3)."""

import uuid

import pytest

from common.cache import ForgivingRedisCache


@pytest.fixture
def gone() -> ForgivingRedisCache:
    """A cache whose server is not there."""
    options = {"socket_connect_timeout": 0.2}
    return ForgivingRedisCache(
        f"redis://127.0.0.1:1/{uuid.uuid4().int % 10_000}", {"OPTIONS": options}
    )


def test_nothing_raises_and_the_process_remembers(gone: ForgivingRedisCache) -> None:
    assert gone.get("k") is None
    assert gone.get("k", "else") == "else"
    assert gone.get("k", default="else") == "else"
    assert gone.get_many(["k"]) == {}
    gone.set("k", 1)
    assert gone.get("k") == 1
    assert gone.add("k", 2) is False
    assert gone.incr("k") == 2
    assert gone.delete("k") is True
    assert gone.get_or_set("k", 7) == 7
