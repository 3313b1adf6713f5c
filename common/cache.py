"""A Redis cache that forgives: with Redis gone, each process remembers for itself."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _forgiving(name: str) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            # The class of the error only: its text may quote a key.
            logger.warning("cache is away: %s", type(error).__name__)
            return getattr(self.near, name)(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache without its power to stop a request (R13.3).

    Without Redis it is a small cache in the process: limits on log-ins still hold, for each process.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.near = LocMemCache(f"near {server}", {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    get = _forgiving("get")
    get_many = _forgiving("get_many")
    set = _forgiving("set")
    set_many = _forgiving("set_many")
    add = _forgiving("add")
    delete = _forgiving("delete")
    delete_many = _forgiving("delete_many")
    touch = _forgiving("touch")
    has_key = _forgiving("has_key")
    incr = _forgiving("incr")
    clear = _forgiving("clear")
