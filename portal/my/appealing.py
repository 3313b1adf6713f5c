"""The author of a rejected message asks for a second look by another moderator."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from common import unsent
from issues import operations
from issues.policies import By
from issues.queries.appeals import last_appeal, may_appeal
from issues.workflow import ActionRefusedError
from portal.my.views import issue_of, resident_of


class AppealForm(forms.Form):
    """Why the message should be published all the same."""

    words = forms.CharField(
        label=gettext_lazy("Why it should be published"),
        help_text=gettext_lazy("Only the moderators read it."),
        error_messages={"required": gettext_lazy("Write why it should be published.")},
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
    )


@unsent.login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/appeal/`: the rejection once more, and a form without any script."""
    issue = issue_of(request, number)
    if request.method != "POST" and not may_appeal(issue):
        return redirect("portal:my_issue", number)
    _path, typed = unsent.given_back(request, request.path.__eq__)
    form = AppealForm(request.POST if request.method == "POST" else None, initial=typed)
    if request.method == "POST" and form.is_valid():
        try:
            operations.appeal_rejection(
                by=By.author(resident_of(request)), issue=issue, words=form.cleaned_data["words"]
            )
        except ActionRefusedError:
            messages.error(request, _("A second look can not be asked for now."))
        else:
            messages.success(request, _("Another moderator looks at your message within 48 hours."))
        return redirect("portal:my_issue", number)
    context = {"issue": issue, "form": form, "looked_at": last_appeal(issue)}
    status = 400 if request.method == "POST" else 200
    return render(request, "portal/my/appeal.html", context, status=status)
