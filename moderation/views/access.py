"""Who gets into the desk."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from issues.policies import may_moderate
from moderation.operations import is_head

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request whose user is known to be a moderator."""

    user: User
    htmx: HtmxDetails


def moderator_required(view: View) -> View:
    """Lets moderators and head moderators in, sends others to the login, refuses the rest.

    To a script nobody is sent anywhere: who has no session any more is told so where the work lies, and
    where a decision leads on, the whole page follows.
    """

    @login_required
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_moderate(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        if request.htmx and isinstance(response, HttpResponseRedirect):
            return HttpResponseClientRedirect(response.url)
        return response

    @wraps(view)
    def asked(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        return guarded(request, *args, **kwargs)

    return asked


def head_required(view: View) -> View:
    """Lets head moderators in, sends others to the login, refuses the rest."""

    @moderator_required
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_head(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
