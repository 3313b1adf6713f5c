"""Lists in the order of a moment, page by page: each page begins after the last row of the one before.

The hundredth page costs no more than the first, and a row that comes in meanwhile moves none.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)

_MOMENT = "%Y%m%d%H%M%S%f"


def beyond(
    rows: "QuerySet[Row]", moment: str, *, after: str, falls: bool = False
) -> "QuerySet[Row]":
    """`rows` in the order of a moment, ties by their ids, from the one after a key.

    Args:
        rows: of a model with that field.
        moment: name of the field; an index by it and the id makes each page quick.
        after: key of the last row of the page before, empty for the first page.
        falls: the latest first.

    Raises:
        ValueError: `after` is no key.
    """
    sign, way = ("-", "lt") if falls else ("", "gt")
    if after:
        at, pk = _read(after)
        # The first condition says nothing new, but is the one that an index understands.
        rows = rows.filter(
            Q(**{f"{moment}__{way}e": at}),
            Q(**{f"{moment}__{way}": at}) | Q(**{f"pk__{way}": pk}),
        )
    return rows.order_by(sign + moment, sign + "pk")


def cut(rows: Iterable[Row], moment: str, *, size: int) -> tuple[list[Row], str]:
    """A page of `size` rows, and the key to ask the next one with, empty on the last one.

    Args:
        rows: as `beyond` gave them, one more than the page where there are so many.
        moment: as there.
        size: rows of a page.
    """
    found = list(rows)
    page = found[:size]
    if len(found) <= size:
        return page, ""
    return page, f"{getattr(page[-1], moment).astimezone(UTC):{_MOMENT}}-{page[-1].pk}"


def is_key(after: str) -> bool:
    """Whether `after` is a key; of any list, as keys do not say."""
    try:
        _read(after)
    except ValueError:
        return False
    return True


def _read(key: str) -> tuple[datetime, int]:
    at, _dash, pk = key.partition("-")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        raise ValueError("not a key")
    return datetime.strptime(at, _MOMENT).replace(tzinfo=UTC), int(pk)
