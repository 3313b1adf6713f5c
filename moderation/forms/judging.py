"""What a moderator fills in to say yes or no."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from authorities.models import Authority, Kind, Topic
from common import personal_data
from issues.models import Issue
from moderation.forms.placing import PlaceForm, written
from moderation.models import RejectionReason


def offered_text(issue: Issue) -> str:
    """The author's words as they would be published if nobody changed them: personal data are masked."""
    return personal_data.masked(issue.description, personal_data.find(issue.description))


class AcceptForm(PlaceForm):
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
    authority = forms.ModelChoiceField(
        label=_("Authority"),
        queryset=Authority.objects.none(),
        required=False,
        empty_label=_("by the rules"),
    )
    field_order = ("seen", "published_text", "kind", "topic", "point", "authority")

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "seen": issue.event_count,
            "published_text": offered_text(issue),
            "kind": issue.kind,
            "topic": issue.topic_id,
            "point": written(issue.point),
            "authority": issue.authority_id,
        } | kwargs.get("initial", {})
        super().__init__(*args, issue=issue, **kwargs)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Authority.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        topic, kind = cleaned.get("topic"), cleaned.get("kind") or self.issue.kind
        if topic and topic.pk != self.issue.topic_id and kind not in topic.kinds:
            self.add_error("topic", _("This topic is not for messages of this kind."))
        elif topic and self.chosen_kind() and kind not in topic.kinds:
            self.add_error("kind", _("The topic is not for messages of this kind."))
        return cleaned

    def seen_by_all(self) -> dict[str, Any]:
        """What is published, for a preview; of a form without faults."""
        kinds = dict(Kind.choices)
        kind = self.chosen_kind() or self.issue.kind
        placed = self.placed()
        by_rules = placed.authority if placed else self.issue.authority
        return {
            **self.cleaned_data,
            "kind_label": kinds[Kind(kind)],
            "authority": self.chosen_authority() or by_rules,
            "placed": placed,
        }

    def in_words(self) -> str:
        """The text and whatever was changed beside it, for a page that has no such form any more."""
        kinds = dict(Kind.choices)
        kind, point = self.chosen_kind(), self.cleaned_data["point"]
        changed = {
            "kind": kinds[Kind(kind)] if kind else None,
            "topic": self.chosen_topic(),
            "point": written(point) if point else None,
            "authority": self.chosen_authority(),
        }
        told = [f"{self.fields[name].label}: {value}" for name, value in changed.items() if value]
        return "\n".join([self.cleaned_data["published_text"], *told])

    def chosen_kind(self) -> str | None:
        """Another kind than the author's, None for the same."""
        kind: str = self.cleaned_data.get("kind", "")
        return kind if kind and kind != self.issue.kind else None

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
        help_text=_("Added to the letter. Its author and the moderators read them, nobody else."),
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
