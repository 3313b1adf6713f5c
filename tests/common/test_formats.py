"""One way to write a day and a moment in each language."""

from datetime import datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("ru", "22 ноября 2026", "22 ноября 2026, 00:25"),
        ("en", "22 November 2026", "22 November 2026, 00:25"),
    ],
)
def test_days_and_moments_are_written_one_way(language: str, day: str, moment: str) -> None:
    at = datetime(2026, 11, 22, 0, 25)  # noqa: DTZ001 - as it is shown
    with translation.override(language):
        for name in ("DATE_FORMAT", "SHORT_DATE_FORMAT"):
            assert date_format(at, name) == day
        for name in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"):
            assert date_format(at, name) == moment
