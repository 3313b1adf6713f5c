"""The base map: tiles, and the pictures of pages that need no script."""

import hashlib

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from issues import columns
from portal import drawing, queries
from portal.drawing import Sign
from portal.forms import FilterForm
from portal.views.access import readable_issue

A_DAY = 24 * 3600
PLACE_ZOOM = 12
"""Of the picture of a message: near enough to tell its place, far enough to name a settlement."""


@require_safe
def base_tile(request: HttpRequest, zoom: int, x: int, y: int) -> HttpResponse:
    """`/tiles/base/<zoom>/<x>/<y>.svg?theme=light|dark&lang=ru|en`."""
    try:
        view = drawing.tile_view(zoom, x, y)
    except ValueError as error:
        raise Http404 from error
    theme, language = _look(request)
    version = queries.ground_version()
    key = _key("tile", zoom, x, y, theme, language, version)
    etag = quote_etag(key)
    # Asked before anything is drawn: most of the time the reader has it.
    if not_modified := get_conditional_response(request, etag=etag):
        return _kept(not_modified, etag, A_DAY)
    svg = cache.get(key)
    if svg is None:
        svg = drawing.picture(view, zoom=zoom, theme=theme, language=language, version=version)
        cache.set(key, svg, 7 * A_DAY)
    return _kept(_svg(svg), etag, A_DAY)


@require_safe
def region(request: HttpRequest) -> HttpResponse:
    """`/tiles/region.svg`: the region with its messages, for pages without a script.

    It takes the filters of the map, and shows the box of the address where there is one.
    """
    theme, language = _look(request)
    chosen = FilterForm(request.GET).chosen
    table, ground = columns.current(), queries.ground_version()
    key = _key("region", theme, language, ground, table.version, chosen)
    etag = quote_etag(key)
    if not_modified := get_conditional_response(request, etag=etag):
        return _kept(not_modified, etag, 60)
    svg = cache.get(key)
    if svg is None:
        box = chosen.box or queries.region_box()
        view, zoom = drawing.view_of(box, 960, 640)
        clusters = columns.choose(table, chosen.within(box)).clusters(min(zoom, drawing.MAX_ZOOM))
        svg = drawing.picture(
            view,
            zoom=int(zoom),
            theme=theme,
            language=language,
            version=ground,
            # The largest is drawn last, over its neighbours.
            signs=[Sign(c.lon, c.lat, str(c.count)) for c in reversed(clusters)],
        )
        cache.set(key, svg, 60)
    return _kept(_svg(svg), etag, 60)


@require_safe
def place(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/place.svg`: where a message is about."""
    issue = readable_issue(request, number)
    theme, language = _look(request)
    view = drawing.view_round(issue.point.x, issue.point.y, PLACE_ZOOM, 400, 260)
    svg = drawing.picture(
        view,
        zoom=PLACE_ZOOM,
        theme=theme,
        language=language,
        version=queries.ground_version(),
        signs=[Sign(issue.point.x, issue.point.y, "")],
    )
    response = _svg(svg)
    response["Cache-Control"] = f"{'public' if issue.is_public else 'private'}, max-age=300"
    return response


def _look(request: HttpRequest) -> tuple[str, str]:
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    return theme, "en" if request.GET.get("lang") == "en" else "ru"


def _key(*parts: object) -> str:
    text = "/".join(map(str, (drawing.VERSION, *parts)))
    return hashlib.sha256(text.encode()).hexdigest()


def _svg(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="image/svg+xml")


def _kept(response: HttpResponse, etag: str, seconds: int) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={seconds}"
    if etag:
        response["ETag"] = etag
    return response
