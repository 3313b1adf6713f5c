"""The home page, and the few files that machines ask for at fixed addresses."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from common import clock
from geo.models import Municipality
from issues import columns
from issues.columns import Table
from issues.queries import Filter
from issues.queries.fixed import Fixed, fixed
from issues.queries.judged import Judged, judged

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
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
FIXED = 6
"""Fixed messages on the home page."""
_LOOKED_THROUGH = 24
"""The latest of the fixed, among which those with photos come first."""


@dataclass(frozen=True)
class Figure:
    """A number with the list behind it.

    Attributes:
        words: what is counted.
        number: how many.
        href: of the list; it is so long.
        icon: its sign.
        tone: of the sign, a name of `tokens.css`.
    """

    words: str
    number: int
    href: str
    icon: str
    tone: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/`."""
    now = columns.current()
    place = _home_of(request)
    solved, narrowed = _lately_fixed(now, place.code if place else "")
    return render(
        request,
        "portal/home.html",
        {
            "total": now.count,
            "week": _week(now),
            "judged": _judged(),
            "fixed": solved,
            "place": place if narrowed else None,
        },
    )


def _week(now: Table) -> list[Figure]:
    """What happened within seven days, today among them; and what is overdue."""
    since = clock.region_date(clock.now()) - WEEK + timedelta(days=1)
    asked = [
        (gettext("published"), Filter(since=since), "send", "work"),
        (gettext("answered"), Filter(since=since, by="answered"), "reply", "answer"),
        (
            gettext("solved, as the authors confirmed"),
            Filter(states=("solved",), since=since, by="closed"),
            "check",
            "done",
        ),
        (gettext("overdue now"), Filter(states=("overdue",)), "clock", "alert"),
    ]
    return [
        Figure(words, columns.choose(now, chosen).count, _list_of(chosen), icon, tone)
        for words, chosen, icon, tone in asked
    ]


def _judged() -> Judged:
    """How moderators kept to their 48 hours over the last 30 days, as of a few minutes ago."""
    kept: Judged | None = cache.get("portal.judged")
    if kept is None:
        now = clock.now()
        kept = judged(since=now - MONTH, until=now)
        cache.set("portal.judged", kept, timeout=300)
    return kept


def _list_of(chosen: Filter) -> str:
    """The address of the list that `chosen` lets through."""
    asked: dict[str, str] = {}
    if chosen.states:
        (asked["state"],) = chosen.states
    if chosen.municipality:
        asked["municipality"] = chosen.municipality
    if chosen.since:
        asked["since"] = chosen.since.isoformat()
        if chosen.by != "published":
            asked["by"] = chosen.by
    return f"{reverse('portal:issues')}?{urlencode(asked)}"


def _home_of(request: HttpRequest) -> Municipality | None:
    """The municipality that the person is interested in; None where it is not known."""
    code = request.user.home_municipality if request.user.is_authenticated else ""
    if not code:
        return None
    named = Municipality.objects.filter(code=code).defer("polygon", "centre")
    return named.order_by("-validity").first()


def _lately_fixed(now: Table, municipality: str) -> tuple[list[Fixed], bool]:
    """What was fixed lately in a municipality; in the region where nothing was, and whether not so."""
    for code in dict.fromkeys((municipality, "")):
        chosen = Filter(kinds=("problem",), states=("solved",), municipality=code)
        page = columns.choose(now, chosen).page(sort="closed", size=_LOOKED_THROUGH)
        if found := fixed(page.ids, limit=FIXED):
            return found, bool(code)
    return [], False


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`, which some ask for whatever the page says."""
    return redirect(static("favicon.svg"))
