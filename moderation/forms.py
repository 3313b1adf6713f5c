"""What a moderator fills in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority, Category, Kind, Topic
from common import clock, personal_data
from geo.models import Municipality
from issues.models import Channel, Issue
from moderation import queries
from moderation.models import Claim, Code, RejectionReason


class _TopicField(forms.ModelChoiceField[Topic]):
    def label_from_instance(self, obj: Topic) -> str:
        return f"{obj.category} · {obj}"


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
    topic = _TopicField(
        label=_("Topic"),
        queryset=Topic.objects.none(),
        help_text=_("With another topic the authority is found anew."),
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
            "published_text": personal_data.masked(
                issue.description, personal_data.find(issue.description)
            ),
            "topic": issue.topic_id,
            "authority": issue.authority_id,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        topics = Topic.objects.filter(is_active=True, kinds__contains=[issue.kind])
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

    def chosen_topic(self) -> Topic | None:
        """Another topic than the author's, None for the same."""
        return self.cleaned_data["topic"] if "topic" in self.changed_data else None

    def chosen_authority(self) -> Authority | None:
        """The authority that the moderator chose, None where the rules decide."""
        return self.cleaned_data["authority"] if "authority" in self.changed_data else None


class RejectForm(forms.Form):
    """The decision to reject, with a reason of the list."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
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

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": issue.event_count}
        super().__init__(*args, **kwargs)
        self._language = issue.author.language if issue.author else "ru"

    def words(self) -> tuple[str, str]:
        """What the author reads and the ground of law, in the author's language."""
        reason: RejectionReason = self.cleaned_data["reason"]
        _name, ground, letter = reason.in_language(self._language)
        comment = self.cleaned_data["comment"].strip()
        return "\n\n".join(filter(None, (letter, comment))), ground


class ReasonForm(forms.Form):
    """Why a message is hidden or shown again."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody reads it in the timeline."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class HidingReason(forms.CharField):
    """Words that only hiding needs."""

    needed = _("required to hide it")


class AbuseDecisionForm(forms.Form):
    """What becomes of a message that residents report; hiding needs a reason."""

    outcome = forms.ChoiceField(choices=[("hide", "hide"), ("nothing_wrong", "nothing_wrong")])
    reason = HidingReason(
        label=_("Reason to hide it"),
        help_text=_("Everybody reads it in the timeline."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "hide" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why: everybody reads the reason."))
        return cleaned


class AssignForm(forms.Form):
    """The authority for a message that no rule could place."""

    authority = forms.ModelChoiceField(
        label=_("Authority"), queryset=Authority.objects.filter(is_active=True)
    )


class QueueForm(forms.Form):
    """Which messages of the queue are shown; what is not understood does not narrow."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("any"),
    )
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    finding = forms.ChoiceField(label=_("Finding"), required=False)
    standing = forms.ChoiceField(label=_("Standing"), required=False)
    # By a message of theirs, so that no address names a person.
    author_of = forms.CharField(
        label=_("By the author of message No."), required=False, max_length=16
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = Municipality.objects.order_by("name").values_list("code", "name")
        offered: dict[str, Iterable[tuple[str, Any]]] = {
            "kind": Kind.choices,
            "municipality": dict(towns).items(),
            "channel": Channel.choices,
            "finding": Code.choices,
            "standing": [
                ("urgent", _("urgent")),
                ("referred", _("for the head moderator")),
                ("asked", _("the author is asked")),
                ("free", _("nobody has it")),
            ],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("any")), *choices]

    def narrowed(self) -> "QuerySet[Issue]":
        """The messages that are asked for."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        standing = chosen.pop("standing", "")
        rows = queries.asked() if standing == "asked" else queries.waiting()
        if standing == "free":
            taken = Claim.objects.filter(issue=OuterRef("pk"), expires_at__gt=clock.now())
            rows = rows.exclude(Exists(taken))
        elif standing in {"urgent", "referred"}:
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
        "category": "topic__category",
        "municipality": "municipality__code",
        "channel": "channel",
        "finding": "findings__code",
    }


class ThanksForm(forms.Form):
    """A kind word to thanks, which closes them."""

    note = forms.CharField(
        label=_("A kind word"),
        help_text=_("Everybody reads it in the timeline."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
    )
