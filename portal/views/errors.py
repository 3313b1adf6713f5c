"""Pages for what can not be done: each says what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: mostly a page that stood open for long, or cookies are off."""
    return render(request, "403_csrf.html", status=403)
