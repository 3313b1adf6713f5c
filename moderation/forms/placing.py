"""The place of a message as a moderator corrects it: in figures, or on a map that writes the figures."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority, Topic
from authorities.routing import in_words
from common import clock
from geo import queries as ground
from geo.models import Municipality
from issues.models import Issue
from issues.queries.placing import placing


@dataclass(frozen=True)
class Placed:
    """Where a message would be, and who would answer by the rules.

    Attributes:
        address: the nearest known address, empty where none is near.
        municipality: where the place lies, None outside all of them.
        authority: None where no rule says so.
        why: how the rules found it, in sentences.
    """

    address: str
    municipality: Municipality | None
    authority: Authority | None
    why: list[str]


class _TopicField(forms.ModelChoiceField[Topic]):
    def label_from_instance(self, obj: Topic) -> str:
        return f"{obj.category} · {obj}"


class PlaceForm(forms.Form):
    """Topic and place of one message, which say together who answers."""

    topic = _TopicField(
        label=_("Topic"),
        queryset=Topic.objects.none(),
        help_text=_("With another topic the authority is found anew."),
    )
    point = forms.RegexField(
        label=_("Point: latitude, longitude"),
        regex=r"^\s*\d{1,2}[.]\d{1,8}\s*,\s*\d{1,3}[.]\d{1,8}\s*$",
        required=False,
        max_length=40,
        help_text=_("With another point the authority is found anew, too."),
        error_messages={"invalid": _("Write it like this: 55.75583, 37.61730")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        point = self.fields["point"]
        point.template_name = "moderation/_point_field.html"  # type: ignore[attr-defined]  # new to its stubs
        topics = Topic.objects.filter(is_active=True)
        present = Topic.objects.filter(pk=issue.topic_id)
        field = self.fields["topic"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            (topics | present)
            .select_related("category")
            .order_by("category__position", "category__name", "position", "name")
        )

    def clean_point(self) -> Point | None:
        """Another point than the author's, in the region; None for the same."""
        typed: str = self.cleaned_data["point"].strip()
        if not typed or typed == written(self.issue.point):
            return None
        lat, lon = (float(number) for number in typed.split(","))
        day = clock.region_date(self.issue.filed_at)
        if ground.municipality_id_at(lon=lon, lat=lat, on=day) is None:
            raise forms.ValidationError(_("This point lies in no municipality of the region."))
        return Point(lon, lat, srid=4326)

    def placed(self) -> Placed | None:
        """Where the message would be; None with faults, or where neither topic nor place is another."""
        if not self.is_bound:
            of_author = {"topic": self.issue.topic_id, "point": written(self.issue.point)}
            if of_author.items() <= self.initial.items():
                return None
            return PlaceForm(self.initial, issue=self.issue).placed()
        if {"topic", "point"} & self.errors.keys():
            return None
        topic, point = self.cleaned_data["topic"], self.cleaned_data["point"]
        if point is None and topic.pk == self.issue.topic_id:
            return None
        return _placed(self.issue, topic, point or self.issue.point)

    def map(self) -> dict[str, str]:
        """What the script of the map is told."""
        return {
            "tiles": settings.TILE_URL,
            "attribution": settings.TILE_ATTRIBUTION,
            "author": written(self.issue.point),
        }


def written(point: Point) -> str:
    """A point as the field has it: latitude and longitude to the metre."""
    return f"{point.y:.5f}, {point.x:.5f}"


def _placed(issue: Issue, topic: Topic, point: Point) -> Placed:
    found = placing(issue, topic=topic, point=point)
    near = ground.place_near(lon=point.x, lat=point.y)
    return Placed(
        address=near.label if near else "",
        municipality=Municipality.objects.filter(pk=found.municipality_id or 0).first(),
        authority=found.authority,
        why=in_words(found.routing, in_full=True),
    )
