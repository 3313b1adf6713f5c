"""Forms of filing: the words, the place, the topic's own questions, and the whole message."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import name_field
from accounts.models import User
from authorities.models import Kind, Topic
from authorities.questions import asked_of, checked_answers, localized
from common import clock
from geo import queries as ground
from issues.operations import Message
from issues.operations.filing import MAX_ATTACHMENTS
from portal.filing.draft import QUESTION, Draft

LONGEST_TEXT = 8000
"""Characters of a message."""
SHORTEST_TEXT = 10


KINDS: Mapping[str, Promise] = {
    Kind.PROBLEM: pgettext_lazy("kind", "Problem"),
    Kind.PROPOSAL: pgettext_lazy("kind", "Proposal"),
    Kind.THANKS: pgettext_lazy("kind", "Thanks"),
}
"""Kinds as the head of a choice; the labels of the model are words inside of a sentence."""
HINT = _(
    "What is wrong or what you propose, since when, what should be done. Leave out names, phones and flat numbers: everybody will read it."
)


class Degrees(forms.FloatField):
    """Degrees of WGS 84, with a point or a comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # as FloatField
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class UidsField(forms.Field):
    """Uids of waiting files, at most ten."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[uuid.UUID]:
        try:
            uids = list(dict.fromkeys(uuid.UUID(str(one)) for one in value or ()))
        except (ValueError, TypeError):
            raise ValidationError(_("One of the files is not known."), "file") from None
        if len(uids) > MAX_ATTACHMENTS:
            raise ValidationError(_("A message takes at most ten files."), "too_many_files")
        return uids


class PlaceForm(forms.Form):
    """Where it is."""

    address = forms.CharField(
        label=_("Address of the place"),
        max_length=400,
        help_text=_("Town, street and house, or a landmark: “bus stop opposite the school”."),
        error_messages={"required": _("Say where it is.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lat = Degrees(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    lon = Degrees(label=_("Longitude"), min_value=-180, max_value=180, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"address", "lon", "lat"} <= cleaned.keys():
            return cleaned  # what is wrong with them is said already
        lon, lat = cleaned["lon"], cleaned["lat"]
        if lon is None or lat is None:
            choose = _("Choose the place on the map or among the found addresses.")
            self.add_error("address", ValidationError(choose, "point"))
        elif not ground.municipality_id_at(lon=lon, lat=lat, on=clock.region_date(clock.now())):
            outside = _("This place is outside our region: authorities elsewhere answer for it.")
            self.add_error("address", ValidationError(outside, "outside_region"))
        return cleaned


class WordsForm(forms.Form):
    """What is to be said."""

    kind = forms.ChoiceField(
        label=_("What do you write?"), choices=tuple(KINDS.items()), widget=forms.RadioSelect
    )
    description = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_TEXT,
        help_text=HINT,
        validators=[
            MinLengthValidator(SHORTEST_TEXT, _("Tell a little more: at least ten characters."))
        ],
        error_messages={"required": _("Write what it is about.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DetailsForm(forms.Form):
    """The topic's own questions, and what the public sees."""

    def __init__(self, *args: Any, topic: Topic, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic = topic
        self.questions = asked_of(topic, kind)
        self.fields |= {QUESTION + q["code"]: question_field(q) for q in self.questions}
        self.fields["is_anonymous"] = forms.BooleanField(
            label=_("Do not show my name in public"), required=False
        )

    def clean(self) -> dict[str, Any]:
        """Checks the answers to the questions too; `details` has them by code, as they are stored."""
        cleaned = super().clean() or {}
        given = {
            question["code"]: _given(question, cleaned[QUESTION + question["code"]])
            for question in self.questions
            if QUESTION + question["code"] in cleaned
        }
        self.details: dict[str, Any] = {}
        try:
            self.details = checked_answers(self.questions, given)
        except ValidationError as error:
            for code, faults in error.error_dict.items():
                # What could not be read at all is said already.
                if not self.has_error(QUESTION + code):
                    self.add_error(QUESTION + code, faults)
        return cleaned


class MessageForm(DetailsForm, PlaceForm, WordsForm):
    """The whole message, from the last step or as JSON."""

    uid = forms.UUIDField(required=False)
    last_name = name_field(_("Last name"), "family-name")
    first_name = name_field(_("First name"), "given-name")
    middle_name = name_field(_("Middle name"), "additional-name")
    attachments = UidsField(required=False)
    taken_at = forms.CharField(required=False)
    tells_time = forms.BooleanField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, author: User | None, **kwargs: Any
    ) -> None:
        given = data or kwargs.get("initial") or {}
        super().__init__(data, kind=given.get("kind", ""), **kwargs)
        # The authority must know whom it answers; the public sees what the author allows.
        self.asks_name = author is not None and not (author.last_name and author.first_name)
        for name in ("last_name", "first_name"):
            self.fields[name].required = self.asks_name
        if not self.asks_name:
            for name in ("last_name", "first_name", "middle_name"):
                del self.fields[name]

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if kind not in self.topic.kinds:
            raise ValidationError(_("This topic does not take such messages."), "kind")
        return kind

    def message(self) -> Message:
        """The message of a valid form."""
        cleaned = self.cleaned_data
        return Message(
            kind=cleaned["kind"],
            topic=self.topic,
            lon=cleaned["lon"],
            lat=cleaned["lat"],
            address=cleaned["address"],
            description=self._description(),
            details=self.details,
            is_anonymous=cleaned["is_anonymous"],
            attachments=cleaned["attachments"],
        )

    def _description(self) -> str:
        words: str = self.cleaned_data["description"]
        taken = Draft(taken_at=self.cleaned_data["taken_at"]).taken
        if not self.cleaned_data["tells_time"] or taken is None:
            return words
        return f"{words}\n\n{taken_in_words(taken)}"


def taken_in_words(moment: datetime) -> str:
    """When a photo was taken, as a sentence."""
    there = moment.astimezone(clock.region_zone())
    return gettext("The photo was taken on %(moment)s.") % {
        "moment": formats.date_format(there, "DATETIME_FORMAT")
    }


def question_field(question: Mapping[str, Any]) -> forms.Field:
    """The form field of one extra question of a topic; its limits are checked with all the answers."""
    label = localized(question, "label")
    required = question["required"]
    match question["type"]:
        case "choice":
            choices = [(c["code"], localized(c, "name")) for c in question["choices"]]
            if required:
                return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
            return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False)
        case "number":
            return forms.IntegerField(
                label=label,
                required=required,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )
        case "date":
            return forms.DateField(
                label=label,
                required=required,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            )
        case "boolean":
            return forms.BooleanField(label=label, required=False)
        case _:
            return forms.CharField(label=label, required=required)


def _given(question: Mapping[str, Any], value: Any) -> Any:
    """An answer as JSON has it; an empty box is none where the question may be left out."""
    if value is False and not question["required"]:
        return None
    return value.isoformat() if isinstance(value, date) else value
