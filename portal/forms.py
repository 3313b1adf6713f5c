"""How addresses narrow lists and the map."""

from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from authorities.models import Kind
from common.widgets import Boxes, DayInput, PlainSelect
from issues.columns import SORTS
from issues.models import STATE_LABELS
from issues.queries import Box, Filter
from issues.workflow import PUBLIC_STATES, State
from portal import choices

STAGE_LABELS = [
    ("open", _("awaiting an answer")),
    ("overdue", _("overdue")),
    ("answered", _("answered, awaiting the author")),
    ("decided", _("with an answer")),
    ("closed", _("closed")),
    ("solved", _("solved, as the author confirmed")),
    ("unsolved", _("closed, but not solved, as the author says")),
    ("judged", _("with the author's rating")),
]
# Said once: a state that is a stage of its own has its box among the stages.
EXACT_STATES = [
    (state.value, STATE_LABELS[state])
    for state in State
    if state in PUBLIC_STATES and state not in dict(STAGE_LABELS)
]
SORT_LABELS = {
    "newest": _("newest first"),
    "supported": _("most supported first"),
    "deadline": _("nearest deadline first"),
    "closed": _("lately closed first"),
    "category": _("by category"),
}
BEST = "relevance"
"""The order of what was searched for, unless another one is asked for."""
DAY_LABELS = {
    "published": pgettext_lazy("event", "publication"),
    "answered": pgettext_lazy("event", "answer"),
    "closed": pgettext_lazy("event", "end"),
}
assert SORT_LABELS.keys() <= SORTS.keys()


class FilterForm(forms.Form):
    """The filter of the map; what it does not know narrows nothing and is said.

    Its fields are the members of `issues.queries.Filter` as they stand in an address.
    """

    kind = forms.MultipleChoiceField(
        label=_("Kind"),
        required=False,
        choices=Kind.choices,
        widget=Boxes,
    )
    category = forms.MultipleChoiceField(label=_("Category"), required=False, widget=Boxes)
    topic = forms.ChoiceField(label=_("Topic"), required=False, widget=PlainSelect)
    state = forms.MultipleChoiceField(
        label=_("State"),
        required=False,
        choices=[
            *STAGE_LABELS,
            (_("Exact state"), EXACT_STATES),
        ],
        widget=Boxes,
    )
    municipality = forms.ChoiceField(label=_("Municipality"), required=False, widget=PlainSelect)
    authority = forms.ChoiceField(label=_("Authority"), required=False, widget=PlainSelect)
    since = forms.DateField(label=_("From the date"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To the date"), required=False, widget=DayInput)
    by = forms.ChoiceField(label=_("Event"), required=False, choices=[*DAY_LABELS.items()])
    bbox = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, auto_id="filter-%s", **options)
        self._known: dict[str, choices.Choices] = {}
        for name in ("category", "topic", "municipality", "authority"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = partial(self._offered, name)

    def _offered(self, name: str) -> choices.Choices:
        """What a field offers; asked for once, and not at all where nobody looks."""
        self._known = self._known or choices.offered()
        any_of_them = [] if name == "category" else [("", gettext("any"))]
        return [*any_of_them, *self._known[name]]

    def clean_bbox(self) -> Box | None:
        """The place."""
        text = self.cleaned_data["bbox"]
        if not text:
            return None
        try:
            return Box.parse(text)
        except ValueError:
            raise forms.ValidationError(_("This is not a part of the map.")) from None

    @property
    def chosen(self) -> Filter:
        """What the valid part of the form lets through."""
        self.is_valid()
        given = self.cleaned_data
        return Filter(
            kinds=tuple(given.get("kind", ())),
            categories=tuple(given.get("category", ())),
            topics=(topic,) if (topic := given.get("topic")) else (),
            states=tuple(given.get("state", ())),
            municipality=given.get("municipality", ""),
            authority=given.get("authority", ""),
            since=given.get("since"),
            until=given.get("until"),
            by=given.get("by") or "published",
            words=given.get("q", ""),
            box=given.get("bbox"),
        )


class ListForm(FilterForm):
    """The filter of the lists, with words and order."""

    q = forms.CharField(
        label=_("Words, an address or a number"),
        required=False,
        max_length=200,
        widget=forms.SearchInput(attrs={"enterkeyhint": "search"}),
    )
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[*SORT_LABELS.items()])

    field_order = ["q", "sort", "topic", "municipality", "authority", "since", "until", "by"]

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        labels, usual = dict(SORT_LABELS), "newest"
        if data and data.get("q", "").strip():
            labels, usual = {BEST: _("best match first"), **SORT_LABELS}, BEST
        if data and data.get("sort") == usual:
            data = data.copy()
            data["sort"] = ""
        super().__init__(data, **options)
        sort = self.fields["sort"]
        assert isinstance(sort, forms.ChoiceField)
        # The usual order is said by nothing: who then types words gets the best of them first.
        sort.choices = [("", labels.pop(usual)), *labels.items()]

    @property
    def order(self) -> str:
        """`BEST` or a name in `SORTS`; of what is searched for the best comes first unless told."""
        given = str(self.cleaned_data.get("sort") or "")
        return given or (BEST if self.cleaned_data.get("q") else "newest")
