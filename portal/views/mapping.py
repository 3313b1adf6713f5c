"""The map: its page, what it shows, and where a settlement is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from issues import columns, queries
from issues.columns import Cluster
from issues.models import Issue
from issues.queries import Box
from portal import places
from portal.drawing import MAX_ZOOM, is_beyond_a_screen
from portal.forms import FilterForm
from portal.queries import region_box

BESIDE = 30
"""Messages in the list beside the map; the rest is a link away."""


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """`/map/`: the map and the equal list beside it; `part=list` gives the list alone."""
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
    found = columns.select(chosen.within(box))
    page = found.page(sort="newest", size=BESIDE)
    context = {
        "form": form,
        "box": box,
        "count": found.count,
        "page": page,
        "issues": queries.cards(page.ids),
        "not_found": words,
        "found": named[0] if named else None,
    }
    if request.GET.get("part") == "list":
        return render(request, "portal/map_list.html", context)
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
        },
    }
    return render(request, "portal/map.html", context)


@require_safe
@cache_control(private=True, max_age=10)
def map_issues(request: HttpRequest) -> HttpResponse:
    """`/map/issues.json?bbox=&zoom=`: signs of the map, each message in exactly one of them."""
    form = FilterForm(request.GET)
    chosen, zoom = form.chosen, _zoom(request)
    if not form.is_valid() or chosen.box is None or zoom is None:
        return JsonResponse({"error": "bbox=west,south,east,north and zoom=0…18"}, status=400)
    if is_beyond_a_screen(chosen.box, zoom):
        return JsonResponse({"error": "bbox is larger than any screen at this zoom"}, status=400)
    clusters = columns.select(chosen).clusters(zoom)
    single = [cluster.issue_id for cluster in clusters if cluster.issue_id]
    issues = queries.for_signs(single)
    return JsonResponse(
        {
            "count": sum(cluster.count for cluster in clusters),
            "signs": [_sign(cluster, issues, zoom) for cluster in clusters],
        }
    )


@require_safe
@cache_control(public=True, max_age=300)
def map_places(request: HttpRequest) -> HttpResponse:
    """`/map/places.json?q=`: where a settlement, a street or a house is."""
    found = places.find(request.GET.get("q", ""))
    return JsonResponse({"places": [_place(place) for place in found]})


def _place(place: places.Found) -> dict[str, object]:
    return {"label": place.label, "lon": place.lon, "lat": place.lat, "zoom": place.zoom}


def _zoom(request: HttpRequest) -> float | None:
    try:
        zoom = float(request.GET.get("zoom", ""))
    except ValueError:
        return None
    return zoom if 0 <= zoom <= MAX_ZOOM else None


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
            "state": issue.state,
        }
    west, south, east, north = cluster.box
    words = ngettext("%(count)s message", "%(count)s messages", cluster.count)
    sign |= {"label": words % {"count": cluster.count}, "box": cluster.box}
    if zoom == MAX_ZOOM or (west == east and south == north):
        # No zoom takes them apart: the list shows them.
        grain = 0.00002
        box = Box(west - grain, south - grain, east + grain, north + grain)
        sign["href"] = f"{reverse('portal:issues')}?bbox={box}"
    return sign
