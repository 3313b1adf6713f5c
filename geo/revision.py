"""What is kept in process until the database says that the ground or the rules have changed."""

import threading
import uuid
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from django.db import connection

Made = TypeVar("Made")
MOST_PERIODS = 4  # kept at a time: today's, and those of old messages that are routed anew


class PerPeriod(Generic[Made]):
    """Something made from the database for a day, made anew when the revision's stamp has changed.

    Between two days of change nothing differs, so all the days of such a period share one making.
    Each asking costs one small query; the same question gets the same answer in every process, from
    the moment a change is committed. Safe to share by threads.
    """

    def __init__(
        self, *, days_of_change: Callable[[], list[date]], make: Callable[[date], Made]
    ) -> None:
        """Names what is kept.

        Args:
            days_of_change: the days from which something differs from the day before, in any order.
            make: makes what is valid on a day.
        """
        self._days_of_change, self._make = days_of_change, make
        self._making = threading.Lock()
        self._kept: tuple[uuid.UUID | None, list[date], dict[int, Made]] = (None, [], {})

    def on(self, day: date) -> Made:
        """What is valid on `day`."""
        stamp = _stamp()
        kept_stamp, days, made = self._kept
        if stamp and stamp == kept_stamp:
            found = made.get(bisect_right(days, day))
            if found is not None:
                return found
        with self._making:
            return self._remade(stamp, day)

    def _remade(self, stamp: uuid.UUID | None, day: date) -> Made:
        while True:
            kept_stamp, days, made = self._kept
            if stamp is None or stamp != kept_stamp:
                days, made = sorted(set(self._days_of_change())), {}
            period = bisect_right(days, day)
            if period not in made:
                fresh = self._make(day)
                # Several queries made it: a change between them would have mixed old and new.
                if (now := _stamp()) != stamp:
                    stamp = now
                    continue
                kept = list(made.items())[-MOST_PERIODS + 1 :]
                made = dict([*kept, (period, fresh)])
            self._kept = (stamp, days, made)
            return made[period]


def _stamp() -> uuid.UUID | None:
    """None where nothing was ever entered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stamp FROM geo_revision")
        row: tuple[uuid.UUID] | None = cursor.fetchone()
    return row[0] if row else None
