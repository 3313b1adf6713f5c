"""What a moderator fills in about a message that is public already."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority


class ReasonForm(forms.Form):
    """Why a message is hidden or shown again."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody reads it in the timeline."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class HidingReason(forms.CharField):
    """Words that only hiding needs."""

    needed = _("required to hide it")


class AbuseDecisionForm(forms.Form):
    """What becomes of a message that residents report; hiding needs a reason."""

    outcome = forms.ChoiceField(choices=[("hide", "hide"), ("nothing_wrong", "nothing_wrong")])
    reason = HidingReason(
        label=_("Reason to hide it"),
        help_text=_("Everybody reads it in the timeline."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "hide" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why: everybody reads the reason."))
        return cleaned


class AssignForm(forms.Form):
    """The authority for a message that no rule could place."""

    authority = forms.ModelChoiceField(
        label=_("Authority"), queryset=Authority.objects.filter(is_active=True)
    )


class ThanksForm(forms.Form):
    """A kind word to thanks, which closes them."""

    note = forms.CharField(
        label=_("A kind word"),
        help_text=_("Everybody reads it in the timeline."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
