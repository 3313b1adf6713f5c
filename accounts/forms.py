"""Forms of people: names at registration, and the profile."""

from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from stdnum.ru import inn

from accounts.models import IS_NAME, User
from accounts.operations import PROFILE

_AUTOCOMPLETE = {
    "last_name": "family-name",
    "first_name": "given-name",
    "middle_name": "additional-name",
    "phone": "tel",
    "company_name": "organization",
    "company_inn": "off",
}


def name_field(label: StrPromise, part: str, **options: Any) -> forms.CharField:
    """A part of a person's name, which may be left empty.

    Args:
        label: what it is called.
        part: the token of the attribute `autocomplete`, by which browsers fill it in.
        options: as for every field.
    """
    return forms.CharField(
        label=label,
        max_length=100,
        required=False,
        validators=[IS_NAME],
        widget=forms.TextInput(attrs={"autocomplete": part}),
        **options,
    )


class RegistrationNames(forms.Form):
    """What registration asks beside e-mail and password; django-allauth puts it into its own form."""

    last_name = name_field(
        _("Last name"),
        _AUTOCOMPLETE["last_name"],
        help_text=_("The authority that answers will ask for it; you may fill it in later."),
    )
    first_name = name_field(_("First name"), _AUTOCOMPLETE["first_name"])
    field_order = ("email", "password1", "last_name", "first_name")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called once the account is made: allauth itself has saved the names."""


class ProfileForm(forms.ModelForm[User]):
    """A person's own data; the e-mail is changed on a page of its own, with a confirmation."""

    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = PROFILE
        help_texts = {
            "phone": _("Only the authority that answers you sees it."),
            "company_name": _("If you write for a company: it is then shown as the author."),
            "wants_letters": _("Letters about your account come in any case."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hint in _AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["phone"].widget.input_type = "tel"
        self.fields["company_inn"].widget.attrs["inputmode"] = "numeric"

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, "RU")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not is_whole(number):
            raise ValidationError(
                _("Enter a phone number with its code, such as +7 900 000-00-00.")
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def clean_company_inn(self) -> str:
        typed: str = self.cleaned_data["company_inn"]
        if typed and not inn.is_valid(typed):
            raise ValidationError(_("This ИНН has a mistake: its check digit does not fit."))
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("company_name") and not cleaned.get("company_inn", "-"):
            self.add_error("company_inn", _("Give the company's ИНН too."))
        if cleaned.get("company_inn") and not cleaned.get("company_name", "-"):
            self.add_error("company_name", _("Give the company's name too."))
        return cleaned


def is_whole(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a phone number has as many digits as those of its country, with the code of its town."""
    found = phonenumbers.is_possible_number_with_reason(number)
    return bool(found == phonenumbers.ValidationResult.IS_POSSIBLE)
