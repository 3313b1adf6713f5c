"""The map: its page, what it shows, and where a settlement is."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache, caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common import clock
from issues import columns, queries
from issues.columns import Cluster, Table
from issues.models import Issue
from issues.queries import Box
from portal import listing, places
from portal.drawing import MAX_ZOOM, is_beyond_a_screen
from portal.forms import FilterForm
from portal.queries import region_box

BESIDE = 30
"""Messages in the list beside the map; the rest is a link away."""

KEPT_SECONDS = 30


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """`/map/`: the map and the equal list beside it; `part=list` gives the list alone."""
    if request.GET.get("part") == "list":
        return map_list(request)
    form = FilterForm(request.GET)
    chosen = form.chosen
    words = request.GET.get("q", "").strip()
    if words and (meant := places.find(words, limit=1)):
        query = request.GET.copy()
        del query["q"]
        query["bbox"], query["zoom"] = str(meant[0].box), str(meant[0].zoom)
        query["at"] = meant[0].label
        return redirect(f"{reverse('portal:map')}?{query.urlencode()}")
    named = places.find(request.GET.get("at", ""), limit=1)
    box = chosen.box or region_box()
    context = _listed(request, form, columns.current())
    context |= {"not_found": words, "found": named[0] if named else None, "box": box}
    context["settings"] = {
        "tiles": settings.TILE_URL or None,
        "attribution": settings.TILE_ATTRIBUTION,
        "box": [box.west, box.south, box.east, box.north],
        "zoom": _zoom(request),
        "maxZoom": MAX_ZOOM,
        "found": _place(named[0]) if named else None,
        "words": {
            "zoomIn": gettext("Zoom in"),
            "zoomOut": gettext("Zoom out"),
            "notFound": gettext("Nothing was found."),
            "failed": gettext("The map could not be loaded. The list below works without it."),
            "here": gettext("You are here"),
            "looking": gettext("Finding out where you are…"),
            "refused": gettext(
                "Your browser keeps your place to itself. Allow it beside the page's address, or"
                " write your street above."
            ),
            "unknown": gettext("Your place could not be found out. Write your street above."),
            "copied": gettext("The address of this view is copied."),
            "address": gettext("The address of this view:"),
        },
    }
    return render(request, "portal/map.html", context)


@cache_control(private=True, no_cache=True)
def map_list(request: HttpRequest) -> HttpResponse:
    """The list beside the map, alone."""
    table = columns.current()

    def made() -> HttpResponse:
        return render(
            request, "portal/map_list.html", _listed(request, FilterForm(request.GET), table)
        )

    return _kept(request, table, made)


@require_safe
@cache_control(private=True, no_cache=True)
def map_issues(request: HttpRequest) -> HttpResponse:
    """`/map/issues.json?bbox=&zoom=`: signs of the map, each message in exactly one of them."""
    table = columns.current()

    def made() -> HttpResponse:
        form = FilterForm(request.GET)
        chosen, zoom = form.chosen, _zoom(request)
        if not form.is_valid() or chosen.box is None or zoom is None:
            return JsonResponse({"error": "bbox=west,south,east,north and zoom=0…18"}, status=400)
        if is_beyond_a_screen(chosen.box, zoom):
            return JsonResponse(
                {"error": "bbox is larger than any screen at this zoom"}, status=400
            )
        selection = columns.choose(table, chosen)
        clusters = selection.clusters(zoom)
        alone = [cluster.issue_id for cluster in clusters if cluster.issue_id]
        issues = queries.for_signs(alone, unsolved=selection.unsolved(alone))
        signs = [_sign(cluster, issues, zoom) for cluster in clusters]
        return JsonResponse({"count": selection.count, "signs": signs})

    return _kept(request, table, made)


@require_safe
@cache_control(public=True, max_age=300)
def map_places(request: HttpRequest) -> HttpResponse:
    """`/map/places.json?q=`: where a settlement, a street or a house is."""
    found = places.find(request.GET.get("q", ""))
    return JsonResponse({"places": [_place(place) for place in found]})


def _kept(request: HttpRequest, table: Table, made: Callable[[], HttpResponse]) -> HttpResponse:
    """What `made` makes, made once for all readers as long as no public message changes.

    The reader's browser asks each time and is mostly told that it has it already.
    """
    parts = [table.version, request.get_full_path(), get_language()]
    if "overdue" in request.GET.getlist("state"):
        # A deadline passes without a change.
        parts.append(f"{clock.now():%Y%m%d%H%M}")
    key = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
    etag = quote_etag(key)
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    near = caches["near"]  # Redis is not asked again and again for the same view
    kept = near.get(key)
    if kept is None:
        kept = cache.get(f"map:{key}")
        if kept is None:
            response = made()
            if response.status_code != 200:
                return response
            kept = (response.content, response["Content-Type"])
            cache.set(f"map:{key}", kept, KEPT_SECONDS)
        near.set(key, kept, KEPT_SECONDS)
    return HttpResponse(kept[0], content_type=kept[1], headers={"ETag": etag})


def _listed(request: HttpRequest, form: FilterForm, table: Table) -> dict[str, object]:
    """What the list beside the map says."""
    found = columns.choose(table, form.chosen)
    page = found.page(sort="newest", size=BESIDE)
    query = request.GET.copy()
    query.pop("part", None)
    return {
        "form": form,
        "count": found.count,
        "page": page,
        "issues": queries.cards(page.ids, unsolved=found.unsolved(page.ids)),
        "chips": listing.chips(form, query, but=["bbox"]),
    }


def _place(place: places.Found) -> dict[str, object]:
    return {
        "label": place.label,
        "lon": place.lon,
        "lat": place.lat,
        "zoom": place.zoom,
        "named": True,
    }


def _zoom(request: HttpRequest) -> float | None:
    try:
        zoom = float(request.GET.get("zoom", ""))
    except ValueError:
        return None
    return zoom if 0 <= zoom <= MAX_ZOOM else None


@lru_cache(maxsize=4096)  # most signs stand for a few, and their words take longest to make
def _counted(count: int, _language: str) -> str:
    return ngettext("%(count)s message", "%(count)s messages", count) % {"count": count}


def _sign(cluster: Cluster, issues: dict[int, Issue], zoom: float) -> dict[str, object]:
    sign: dict[str, object] = {
        "count": cluster.count,
        "lon": round(cluster.lon, 6),
        "lat": round(cluster.lat, 6),
    }
    if issue := issues.get(cluster.issue_id or 0):
        return sign | {
            "label": f"{issue.topic}, {issue.get_state_display()}, {issue.address}",
            "href": reverse("portal:issue", args=[issue.number]),
            "kind": issue.kind,
            "state": "unsolved" if issue.is_unsolved else issue.state,
        }
    west, south, east, north = cluster.box
    sign |= {"label": _counted(cluster.count, get_language()), "box": cluster.box}
    if zoom == MAX_ZOOM or (west == east and south == north):
        # No zoom takes them apart: the list shows them.
        grain = 0.00002
        box = Box(west - grain, south - grain, east + grain, north + grain)
        sign["href"] = f"{reverse('portal:issues')}?bbox={box}"
    return sign
