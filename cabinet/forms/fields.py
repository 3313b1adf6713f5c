"""Fields that several forms of the desk share."""

from typing import Any

from django import forms

LONGEST_TEXT = 20_000


class DayField(forms.DateField):
    """A calendar day, chosen in the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    input_formats = ("%Y-%m-%d",)


def words_field(*, rows: int = 4, **options: Any) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": rows}), max_length=LONGEST_TEXT, **options
    )
