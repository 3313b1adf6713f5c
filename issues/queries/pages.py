"""Lists of messages, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from issues.models import Attachment, Issue
from issues.workflow import ANSWER_CLOCK_STATES

PAGE = 20
SORTS: Mapping[str, str] = {
    "newest": "-published_at",
    "supported": "-support_count",
    "deadline": "answer_due_at",
}
"""The orders of a list by their names in addresses; ties go by the row's number."""


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        issues: what stands on it.
        after: the key of the next page, empty on the last one.
    """

    issues: list[Issue]
    after: str


def page(issues: QuerySet[Issue], *, sort: str, after: str = "", size: int = PAGE) -> Page:
    """A page of `issues`, found by the key of the last row of the page before, never by counting.

    Args:
        issues: as `Filter.issues` gives them.
        sort: a name in `SORTS`.
        after: `Page.after` of the page before; empty for the first one.
        size: rows on a page.

    Raises:
        ValueError: `after` is not a key of this order.
    """
    order = SORTS[sort]
    field, falling = order.lstrip("-"), order.startswith("-")
    if sort == "deadline":
        issues = issues.filter(state__in=sorted(ANSWER_CLOCK_STATES), answer_due_at__isnull=False)
    if after:
        value, pk = _read_key(after, field)
        way = "lt" if falling else "gt"
        # The redundant first condition is what an index can seek by.
        issues = issues.filter(
            Q(**{f"{field}__{way}e": value}),
            Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"pk__{way}": pk}),
        )
    rows = list(for_cards(issues.order_by(order, "-pk" if falling else "pk"))[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], _key(last, field) if last else "")


def _key(issue: Issue, field: str) -> str:
    value = getattr(issue, field)
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{issue.pk}"


def _read_key(key: str, field: str) -> tuple[datetime | int, int]:
    text, tilde, pk = key.rpartition("~")
    value = int(text) if field == "support_count" else parse_datetime(text)
    if not tilde or value is None or (isinstance(value, datetime) and is_naive(value)):
        raise ValueError("not a key of this list")
    return value, int(pk)


def cards(ids: Sequence[int]) -> list[Issue]:
    """The rows of a page that `issues.columns` found, in its order, with all that cards show."""
    rows = for_cards(Issue.objects.filter(pk__in=ids)).in_bulk()
    return [rows[number] for number in ids if number in rows]


def for_signs(ids: Sequence[int]) -> dict[int, Issue]:
    """The messages that stand alone on the map, with what their signs say."""
    told = ("number", "kind", "state", "address", "topic__name", "topic__name_en")
    return Issue.objects.filter(pk__in=ids).select_related("topic").only(*told).in_bulk()


def for_cards(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """With all that a card of a list shows: the topic, and photos of the message."""
    photos = Attachment.objects.filter(
        width__isnull=False, purpose=Attachment.Purpose.REPORT
    ).order_by("pk")
    return issues.select_related("topic").prefetch_related(
        Prefetch("attachments", photos, to_attr="photos")
    )
