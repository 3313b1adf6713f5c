"""What a resident wants to follow: a place, a topic, and how to be told."""

import json
import math
from typing import Any

from django import forms
from django.contrib.gis.geos import GEOSException, Polygon
from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority, Category, Kind, Topic
from issues.models import Subscription
from issues.operations import Followed
from issues.queries import Box
from notifications.client import public_key
from portal import places
from portal.choices import municipalities

METRES_OF_A_DEGREE = 111_320
"""Of latitude, and of longitude at the equator."""
CORNERS = 48
"""Of a circle: its sides are then within a half of a percent of the radius."""
MOST_CORNERS = 200
WIDEST = 10.0
"""An area may be so wide and high, degrees: no region is greater."""


def circle(lon: float, lat: float, metres: float) -> Polygon:
    """A circle on the ground, as a polygon.

    Args:
        lon, lat: its centre, WGS 84 degrees.
        metres: its radius.
    """
    high = metres / METRES_OF_A_DEGREE
    wide = high / math.cos(math.radians(lat))
    turns = [2 * math.pi * n / CORNERS for n in range(CORNERS)]
    ring = [(lon + wide * math.cos(turn), lat + high * math.sin(turn)) for turn in turns]
    return Polygon([*ring, ring[0]], srid=4326)


_NEEDED = {
    "municipality": _("required for a municipality"),
    "place": _("required around a place"),
    "radius": _("required around a place"),
}
"""When a field is no optional one."""


class HowForm(forms.ModelForm[Subscription]):
    """How to be told."""

    class Meta:
        model = Subscription
        fields = ("letters", "push")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letters"].label = _("Letters with what is new")
        if not public_key():
            del self.fields["push"]  # there is nobody to send them
        elif not self.prefix:
            self.fields["push"].help_text = gettext(
                "In each browser that you turn them on in, on the page “I follow”."
            )

    @property
    def wants_push(self) -> bool:
        """Whether pushes are chosen, where they can be."""
        return bool(self.cleaned_data.get("push", False))


class FollowForm(HowForm):
    """Which messages to follow, and how to be told."""

    where = forms.ChoiceField(
        label=_("Where"),
        widget=forms.RadioSelect,
        choices=[
            ("anywhere", _("in the whole region")),
            ("municipality", _("in a municipality")),
            ("near", _("around a place")),
            ("drawn", _("in an area that I draw on the map")),
        ],
    )
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    place = forms.CharField(
        label=_("Town, village, street or house"), required=False, max_length=200
    )
    radius = forms.TypedChoiceField(
        label=_("How far around it"),
        required=False,
        coerce=int,
        initial=2000,
        choices=[
            (500, _("500 metres")),
            (1000, _("1 kilometre")),
            (2000, _("2 kilometres")),
            (5000, _("5 kilometres")),
            (10000, _("10 kilometres")),
            (25000, _("25 kilometres")),
        ],
    )
    shape = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)
    about = forms.ChoiceField(label=_("On what topic"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("any")), *Kind.choices]
    )
    authority = forms.ModelChoiceField(
        Authority.objects.all(),
        label=_("Authority"),
        required=False,
        to_field_name="slug",
        empty_label=_("any"),
    )
    title = forms.CharField(
        label=_("Name of it, for you"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty, and it is made of what is chosen."),
    )

    field_order = (
        *("where", "municipality", "place", "radius", "shape", "about", "kind", "authority"),
        *("title", "letters", "push"),
    )

    class Meta(HowForm.Meta):
        widgets = {"letters": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", _("choose")), *municipalities()]
        self.fields["municipality"].choices = known  # type: ignore[attr-defined]
        self.fields["about"].choices = _topics()  # type: ignore[attr-defined]
        for name, when in _NEEDED.items():
            self.fields[name].needed = when  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        match given.get("where"):
            case "municipality" if not given.get("municipality"):
                self.add_error("municipality", _("Choose a municipality."))
            case "near":
                self._look_for(given)
            case "drawn":
                self._read_shape(given)
        return given

    def _look_for(self, given: dict[str, Any]) -> None:
        words = given.get("place", "")
        if not words:
            self.add_error("place", _("Name a place."))
            return
        found = places.find(words, limit=1)
        if not found:
            self.add_error(
                "place", _("Nothing was found. Write it otherwise, for example town and street.")
            )
            return
        given["place"] = found[0].label
        given["area"] = circle(found[0].lon, found[0].lat, given.get("radius") or 2000)

    def _read_shape(self, given: dict[str, Any]) -> None:
        try:
            given["area"] = polygon(given.get("shape", ""))
        except ValueError:
            self.add_error(
                "where", _("Draw an area of three corners or more, whose sides do not cross.")
            )

    @cached_property
    def what(self) -> Followed:
        """Which messages, of a valid form."""
        given = self.cleaned_data
        about, _colon, code = given["about"].partition(":")
        return Followed(
            kind=given["kind"],
            category=Category.objects.get(code=code) if about == "category" else None,
            topic=Topic.objects.get(code=code) if about == "topic" else None,
            authority=given["authority"],
            municipality=given["municipality"] if given["where"] == "municipality" else "",
            area=given.get("area"),
        )

    @property
    def name(self) -> str:
        """What the subscription is called, of a valid form."""
        given, what = self.cleaned_data, self.what
        if given["title"]:
            return str(given["title"])
        parts: list[object] = [what.topic or what.category, what.authority]
        if what.kind:
            parts.append(dict(Kind.choices)[what.kind])
        match given["where"]:
            case "municipality":
                parts.append(dict(municipalities())[what.municipality])
            case "near":
                parts.append(given["place"])
            case "drawn":
                parts.append(gettext("my area on the map"))
        words = ", ".join(str(part) for part in parts if part) or gettext("All messages")
        return words[:1].upper() + words[1:200]


def polygon(shape: str) -> Polygon:
    """An area from the corners that the map's script writes: `[[lon, lat], …]`, WGS 84 degrees.

    Raises:
        ValueError: it is none, crosses itself, or is wider than a region.
    """
    try:
        corners = [(float(lon), float(lat)) for lon, lat in json.loads(shape)]
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("not corners") from error
    on_earth = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in corners)
    if not (3 <= len(corners) <= MOST_CORNERS and on_earth):
        raise ValueError("not so many corners, or not on the earth")
    try:
        found = Polygon([*corners, corners[0]], srid=4326)
    except GEOSException as error:
        raise ValueError("not a polygon") from error
    west, south, east, north = found.extent
    if not found.valid or found.empty or max(east - west, north - south) > WIDEST:
        raise ValueError("it crosses itself, or is too great")
    return found


def shape_of(box: Box) -> str:
    """The shape of a box, as `polygon` reads it."""
    ring = [(box.west, box.south), (box.east, box.south), (box.east, box.north)]
    return json.dumps([*ring, (box.west, box.north)])


def _topics() -> list[Any]:
    categories = Category.objects.prefetch_related(
        Prefetch("topics", Topic.objects.order_by("position", "name"))
    )
    groups = [
        (
            str(category),
            [
                (
                    f"category:{category.code}",
                    gettext("all of “%(category)s”") % {"category": category},
                ),
                *((f"topic:{topic.code}", str(topic)) for topic in category.topics.all()),
            ],
        )
        for category in categories
    ]
    return [("", _("anything")), *groups]
