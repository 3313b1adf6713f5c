"""Who answers, for what, and how well."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from authorities.models import Authority, Level, ServiceArea
from common import clock
from issues import columns, queries
from issues.columns import Record
from issues.queries import Filter, voices
from issues.queries.control import controlled
from portal.reputation import survey_of

NEWEST = 6
FEW = 5
"""With fewer ratings than this a share says nothing: such an authority stands behind the others."""


@dataclass(frozen=True)
class Row:
    """An authority with its record."""

    authority: Authority
    record: Record

    @property
    def share_solved(self) -> int | None:
        """Per cent of the rated messages; None where there are too few of them."""
        return self.record.solved_percent if self.record.judged >= FEW else None

    @property
    def stars(self) -> float | None:
        """The mean of the ratings; None where there are too few of them."""
        return self.record.mean_stars if self.record.judged >= FEW else None


@dataclass(frozen=True)
class Order:
    """A column by which the list can be ordered: its name, and what comes first."""

    label: Promise
    key: Callable[[Row], tuple[bool, float]]


def _least(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0


def _most(value: float | None) -> tuple[bool, float]:
    return value is None, -(value or 0)


ORDERS = {
    "messages": Order(_("Messages"), lambda row: _most(row.record.total)),
    "open": Order(_("In progress"), lambda row: _most(row.record.open)),
    "overdue": Order(_("Overdue"), lambda row: _most(row.record.overdue)),
    "speed": Order(_("Days to the answer"), lambda row: _least(row.record.median_days)),
    "solved": Order(_("Solved"), lambda row: _most(row.share_solved)),
    "rating": Order(_("Rating"), lambda row: _most(row.stars)),
}


@require_safe
def authority_list(request: HttpRequest) -> HttpResponse:
    """`/authorities/`: all of them with their records; `sort` and `level` in the address."""
    records = columns.select(Filter()).records()
    level, sort = request.GET.get("level", ""), request.GET.get("sort", "")
    rows = [
        Row(authority, records.get(authority.pk, Record()))
        for authority in Authority.objects.filter(is_active=True).order_by("name")
    ]
    levels = [one for one in Level if any(row.authority.level == one for row in rows)]
    if level in levels:
        rows = [row for row in rows if row.authority.level == level]
    if sort in ORDERS:
        rows.sort(key=ORDERS[sort].key)
    context = {
        "rows": rows,
        "orders": ORDERS,
        "sort": sort if sort in ORDERS else "",
        "levels": levels,
        "level": level if level in levels else "",
        "few": FEW,
    }
    return render(request, "portal/authority_list.html", context)


@require_safe
def authority_page(request: HttpRequest, slug: str) -> HttpResponse:
    """`/authorities/<slug>/`: what it answers for, its record and its newest messages."""
    authority = get_object_or_404(Authority.objects.select_related("superior"), slug=slug)
    today = clock.region_date(clock.now())
    areas = (
        ServiceArea.objects.filter(authority=authority, validity__contains=today)
        .select_related("topic", "category", "municipality")
        .defer("polygon", "municipality__polygon")
        .order_by("category__position", "topic__position", "municipality__name")
    )
    own = columns.select(Filter(authority=slug))
    newest = own.page(sort="newest", size=NEWEST)
    return render(
        request,
        "portal/authority.html",
        {
            "authority": authority,
            "row": Row(authority, own.records().get(authority.pk, Record())),
            "areas": areas,
            "issues": queries.cards(newest.ids, unsolved=own.unsolved(newest.ids)),
            "survey": survey_of(authority),
            "denied": voices.denied(authority, limit=NEWEST),
            "controlled": controlled(authority).select_related("topic")[:NEWEST],
        },
    )
