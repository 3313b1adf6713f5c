"""How the filters of lists and the map are drawn: three hundred options, without a template for each."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_BOX = '<div><label for="{0}"><input type="checkbox" name="{1}" value="{2}" id="{0}"{3}> {4}</label></div>'


class PlainSelect(forms.Select):
    """Django's own, as its template draws it, in a tenth of the time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The list with what is chosen."""
        chosen = str(value or "")
        # Plain strings, each escaped once: three hundred calls of `format_html` would cost more than the list.
        options = SafeString(
            "".join(
                f'<option value="{escape(str(code))}"{" selected" * (str(code) == chosen)}>'
                f"{escape(str(label))}</option>"
                for code, label in self.choices
            )
        )
        given = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, given, options)


class Boxes(forms.CheckboxSelectMultiple):
    """Any of a few, also in groups; an empty one in an address says nothing."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What is ticked."""
        return [value for value in super().value_from_datadict(data, files, name) or [] if value]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The boxes with what is ticked, as Django's template draws them."""
        stem = str((attrs or {}).get("id", name))
        parts, place = [], 0
        for code, label in self.choices:
            is_group = isinstance(label, (list, tuple))
            boxes: list[tuple[Any, Any]] = list(label) if is_group else [(code, label)]
            head = format_html("<p>{}</p>", code) if is_group else ""
            parts.append((head, _boxes(name, stem, place, boxes, set(value or ()))))
            place += len(boxes)
        return format_html('<div id="{}">{}</div>', stem, format_html_join("", "{}{}", parts))


def _boxes(
    name: str, stem: str, first: int, choices: Iterable[tuple[Any, Any]], ticked: set[str]
) -> SafeString:
    return format_html_join(
        "",
        _BOX,
        (
            (f"{stem}_{place}", name, code, flatatt({"checked": code in ticked}), label)
            for place, (code, label) in enumerate(choices, start=first)
        ),
    )


class DayInput(forms.DateInput):
    """A day as browsers ask for it and as it stands in an address."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
