"""A Redis cache that forgives: with Redis gone, a look-up is a miss and a write is skipped."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _forgiving(name: str, answer: Any) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            # The class of the error only: its text may quote a key.
            logger.warning("cache is away: %s", type(error).__name__)
            return (
                kwargs.get("default", args[1] if len(args) > 1 else answer)
                if name == "get"
                else answer
            )

    return method


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache without its power to stop a request (R13.3)."""

    get = _forgiving("get", None)
    get_many = _forgiving("get_many", {})
    set = _forgiving("set", None)
    set_many = _forgiving("set_many", [])
    add = _forgiving("add", True)
    delete = _forgiving("delete", False)
    delete_many = _forgiving("delete_many", None)
    touch = _forgiving("touch", False)
    has_key = _forgiving("has_key", False)
    incr = _forgiving("incr", 1)
    clear = _forgiving("clear", False)
