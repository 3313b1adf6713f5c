"""How the queue of the desk is narrowed."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority
from cabinet import queries
from issues.models import STATE_LABELS
from issues.workflow import AT_WORK_STATES, State

PARTS = {
    "": _("all to be done"),
    "new": _("to be registered"),
    "overdue": _("late"),
    "today": _("due today"),
    "week": _("due this week"),
    "returned": _("returned by the author"),
}
"""The parts of the queue as they are called on the page."""
assert set(PARTS) == {"", *queries.BUCKETS}


class QueueForm(forms.Form):
    """The filter of the queue; what it does not know narrows nothing."""

    q = forms.CharField(label=_("Number, words or address"), required=False, max_length=200)
    part = forms.ChoiceField(label=_("Which"), required=False, choices=[*PARTS.items()])
    category = forms.ChoiceField(label=_("Category"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("any")),
            *((state.value, STATE_LABELS[state]) for state in State if state in AT_WORK_STATES),
        ],
    )

    def __init__(self, data: QueryDict, *, authority: Authority, **options: Any) -> None:
        super().__init__(data, auto_id="filter-%s", **options)
        for name, rows in (
            ("category", queries.categories(authority)),
            ("municipality", queries.municipalities(authority)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("any")), *rows]

    @property
    def chosen(self) -> queries.Filter:
        """What the valid part of the form lets through."""
        self.is_valid()
        given = self.cleaned_data
        is_done = "done" in self.data
        return queries.Filter(
            is_done=is_done,
            part="" if is_done else given.get("part", ""),
            category=given.get("category", ""),
            municipality=given.get("municipality", ""),
            state="" if is_done else given.get("state", ""),
            words=given.get("q", "").strip(),
        )

    @property
    def is_detailed(self) -> bool:
        """Whether more is chosen than words and a part: then the filters stand open."""
        return any(self.chosen_name(name) for name in ("category", "municipality", "state"))

    def chosen_name(self, name: str) -> str:
        """The valid value of a field, else empty."""
        return str(self.cleaned_data.get(name, ""))
