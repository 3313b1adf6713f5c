"""The answer of an authority, as an officer writes it (R6.1)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from authorities.models import Official
from cabinet.forms.fields import LONGEST_TEXT, DayField
from common import clock, uploads
from issues import operations
from issues.models import Answer, Attachment, Issue

FILE_FIELDS: Mapping[str, str] = {
    "before": Attachment.Purpose.BEFORE,
    "after": Attachment.Purpose.AFTER,
    "documents": Attachment.Purpose.ANSWER,
}
"""The fields that take files, and what their files are for."""


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class ReplyForm(forms.Form):
    """The answer; what was typed is kept whether it is right or wrong, files go their own way."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Answer.Decision.choices)
    due_date = DayField(
        label=_("Promised by"),
        required=False,
        help_text=_("For a deferred decision: the message stays open until then."),
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Everybody reads it: name no private persons, phones or flats."),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=LONGEST_TEXT,
    )
    signatory = forms.ModelChoiceField(
        label=_("Signed by"), queryset=Official.objects.none(), empty_label=None
    )
    before = forms.FileField(
        label=_("Photos before the work"),
        required=False,
        widget=_Files(attrs={"accept": uploads.ACCEPT_PHOTOS}),
        help_text=_("The author's own photo stands here where you send none."),
    )
    after = forms.FileField(
        label=_("Photos after the work"),
        required=False,
        widget=_Files(attrs={"accept": uploads.ACCEPT_PHOTOS}),
        help_text=_("From the same spot: they are shown side by side."),
    )
    documents = forms.FileField(
        label=_("Other photos and documents"),
        required=False,
        widget=_Files(attrs={"accept": uploads.ACCEPT}),
        help_text=_("At most ten files in all, 20 MB each. Published with the answer."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, issue: Issue, user: User, **options: Any
    ) -> None:
        super().__init__(data, auto_id="reply-%s", **options)
        field = self.fields["signatory"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Official.objects.filter(authority=user.official.authority)
            .select_related("user")
            .order_by("-is_head", "user__last_name", "pk")
        )
        field.initial = user.official.pk
        tomorrow = clock.region_date(clock.now()).isoformat()
        self.fields["due_date"].widget.attrs["min"] = tomorrow

    def clean(self) -> dict[str, Any] | None:
        """A deferring answer promises a day to come; the others promise none."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") != Answer.Decision.DEFERRED:
            cleaned["due_date"] = None
        elif "due_date" in cleaned:
            day = cleaned["due_date"]
            if day is None:
                self.add_error("due_date", _("Say by which day it will be done."))
            elif day <= clock.region_date(clock.now()):
                self.add_error("due_date", _("Choose a day to come."))
        return cleaned

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, as it was."""
        names = ("decision", "due_date", "text", "signatory")
        return {name: str(self.data.get(name, ""))[:LONGEST_TEXT] for name in names}

    def reply(self, files: Iterable[Attachment]) -> operations.Reply:
        """The valid form as an operation takes it."""
        cleaned = self.cleaned_data
        official: Official = cleaned["signatory"]
        return operations.Reply(
            decision=cleaned["decision"],
            text=cleaned["text"],
            due_date=cleaned["due_date"],
            signatory=official.user.full_name or str(official.authority),
            signatory_post=official.post,
            attachments=[file.uid for file in files],
        )


def examined(
    files: Iterable[File[bytes]], *, only_photos: bool
) -> tuple[list[uploads.Upload], uploads.RefusedFiles]:
    """Files judged by their content: those that are taken, and why each of the others is not."""
    taken, refused = [], uploads.RefusedFiles()
    for file in files:
        try:
            upload = uploads.examine(file, name=file.name or "")
        except uploads.UploadRefusedError as error:
            refused.add(error.name, error.reason)
            continue
        if only_photos and not upload.is_photo:
            refused.add(uploads.clean_name(file.name or ""), gettext("this is no photo"))
        else:
            taken.append(upload)
    return taken, refused
