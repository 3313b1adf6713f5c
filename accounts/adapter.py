"""How django-allauth behaves here: where people land, and in which language they are written to."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
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

    def send_account_already_exists_mail(self, email: str) -> None:
        """As long as making an account takes: the time must not tell that there is one."""
        make_password(secrets.token_hex())
        super().send_account_already_exists_mail(email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the letter, at our own address whatever the request called us."""
        return _at_our_address(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The same for the confirmation of an address."""
        return _at_our_address(super().get_email_confirmation_url(request, emailconfirmation))


def _at_our_address(url: str) -> str:
    return str(settings.PUBLIC_URL) + urlsplit(url).path


def _begun(request: HttpRequest) -> str:
    path = str(request.session.get(CONTINUE_AT, ""))
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
