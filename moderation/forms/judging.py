"""What a moderator fills in to say yes or no."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from authorities.models import Authority, Kind, Topic
from common import clock, personal_data
from geo import queries as ground
from issues.models import Issue
from moderation.models import RejectionReason


class _TopicField(forms.ModelChoiceField[Topic]):
    def label_from_instance(self, obj: Topic) -> str:
        return f"{obj.category} · {obj}"


def _written(point: Point) -> str:
    return f"{point.y:.5f}, {point.x:.5f}"


def offered_text(issue: Issue) -> str:
    """The author's words as they would be published if nobody changed them: personal data are masked."""
    return personal_data.masked(issue.description, personal_data.find(issue.description))


class AcceptForm(forms.Form):
    """The decision to publish, with the moderator's changes.

    `seen` says which entry of the timeline the moderator has read, so that a message that its author
    sent anew in the meantime is not judged unread.
    """

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    published_text = forms.CharField(
        label=_("Text for the public"),
        help_text=_(
            "Mask what nobody but the authority should read; personal data that were found are masked "
            "already. The author's text is kept."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, required=False)
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
    )
    authority = forms.ModelChoiceField(
        label=_("Authority"),
        queryset=Authority.objects.none(),
        required=False,
        empty_label=_("by the rules"),
    )

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "seen": issue.event_count,
            "published_text": offered_text(issue),
            "kind": issue.kind,
            "topic": issue.topic_id,
            "point": _written(issue.point),
            "authority": issue.authority_id,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self._issue = issue
        topics = Topic.objects.filter(is_active=True)
        present = Topic.objects.filter(pk=issue.topic_id)
        field = self.fields["topic"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            (topics | present)
            .select_related("category")
            .order_by("category__position", "category__name", "position", "name")
        )
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Authority.objects.filter(is_active=True)

    def clean_point(self) -> Point | None:
        """Another point than the author's, in the region; None for the same."""
        written: str = self.cleaned_data["point"].strip()
        if not written or written == _written(self._issue.point):
            return None
        lat, lon = (float(number) for number in written.split(","))
        day = clock.region_date(self._issue.filed_at)
        if ground.municipality_id_at(lon=lon, lat=lat, on=day) is None:
            raise forms.ValidationError(_("This point lies in no municipality of the region."))
        return Point(lon, lat, srid=4326)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        topic, kind = cleaned.get("topic"), cleaned.get("kind") or self._issue.kind
        if topic and topic.pk != self._issue.topic_id and kind not in topic.kinds:
            self.add_error("topic", _("This topic is not for messages of this kind."))
        elif topic and self.chosen_kind() and kind not in topic.kinds:
            self.add_error("kind", _("The topic is not for messages of this kind."))
        return cleaned

    def seen_by_all(self) -> dict[str, Any]:
        """What is published, for a preview; of a form without faults."""
        kinds = dict(Kind.choices)
        kind = self.chosen_kind() or self._issue.kind
        return {**self.cleaned_data, "kind_label": kinds[Kind(kind)]}

    def chosen_kind(self) -> str | None:
        """Another kind than the author's, None for the same."""
        kind: str = self.cleaned_data.get("kind", "")
        return kind if kind and kind != self._issue.kind else None

    def chosen_topic(self) -> Topic | None:
        """Another topic than the author's, None for the same."""
        return self.cleaned_data["topic"] if "topic" in self.changed_data else None

    def chosen_authority(self) -> Authority | None:
        """The authority that the moderator chose, None where the rules decide."""
        return self.cleaned_data["authority"] if "authority" in self.changed_data else None


class RejectionForm(forms.Form):
    """A reason of the list, and words of one's own."""

    reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=RejectionReason.objects.filter(is_active=True)
    )
    comment = forms.CharField(
        label=_("Words of your own"),
        help_text=_(
            "Added to the letter. Name no persons: if the message is published later, "
            "its timeline shows them."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )

    def words_to(self, author: User | None) -> tuple[str, str]:
        """What the author reads and the ground of law, in the author's language."""
        reason: RejectionReason = self.cleaned_data["reason"]
        _name, ground, letter = reason.in_language(author.language if author else "ru")
        comment = self.cleaned_data["comment"].strip()
        return "\n\n".join(filter(None, (letter, comment))), ground


class RejectForm(RejectionForm):
    """The decision to reject one message."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": issue.event_count} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
