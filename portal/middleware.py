"""What is said where the portal is up but not ready yet (R13.3)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from issues.columns import BusyError

AGAIN_SECONDS = 5


class Overload:
    """A page that can not be had for the moment says so, and when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A clear 503 instead of a 500."""
        if not isinstance(error, BusyError):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(AGAIN_SECONDS)
        return response
