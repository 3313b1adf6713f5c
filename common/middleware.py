"""What every request and every answer have in common."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class PrivatePages:
    """What somebody sees who is logged in stays out of every cache, and of the next user's Back button."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        # Asking who it is would cost a query where the page did not: only a session that was read counts.
        is_personal = request.session.accessed and request.user.is_authenticated
        if is_personal and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class ReadableRequests:
    """What no text of ours can hold is the sender's mistake (400), wherever it is noticed, and not ours (500)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Forms refuse a NUL themselves; what goes past them is stopped by the driver of the database."""
        if isinstance(error, ValueError) and "NUL (0x00)" in str(error):
            raise BadRequest("a NUL in a text") from error
