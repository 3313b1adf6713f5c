"""How django-allauth behaves here: where people land, and in which language they are written to."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from accounts.models import User

CONTINUE_AT = "continue_at"
"""Session key: a path that waits for the visitor to have logged in, such as a message half written."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The portal's account rules."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Back to what was begun before the log-in."""
        return _begun(request) or str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same for a newcomer, once the address is confirmed."""
        return _begun(request) or str(super().get_signup_redirect_url(request))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """A new account; its letters come in the language it was registered in."""
        user.language = (get_language() or "ru")[:2]
        saved: User = super().save_user(request, user, form, commit)
        return saved


def _begun(request: HttpRequest) -> str:
    path = str(request.session.get(CONTINUE_AT, ""))
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
