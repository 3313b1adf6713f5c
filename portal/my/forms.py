"""The author's verdict on an answer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.photo_field import PhotoField


class WordsField(forms.CharField):
    """Words that only one of the verdicts needs."""

    needed = _("required if it is not solved")


class VerdictForm(forms.Form):
    """1 to 5, solved or not, and words; “not solved” needs words."""

    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is solved.")},
    )
    stars = forms.TypedChoiceField(
        label=_("How good is the answer?"),
        coerce=int,
        choices=[
            (5, _("5 – excellent")),
            (4, _("4 – good")),
            (3, _("3 – so-so")),
            (2, _("2 – poor")),
            (1, _("1 – very poor")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose from 1 to 5.")},
    )
    comment = WordsField(
        label=_("Your words"),
        required=False,
        max_length=2000,
        help_text=_(
            "The authority and the moderators read them, and a moderator may publish them without personal data. If it is not solved, say what is still to be done."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photo = PhotoField(
        label=_("Photo of what is not solved"),
        help_text=_("The authority and the moderators see it, nobody else."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("solved") == "no" and not cleaned.get("comment", "").strip():
            words = _("Say what is not solved: the message goes back with your words.")
            self.add_error("comment", ValidationError(words, "required"))
        return cleaned
