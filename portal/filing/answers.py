"""What the steps' scripts ask: topics, addresses, who answers; and what they send beforehand."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from authorities.models import Kind
from geo import queries as ground
from portal.filing import keeping
from portal.filing.draft import Draft
from portal.filing.keeping import keep
from portal.filing.steps import (
    chosen_topic,
    own_files,
    point_of,
    prospect_of,
    render_check,
    take_files,
)
from portal.filing.views import name_of, topic_list


@require_GET
def found_topics(request: HttpRequest) -> HttpResponse:
    """`/new/topics/?q=&kind=`: the list of topics while one types."""
    kind = request.GET.get("kind", "")
    query = request.GET.get("q", "").strip()[:100]
    context = topic_list(query, kind if kind in Kind.values else Kind.PROBLEM)
    return render(request, "portal/filing/topic_list.html", context)


@require_GET
def found_places(request: HttpRequest) -> JsonResponse:
    """`/new/places.json?q=`: addresses for the list under the search field."""
    found = ground.find_places(text=request.GET.get("q", "")[:200])
    return JsonResponse(
        {
            "places": [
                {
                    "label": place.label,
                    "address": place.address,
                    "note": _("No such house is known: this is the street.") if place.house else "",
                    "lon": place.lon,
                    "lat": place.lat,
                }
                for place in found
            ]
        }
    )


@require_GET
def address_at(request: HttpRequest) -> JsonResponse:
    """`/new/address.json?lon=&lat=`: the nearest known address, empty when there is none."""
    point = point_of(request.GET.get("lon", ""), request.GET.get("lat", ""))
    return JsonResponse({"label": name_of(point)})


@require_GET
def responsible(request: HttpRequest) -> HttpResponse:
    """`/new/responsible/?kind=&topic=&lon=&lat=`: who would answer there, and by when."""
    kind, code, lon, lat = (request.GET.get(name, "") for name in ("kind", "topic", "lon", "lat"))
    draft = Draft(kind=kind, topic=code, lon=lon, lat=lat)
    topic = chosen_topic(draft)
    context = {"prospect": prospect_of(draft, topic), "topic": topic, "kind": draft.kind}
    return render(request, "portal/filing/responsible.html", context)


@require_POST
def change_files(request: HttpRequest) -> HttpResponse:
    """`/new/files/`: adds and removes files; answers with the list for a script, else leads back."""
    draft = keeping.posted(request)
    refused = take_files(request, draft)
    keep(request, draft)
    if "fragment" in request.GET:
        context = {"attachments": own_files(request, draft), "refused": refused, "draft": draft}
        return render(request, "portal/filing/files.html", context)
    return render_check(request, draft, refused=refused)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """`/new/save/`: keeps what is being typed; says nothing."""
    draft = keeping.posted(request)
    if draft.is_begun:
        keep(request, draft)
    return HttpResponse(status=204)
