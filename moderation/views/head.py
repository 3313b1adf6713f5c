"""The head moderator's page: the load, the pace, the verdicts, and what waits."""

from datetime import timedelta
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts.operations import note_access
from common import clock
from moderation import queries
from moderation.forms.head import PeriodForm
from moderation.queries import double_checks
from moderation.queries.head import Report, Waiting, report, what_waits
from moderation.views import figures
from moderation.views.access import DeskRequest, head_required

KEPT_SECONDS = 120
"""So long a report is shown again instead of being counted anew."""
PRESETS = (1, 7, 30, 90)
"""Days that one can choose by one press."""


@require_GET
@head_required
def head(request: DeskRequest) -> HttpResponse:
    """`/moderation/head/?since=&until=`."""
    form = PeriodForm(request.GET)
    since, until = form.days()
    told = _report(form)
    waits = what_waits()
    now = clock.now()
    context = {
        "figures": queries.figures(request.user),
        "form": form,
        "chosen": urlencode({"since": since.isoformat(), "until": until.isoformat()}),
        "presets": [
            (
                days,
                urlencode(
                    {"since": (clock.region_date(now) - timedelta(days=days - 1)).isoformat()}
                ),
            )
            for days in PRESETS
        ],
        "since": since,
        "until": until,
        "all": told.all,
        "within_day": figures.percent(told.all.share("within_day")),
        "within_two": figures.percent(told.all.share("within_two")),
        "tables": list(figures.tables(told)),
        "waits": waits,
        "buckets": _buckets(waits),
        "disagreements": double_checks.disagreements().count(),
        "now": now,
        "soon": now + queries.SOON,
    }
    return render(request, "moderation/head.html", context, status=200 if form.is_valid() else 400)


@require_GET
@head_required
def export(request: DeskRequest, slug: str) -> HttpResponse:
    """`/moderation/head/<table>.csv?since=&until=`: one table as a file."""
    form = PeriodForm(request.GET)
    since, until = form.days()
    if slug == "agreement":
        begin, end = form.period()
        chosen = [figures.of_agreement(double_checks.agreements(since=begin, until=end))]
    else:
        chosen = [table for table in figures.tables(_report(form)) if table.slug == slug]
    if not chosen:
        raise Http404
    # Who did how much is about people: that it left the desk is noted.
    note_access(by=request.user, place="head export", subject=f"{slug} {since} {until}")
    name = f"moderation-{slug}-{since}-{until}.csv"
    return HttpResponse(
        "\ufeff" + figures.as_csv(chosen[0]),  # spreadsheets know UTF-8 by this sign
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _report(form: PeriodForm) -> Report:
    begin, end = form.period()
    since, until = form.days()
    key = f"moderation.report.{since}.{until}.{get_language()}"
    kept: Report | None = cache.get(key)
    if kept is None:
        kept = report(since=begin, until=end)
        cache.set(key, kept, timeout=KEPT_SECONDS)
    return kept


def _buckets(waits: Waiting) -> list[tuple[str, int, int]]:
    counts = {
        "late": waits.late,
        "under_12": waits.under_12,
        "under_24": waits.under_24,
        "under_36": waits.under_36,
        "more": waits.more,
    }
    most = max(counts.values()) or 1
    return [(code, count, round(count / most * 100)) for code, count in counts.items()]
