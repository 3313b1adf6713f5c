"""The home page, and the few files that machines ask for at fixed addresses."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from issues import queries

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


FIGURES_SECONDS = 15


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/`."""
    # All messages are counted for them: once in a while is often enough.
    figures = cache.get_or_set("portal:figures", queries.figures, FIGURES_SECONDS)
    return render(
        request,
        "portal/home.html",
        {"figures": figures, "solved": queries.lately_solved(6)},
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`, which some ask for whatever the page says."""
    return redirect(static("favicon.svg"))
