"""A Redis cache that forgives: with Redis gone, each process remembers for itself."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

AWAY_SECONDS = 5.0
"""So long Redis is not asked after a fault, seconds."""


def _forgiving(name: str) -> Callable[..., Any]:
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        try:
            if self.is_well():
                return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            # The class of the error only: its text may quote a key.
            logger.warning("cache is away: %s", type(error).__name__)
            self.avoid()
        return getattr(self.near, name)(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache without its power to stop a request (R13.3).

    Without Redis it is a small cache in the process: limits on log-ins still hold, for each process.
    """

    # By server and for the whole process: Django makes a cache for each thread.
    _avoided_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = server
        self.near = LocMemCache(f"near {server}", {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def avoid(self) -> None:
        """From now on the process remembers for itself, for a while."""
        self._avoided_until[self._server] = time.monotonic() + AWAY_SECONDS

    def is_well(self) -> bool:
        """Whether Redis is to be asked; after a fault only once it takes a write.

        One that is full or read-only still answers: limits that were read there and counted here would hold nobody.

        Raises:
            redis.exceptions.RedisError, OSError: it still does not.
        """
        avoided_until = self._avoided_until.get(self._server)
        if avoided_until is None:
            return True
        if time.monotonic() < avoided_until:
            return False
        self.avoid()  # so that one thread tries and the others go on
        super().set("well", 1, 1)
        self._avoided_until.pop(self._server, None)
        return True

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
