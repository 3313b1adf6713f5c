"""The service worker: a script that shows pushes while no page is open."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

SCRIPT = "dist/service-worker.js"


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """`/service-worker.js`: served from the root, as a worker rules only what lies below it."""
    found = finders.find(SCRIPT)
    if not isinstance(found, str):
        raise Http404
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
    # Asked for anew every time: an old worker would stay with its readers for ever.
    response["Cache-Control"] = "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
