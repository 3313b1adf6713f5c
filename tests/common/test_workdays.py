"""Working days follow the government's transfers, and an unknown year is named."""

from datetime import date

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import workdays
from common.models import ProductionDay, ProductionYear

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2024, 4, 27), True),  # a Saturday that works for Monday the 29th
        (date(2024, 4, 29), False),
        (date(2024, 12, 28), True),
        (date(2025, 11, 1), True),
        (date(2025, 11, 3), False),
        (date(2026, 1, 9), False),  # moved from Saturday the 3rd
        (date(2026, 11, 4), False),
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
    ],
)
def test_days_that_the_government_moved(day: date, is_working: bool) -> None:
    assert workdays.is_working_day(day) is is_working


def test_the_new_year_holidays_are_stepped_over() -> None:
    assert workdays.add_working_days(date(2025, 12, 30), 1) == date(2026, 1, 12)


def test_an_unknown_year_is_an_error_that_names_it() -> None:
    with pytest.raises(workdays.CalendarUnknownError, match="2031") as error:
        workdays.add_working_days(date(2031, 3, 1), 1)
    assert error.value.year == 2031


def test_staff_enter_a_decree_and_the_year_is_known() -> None:
    year = ProductionYear.objects.create(year=2031, decree="Постановление № 1")
    ProductionDay.objects.create(production_year=year, date=date(2031, 3, 3), is_working=False)
    ProductionDay.objects.create(production_year=year, date=date(2031, 3, 1), is_working=True)
    assert workdays.is_working_day(date(2031, 3, 1))  # a Saturday
    assert workdays.add_working_days(date(2031, 3, 1), 1) == date(2031, 3, 4)


def test_a_day_belongs_to_its_year() -> None:
    year = ProductionYear.objects.create(year=2031, decree="Постановление № 1")
    with pytest.raises(IntegrityError):
        ProductionDay.objects.create(production_year=year, date=date(2032, 1, 1), is_working=True)


class EveryCount(TestCase):
    """What holds for any start and any count."""

    @settings(deadline=None)
    @given(st.dates(date(2022, 1, 1), date(2025, 12, 31)), st.integers(1, 22))
    def test_the_day_found_is_working_and_the_count_is_right(self, start: date, count: int) -> None:
        end = workdays.add_working_days(start, count)
        days = [date.fromordinal(n) for n in range(start.toordinal() + 1, end.toordinal() + 1)]
        assert sum(workdays.is_working_day(day) for day in days) == count
        assert workdays.is_working_day(end)


def test_a_count_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        workdays.add_working_days(date(2026, 1, 1), 0)
