"""The author adds words and files to a message that an authority works on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from common import unsent, uploads
from issues import operations
from issues.operations.filing import MAX_ATTACHMENTS
from issues.policies import By
from issues.queries.additions import additions
from issues.workflow import MAX_ADDITIONS, ActionRefusedError
from portal.my.views import actions_of, issue_of, resident_of


class FilesInput(forms.FileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each judged; the refused ones are named with the reason."""

    widget = FilesInput(attrs={"accept": uploads.ACCEPT})

    def __init__(self, *, room: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.room = room

    def clean(self, data: Any, initial: Any = None) -> list[uploads.Upload]:
        sent: list[UploadedFile[bytes]] = data or []
        # Counted before any is examined, which is slow.
        if len(sent) > self.room:
            left = ngettext(
                "%(count)s more file can be added.", "%(count)s more files can be added.", self.room
            )
            raise ValidationError(left % {"count": self.room}, "too_many")
        taken, refused = [], uploads.RefusedFiles()
        for file in sent:
            try:
                taken.append(uploads.examine(file, name=uploads.clean_name(file.name or "")))
            except uploads.UploadRefusedError as error:
                refused.add(error.name, error.reason)
        if sentences := refused.sentences():
            raise ValidationError(sentences)
        return taken


class AdditionForm(forms.Form):
    """Words, and files where there are any."""

    words = forms.CharField(
        label=gettext_lazy("What you add"),
        help_text=gettext_lazy("The authority and the moderators read it, nobody else."),
        error_messages={"required": gettext_lazy("Write what you add.")},
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
    )

    def __init__(self, *args: Any, room: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = FilesField(
            label=gettext_lazy("Photos and documents"),
            required=False,
            room=room,
            help_text=gettext_lazy(
                "20 MB each: JPEG, PNG, WebP, PDF, DOCX, ODT, TXT. "
                "Place and device are removed from photos."
            ),
        )


@unsent.login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/add/`: a form without any script."""
    issue = issue_of(request, number)
    before = additions(issue)
    left = MAX_ADDITIONS - len(before)
    if request.method != "POST" and ("supplement" not in actions_of(issue) or left <= 0):
        return redirect("portal:my_issue", number)
    room = MAX_ATTACHMENTS - sum(len(one.files) for one in before)
    _path, typed = unsent.given_back(request, request.path.__eq__)
    form = AdditionForm(request.POST or None, request.FILES or None, room=room, initial=typed)
    if request.method == "POST" and form.is_valid():
        try:
            operations.add_to_issue(
                by=By.author(resident_of(request)),
                issue=issue,
                words=form.cleaned_data["words"],
                files=form.cleaned_data["files"],
            )
        except (ActionRefusedError, ValueError):
            messages.error(request, _("Nothing can be added to this message now."))
        else:
            messages.success(request, _("It is added; the authority reads it."))
        return redirect("portal:my_issue", number)
    context = {"issue": issue, "form": form, "left": left}
    status = 400 if request.method == "POST" else 200
    return render(request, "portal/my/add.html", context, status=status)
