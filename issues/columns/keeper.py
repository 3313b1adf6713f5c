"""Keeps this process's columns fresh: each reader gets them as the database has them now."""

import logging
import secrets
import threading
import time
from dataclasses import replace

import numpy as np
from django.db import DatabaseError, connection

from issues.columns.table import Places, Reader, Table, changed, made_of
from issues.queries import changes

log = logging.getLogger(__name__)

LONGEST_WAIT = 20.0
"""Seconds for which a reader waits while another one reads all messages."""


MANY = 20_000
"""Changed messages from which on all are read anew."""


class BusyError(Exception):
    """The messages are still being read: one may come again soon."""


class Keeper:
    """The columns of one process; one reader at a time asks what is new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: changes.Seen | None = None
        self._held: tuple[Table, Places] | None = None

    def current(self) -> Table:
        """The public messages with all that is committed by now.

        Inside a transaction that has written, with its own writing too: then all is read anew, for it
        alone, and costs accordingly.

        Raises:
            BusyError: another thread has been reading them all for too long.
        """
        if not self._lock.acquire(timeout=LONGEST_WAIT):
            raise BusyError
        try:
            news = changes.news_since(self._seen)
            if news.is_writing:
                # It may write them once more: no two readings shall be taken for the same.
                return replace(made_of(_rows())[0], stamps=secrets.randbits(64))
            is_new = not _follows(self._seen, news.seen)
            if self._held is None or is_new or len(news.changed) > MANY:
                self._held = None  # the old ones go before the new ones come
                self._held = _all()
            elif news.changed:
                # Later than what is seen, so some may be newer still: they come once more then.
                ids = np.asarray(news.changed, np.int64)
                self._held = changed(*self._held, ids, _rows(news.changed))
            self._seen = news.seen
            return self._held[0]
        finally:
            self._lock.release()


def _follows(before: changes.Seen | None, now: changes.Seen) -> bool:
    """Whether both are moments of one history, in this order."""
    return before is not None and before.place == now.place and before.upper <= now.upper


def _rows(ids: list[int] | None = None) -> dict[str, np.ndarray]:
    reader = Reader()
    changes.copy_rows(reader, ids)
    return reader.columns()


def _all() -> tuple[Table, Places]:
    start = time.perf_counter()
    with changes.patience():
        held = made_of(_rows())
    took = time.perf_counter() - start
    log.info("read %d public messages in %.1f s", held[0].count, took)
    return held


_keeper = Keeper()


def current() -> Table:
    """The columns of this process, fresh: see `Keeper.current`."""
    return _keeper.current()


def warm() -> None:
    """Reads all messages ahead of the first reader, in a thread of its own; who fails is told as a reader."""
    try:
        current()
    except (DatabaseError, BusyError):
        log.warning("the public messages could not be read ahead", exc_info=True)
    finally:
        connection.close()
