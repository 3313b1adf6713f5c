"""Who answers, for what, and how well."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from authorities.models import Authority, ServiceArea
from common import clock
from issues import columns, queries
from issues.columns import Record
from issues.queries import Filter


@require_safe
def authority_list(request: HttpRequest) -> HttpResponse:
    """`/authorities/`."""
    records = columns.select(Filter()).records()
    found = [
        (authority, records.get(authority.pk, Record()))
        for authority in Authority.objects.filter(is_active=True).order_by("level", "name")
    ]
    return render(request, "portal/authority_list.html", {"authorities": found})


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
    messages = columns.select(Filter(authority=slug))
    newest = messages.page(sort="newest", size=6)
    return render(
        request,
        "portal/authority.html",
        {
            "authority": authority,
            "record": messages.records().get(authority.pk, Record()),
            "areas": areas,
            "page": newest,
            "issues": queries.cards(newest.ids),
        },
    )
