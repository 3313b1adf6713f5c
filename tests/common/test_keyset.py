"""A list is read page by page: each row once, whatever came in meanwhile."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from accounts.models import User
from common import keyset

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def pages(*, falls: bool) -> list[list[str]]:
    told, after = [], ""
    while True:
        rows = keyset.beyond(User.objects.all(), "joined_at", after=after, falls=falls)
        page, after = keyset.cut(rows[:3], "joined_at", size=2)
        told.append([user.email for user in page])
        if not after:
            return told


def test_rows_of_one_moment_are_told_once_in_either_order() -> None:
    for number, minutes in enumerate((1, 0, 1, 1, 2)):
        joined = NOON + timedelta(minutes=minutes, microseconds=minutes)
        User.objects.create_user(email=f"{number}@example.org", joined_at=joined)

    rising = [["1", "0"], ["2", "3"], ["4"]]
    assert pages(falls=False) == [[f"{name}@example.org" for name in page] for page in rising]
    assert [*chain(*pages(falls=True))] == [*chain(*pages(falls=False))][::-1]


@pytest.mark.parametrize("key", ["x", "-", "20260501-", "20260501000000000000-²", "99999999-1"])
def test_what_is_no_key_is_refused(key: str) -> None:
    assert not keyset.is_key(key)
    with pytest.raises(ValueError, match=r"key|match"):
        keyset.beyond(User.objects.all(), "joined_at", after=key)
