"""With Redis gone a request goes on: each process remembers for itself (R13.3)."""

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from redis import Redis

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


@pytest.fixture
def reader() -> Iterator[str]:
    """A user to whom Redis answers and from whom it takes no writes, as one that is full."""
    owner, name = Redis.from_url(settings.REDIS_URL), f"reader-{uuid.uuid4().hex}"
    owner.acl_setuser(
        name, enabled=True, nopass=True, keys=["*"], categories=["+@read", "+@connection"]
    )
    try:
        yield name
    finally:
        owner.acl_deluser(name)
        owner.close()


def test_what_is_counted_holds_while_redis_answers_and_takes_no_writes(
    reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = urlsplit(settings.REDIS_URL)
    host = there.netloc.rpartition("@")[2]
    cache, key = ForgivingRedisCache(f"redis://{reader}:any@{host}{there.path}", {}), reader
    assert cache.get(key, 0) == 0  # it answers
    for wrong_guesses in range(1, 4):
        cache.set(key, wrong_guesses)
        assert cache.get(key, 0) == wrong_guesses
    # Later it is tried anew: by a write, as it would answer a question with what it had before.
    monkeypatch.setattr("common.cache.AWAY_SECONDS", 0.0)
    cache.avoid()
    assert cache.get(key, 0) == 3
    with Redis.from_url(settings.REDIS_URL) as owner:
        owner.acl_setuser(reader, enabled=True, nopass=True, keys=["*"], categories=["+@all"])
        cache.set(key, 1, timeout=5)
        assert owner.exists(cache.make_key(key))
