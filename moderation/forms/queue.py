"""Which messages of the queue a moderator wants to see."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from authorities.models import Category, Kind
from common import clock
from common.widgets import PlainSelect
from geo.models import Municipality
from issues.models import Channel, Issue
from moderation import queries
from moderation.models import Claim, Code
from moderation.queries.counts import counts

NAMED_SECONDS = 60
"""A new category is offered so late at most."""


def _named() -> dict[str, list[tuple[str, str]]]:
    """Categories and municipalities by their codes, in the reader's language."""
    towns = Municipality.objects.order_by("name").values_list("code", "name")
    return {
        "category": [(category.code, str(category)) for category in Category.objects.all()],
        "municipality": [*dict(towns).items()],
    }


class QueueForm(forms.Form):
    """Which messages of the queue are shown; what is not understood does not narrow."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=PlainSelect)
    category = forms.ChoiceField(label=_("Category"), required=False, widget=PlainSelect)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False, widget=PlainSelect)
    channel = forms.ChoiceField(label=_("Channel"), required=False, widget=PlainSelect)
    finding = forms.ChoiceField(label=_("Finding"), required=False, widget=PlainSelect)
    standing = forms.ChoiceField(label=_("Standing"), required=False, widget=PlainSelect)
    # By a message of theirs, so that no address names a person.
    author_of = forms.CharField(
        label=_("By the author of message No."), required=False, max_length=16
    )

    def __init__(self, *args: Any, counted: bool = True, **kwargs: Any) -> None:
        """
        Args:
            counted: whether beside each choice stands how many wait; for a form that is not drawn, no.
        """
        super().__init__(*args, **kwargs)
        named = cache.get_or_set(f"moderation.named:{get_language()}", _named, NAMED_SECONDS)
        offered: dict[str, Iterable[tuple[str, Any]]] = {
            **(named or _named()),
            "kind": Kind.choices,
            "channel": Channel.choices,
            "finding": Code.choices,
            "standing": [
                ("urgent", _("urgent")),
                ("referred", _("for the head moderator")),
                ("appealed", _("for a second look")),
                ("asked", _("the author is asked")),
                ("free", _("nobody has it")),
            ],
        }
        found = counts() if counted else {}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            waiting = found.get(name, {})
            field.choices = [
                ("", _("any")),
                *((value, f"{label} ({waiting.get(value, 0)})") for value, label in choices),
            ]

    def narrowed(self) -> "QuerySet[Issue]":
        """The messages that are asked for."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        standing = chosen.pop("standing", "")
        rows = queries.asked() if standing == "asked" else queries.waiting()
        if standing == "free":
            taken = Claim.objects.filter(issue=OuterRef("pk"), expires_at__gt=clock.now())
            rows = rows.exclude(Exists(taken))
        elif standing in {"urgent", "referred", "appealed"}:
            rows = rows.filter(**{f"is_{standing}": True})
        if number := chosen.pop("author_of", ""):
            theirs = Issue.objects.filter(number=number.removeprefix("№").strip())
            rows = rows.filter(author__in=theirs.values("author"))
        return rows.filter(**{self._COLUMNS[name]: value for name, value in chosen.items()})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is chosen; asked after `narrowed`."""
        return any(self.cleaned_data.values())

    _COLUMNS: Mapping[str, str] = {
        "kind": "kind",
        "category": "topic__category__code",
        "municipality": "municipality__code",
        "channel": "channel",
        "finding": "findings__code",
    }
