"""The time: moments are UTC everywhere inside; the region's zone appears only at the edges."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present moment, UTC."""
    return _told.get() or timezone.now()


@contextmanager
def told(moment: datetime) -> Iterator[None]:
    """Makes `moment` (UTC) the present one inside: for the demo's past and for tests."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def region_zone() -> ZoneInfo:
    """The zone in which the region's people read clocks (setting REGION_TIME_ZONE)."""
    return ZoneInfo(settings.REGION_TIME_ZONE)


def region_date(moment: datetime) -> date:
    """The calendar day of `moment` in the region."""
    return moment.astimezone(region_zone()).date()


def end_of_day(day: date) -> datetime:
    """The last moment of `day` in the region, that is the first of the next one, UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=region_zone())
    return midnight.astimezone(UTC)


def last_day(due_at: datetime) -> date:
    """The last day in the region before `due_at`, a moment made by `end_of_day`."""
    return region_date(due_at - timedelta(microseconds=1))
