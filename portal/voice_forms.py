"""What residents fill in beside a message: on the repair, the survey, of abuse; and the word of a head."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from issues.models import AbuseReport, SurveyQuestion
from issues.operations.surveying import LONGEST_WORDS
from portal.photo_field import PhotoField

YES_NO = [(1, _("Yes")), (0, _("No"))]
SCALE = [(5, _("5 – excellent")), (4, "4"), (3, "3"), (2, "2"), (1, _("1 – very poor"))]


class SurveyForm(forms.Form):
    """The questions of the survey; each may be left out, but not all of them."""

    def __init__(self, *args: Any, questions: Sequence[SurveyQuestion], **options: Any) -> None:
        super().__init__(*args, **options)
        for question in questions:
            self.fields[f"question-{question.pk}"] = _field(question)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and all(value in ("", None) for value in cleaned.values()):
            raise ValidationError(_("Reply to one question at least."), "required")
        return cleaned

    @property
    def replies(self) -> dict[int, int | str | None]:
        """What was said, by the question's key; an empty choice is no reply."""
        return {
            int(name.removeprefix("question-")): None if value == "" else value
            for name, value in self.cleaned_data.items()
        }


def _field(question: SurveyQuestion) -> forms.Field:
    if question.kind == SurveyQuestion.Kind.TEXT:
        area = forms.Textarea(attrs={"rows": 3})
        words = _("Our staff alone read it.")
        return forms.CharField(
            label=str(question),
            required=False,
            max_length=LONGEST_WORDS,
            widget=area,
            help_text=words,
        )
    choices = SCALE if question.kind == SurveyQuestion.Kind.SCALE else YES_NO
    return forms.TypedChoiceField(
        label=str(question),
        required=False,
        coerce=int,
        empty_value=None,
        choices=choices,
        widget=forms.RadioSelect,
    )


class RepairForm(forms.Form):
    """What a resident found of a repair, and a photo of it."""

    fixed = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say whether it is fixed.")),
    )
    photo = PhotoField(
        label=_("Photo of what you found"),
        help_text=_("It may be left out. Everybody sees it once a moderator has looked at it."),
    )


class AbuseForm(forms.Form):
    """What is wrong with a message; “something else” needs words."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=AbuseReport.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    words = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=1000,
        help_text=_("The moderators alone read it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_other = cleaned.get("reason") == AbuseReport.Reason.OTHER
        if is_other and not cleaned.get("words", "").strip():
            self.add_error("words", ValidationError(_("Say in words what is wrong."), "required"))
        return cleaned


class ControlForm(forms.Form):
    """What the head of an authority decided."""

    words = forms.CharField(
        label=_("What has the head decided?"),
        max_length=4000,
        help_text=_("Everybody reads it, and the author gets it by letter. It can not be changed."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Say what was decided.")},
    )
