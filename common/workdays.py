"""The Russian production calendar: working days with the days off that the government moves each year.

Source: Labour Code of the Russian Federation, art. 112; the transfers known to the package `holidays`,
and what staff enter in the override table (`ProductionYear`, `ProductionDay`) when a decree is newer.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils.translation import gettext as _
from holidays.countries.russia import RussiaStaticHolidays

from common.models import ProductionDay, ProductionYear

_KNOWN_YEARS = frozenset(RussiaStaticHolidays.special_public_holidays)


class CalendarUnknownError(LookupError):
    """The government's transfers of a year are not known, so its working days can not be counted.

    Attributes:
        year: the calendar year that is missing.
    """

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            _(
                "The production calendar for %(year)d is not known: enter the transferred days "
                "of that year in the calendar's override table."
            )
            % {"year": year}
        )


@lru_cache(maxsize=32)
def _published(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and working week-ends of `year` as the package knows them."""
    calendar = holidays.country_holidays("RU", years=year)
    return frozenset(calendar.keys()), frozenset(calendar.weekend_workdays)


def _working_days(year: int) -> "_Year":
    entered = ProductionYear.objects.filter(year=year).exists()
    if not entered and year not in _KNOWN_YEARS:
        raise CalendarUnknownError(year)
    overrides = dict(
        ProductionDay.objects.filter(production_year_id=year).values_list("date", "is_working")
    )
    return _Year(*_published(year), overrides)


class _Year:
    """One year's answer to “is this a working day?”."""

    def __init__(
        self,
        days_off: frozenset[date],
        working_weekends: frozenset[date],
        overrides: dict[date, bool],
    ) -> None:
        self._days_off, self._working_weekends = days_off, working_weekends
        self._overrides = overrides

    def is_working(self, day: date) -> bool:
        if (entered := self._overrides.get(day)) is not None:
            return entered
        if day in self._working_weekends:
            return True
        return day.weekday() < 5 and day not in self._days_off


class Calendar:
    """The working days as they are now: a year is read once, for one who counts much at one time."""

    def __init__(self) -> None:
        self._years: dict[int, _Year] = {}

    def is_working_day(self, day: date) -> bool:
        """See the function of this name."""
        if (year := self._years.get(day.year)) is None:
            year = self._years[day.year] = _working_days(day.year)
        return year.is_working(day)

    def add_working_days(self, start: date, count: int, *, until: date = date.max) -> date:
        """See the function of this name; never later than `until`, beyond which no year is asked for."""
        if count < 1:
            raise ValueError("count must be at least 1")
        day = start
        while count and day < until:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day


def is_working_day(day: date) -> bool:
    """Whether `day` is a working day of the five-day week.

    Raises:
        CalendarUnknownError: the transfers of that year are not known.
    """
    return Calendar().is_working_day(day)


def add_working_days(start: date, count: int) -> date:
    """The `count`-th working day after `start`; the day of `start` itself is not counted.

    Args:
        start: a calendar day of the region.
        count: working days, at least 1.

    Raises:
        CalendarUnknownError: the count runs into a year whose transfers are not known.
        ValueError: `count` is less than 1.
    """
    return Calendar().add_working_days(start, count)
