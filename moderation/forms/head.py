"""What a head moderator chooses, and what a second verdict is."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from common import clock
from moderation.models import CheckShares, RejectionReason, Verdict

DEFAULT_DAYS = 7
MOST_DAYS = 366


class PeriodForm(forms.Form):
    """Which days are told of; nothing chosen is the last seven, today among them."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = clock.region_date(clock.now())
        until = min(cleaned.get("until") or today, today)
        since = cleaned.get("since") or until - timedelta(days=DEFAULT_DAYS - 1)
        if since > until:
            raise forms.ValidationError(_("The first day comes after the last."))
        if (until - since).days >= MOST_DAYS:
            raise forms.ValidationError(_("A year at most can be looked at."))
        return {"since": since, "until": until}

    def days(self) -> tuple[date, date]:
        """The first and the last day; the usual ones where what was chosen is no period."""
        if self.is_valid():
            return self.cleaned_data["since"], self.cleaned_data["until"]
        today = clock.region_date(clock.now())
        return today - timedelta(days=DEFAULT_DAYS - 1), today

    def period(self) -> tuple[datetime, datetime]:
        """The first moment, and the first one after it: the present where the last day is today (UTC)."""
        since, until = self.days()
        return clock.end_of_day(since - timedelta(days=1)), min(
            clock.end_of_day(until), clock.now()
        )


class SharesForm(forms.ModelForm[CheckShares]):
    """How many decisions are checked."""

    class Meta:
        model = CheckShares
        fields = ("of_people", "of_the_rule")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.validators.append(MaxValueValidator(100))
            field.widget.attrs["max"] = 100


class SecondVerdictForm(forms.Form):
    """What the second moderator says: accept, or reject with a reason."""

    verdict = forms.ChoiceField(
        label=_("You would"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.ModelChoiceField(
        label=_("Reason, if you reject"),
        queryset=RejectionReason.objects.filter(is_active=True),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == Verdict.REJECT and not cleaned.get("reason"):
            self.add_error("reason", _("Choose the reason."))
        return cleaned


class SettleForm(forms.Form):
    """Which of two verdicts is right."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    words = forms.CharField(
        label=_("Why"),
        help_text=_("Both moderators read it. Name no persons."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )
