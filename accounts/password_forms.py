"""The forms that ask for a new password, with its rules in one line; settings name them to allauth."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from django.utils.translation import gettext_lazy as _


class _RulesInOneLine:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = vars(self)["fields"]
        fields["password1"].help_text = _(
            "At least 10 characters, not digits alone, not a common one."
        )


class RegistrationForm(_RulesInOneLine, SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Registration."""


class NewPasswordForm(_RulesInOneLine, ChangePasswordForm):  # type: ignore[misc]  # as above
    """Another password, by somebody who is logged in."""


class FirstPasswordForm(_RulesInOneLine, SetPasswordForm):  # type: ignore[misc]  # as above
    """A password for an account that has none."""


class ForgottenPasswordForm(_RulesInOneLine, ResetPasswordKeyForm):  # type: ignore[misc]  # as above
    """Another password, by the link of a letter."""
