"""The home page, and the few files that machines ask for at fixed addresses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from authorities.models import Kind
from issues import columns, queries
from issues.queries import Filter

ROBOTS = """User-agent: *
Disallow: /accounts/
Disallow: /admin/
Disallow: /my/
Disallow: /new/
Disallow: /moderation/
Disallow: /cabinet/
Disallow: /metrics
Disallow: /*?*after=
"""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/`."""
    now = columns.current()
    solved = columns.choose(now, Filter(kinds=(Kind.PROBLEM,), states=("solved",)))
    return render(
        request,
        "portal/home.html",
        {
            "figures": columns.choose(now, Filter()).figures(),
            "solved": queries.cards(solved.page(sort="closed", size=6).ids),
        },
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`, which some ask for whatever the page says."""
    return redirect(static("favicon.svg"))
