"""With Redis gone a request goes on: a look-up is a miss, a write is skipped (R13.3)."""

import pytest

from common.cache import ForgivingRedisCache


@pytest.fixture
def gone() -> ForgivingRedisCache:
    """A cache whose server is not there."""
    options = {"socket_connect_timeout": 0.2}
    return ForgivingRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": options})


def test_nothing_raises(gone: ForgivingRedisCache) -> None:
    assert gone.get("k") is None
    assert gone.get("k", "else") == "else"
    assert gone.get("k", default="else") == "else"
    assert gone.get_many(["k"]) == {}
    gone.set("k", 1)
    assert gone.add("k", 1) is True
    assert gone.delete("k") is False
    assert gone.incr("k") == 1
    assert gone.get_or_set("k", 7) == 7
