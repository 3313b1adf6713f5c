"""What a moderator decides about the author's words on an answer, or a photo of a repair."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import personal_data
from issues.models import Rating


class PublishedWords(forms.CharField):
    """Words that only publishing needs."""

    needed = _("required to publish")


class CommentForm(forms.Form):
    """Published, with the words as everybody reads them; or left to the authority and the moderators."""

    outcome = forms.ChoiceField(choices=[("publish", "publish"), ("withhold", "withhold")])
    words = PublishedWords(
        label=_("What everybody reads"),
        help_text=_("Personal data that were found are masked already. Leave the rest as it is."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2500,
    )

    @classmethod
    def of(cls, rating: Rating) -> "CommentForm":
        """The form of one verdict, with what would be published; many stand on one page."""
        found = personal_data.find(rating.comment)
        words = rating.published_comment or personal_data.masked(rating.comment, found)
        return cls(initial={"words": words}, auto_id=f"id-{rating.pk}-%s")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "publish" and not cleaned.get("words", "").strip():
            self.add_error("words", _("There are no words to publish."))
        return cleaned


class PhotoForm(forms.Form):
    """Whether everybody may see a photo; `seen` is the one that the moderator looked at."""

    outcome = forms.ChoiceField(choices=[("show", "show"), ("withhold", "withhold")])
    seen = forms.UUIDField()


class NumberForm(forms.Form):
    """One message, to look at its words and photos again."""

    number = forms.SlugField(
        label=_("Number of a message"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
