"""A template of answers, as an authority keeps it."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cabinet import operations
from cabinet.models import AnswerTemplate


class TemplateForm(forms.ModelForm[AnswerTemplate]):
    """Name, decision and text; a placeholder that nothing fills in is refused by its name."""

    class Meta:
        model = AnswerTemplate
        fields: ClassVar = ["name", "decision", "text"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 10})}

    def clean_text(self) -> str:
        """Only known placeholders."""
        text: str = self.cleaned_data["text"]
        if unknown := operations.unknown_placeholders(text):
            raise forms.ValidationError(
                _("The portal can not fill in: %(names)s."),
                params={"names": ", ".join(f"{{{name}}}" for name in unknown)},
            )
        return text

    def clean_name(self) -> str:
        """Not the name of another template of this authority."""
        name: str = self.cleaned_data["name"]
        same = AnswerTemplate.objects.filter(authority=self.instance.authority, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a template of this name already."))
        return name
