"""The time: moments are UTC everywhere inside; the region's zone appears only at the edges."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present moment, UTC."""
    return timezone.now()


def region_zone() -> ZoneInfo:
    """The zone in which the region's people read clocks (setting REGION_TIME_ZONE)."""
    return ZoneInfo(settings.REGION_TIME_ZONE)


def region_date(moment: datetime) -> date:
    """The calendar day of `moment` in the region."""
    return moment.astimezone(region_zone()).date()


def end_of_day(day: date) -> datetime:
    """The last moment of `day` in the region, that is the first of the next one, UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=region_zone())
    return midnight.astimezone(ZoneInfo("UTC"))
