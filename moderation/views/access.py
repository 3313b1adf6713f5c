"""Who gets into the desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from issues.policies import may_moderate
from moderation.operations import is_head

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request whose user is known to be a moderator."""

    user: User


def moderator_required(view: View) -> View:
    """Lets moderators and head moderators in, sends others to the login, refuses the rest."""

    @login_required
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_moderate(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def head_required(view: View) -> View:
    """Lets head moderators in, sends others to the login, refuses the rest."""

    @moderator_required
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_head(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
