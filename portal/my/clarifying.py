"""The author answers a moderator's question, from the letter's signed link or their own page."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from issues import operations
from issues.models import Issue, IssueEvent
from issues.policies import By
from issues.queries.questions import open_question, question_by_token, question_token
from issues.workflow import ActionRefusedError


class ClarifyForm(forms.Form):
    """The answer to the moderator."""

    words = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("Only the moderators read it."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def clarify(request: HttpRequest, token: str) -> HttpResponse:
    """`/clarify/<token>/`: the question and a form; no log-in is needed."""
    asked = question_by_token(token)
    if asked is None:
        return render(request, "portal/my/clarify_gone.html", status=404)
    form = ClarifyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        issue = asked.issue
        assert issue.author is not None
        try:
            operations.clarify_issue(
                by=By.author(issue.author), issue=issue, words=form.cleaned_data["words"]
            )
        except ActionRefusedError:
            return render(request, "portal/my/clarify_gone.html", status=409)
        messages.success(request, _("Thank you. The moderator reads your answer."))
        is_author = request.user.is_authenticated and request.user.pk == issue.author_id
        return redirect("portal:my_issue", issue.number) if is_author else redirect("portal:home")
    context = {"asked": asked, "issue": asked.issue, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "portal/my/clarify.html", context, status=status)


def question_to(issue: Issue) -> tuple[IssueEvent, str] | None:
    """The question that waits for the author's answer, and the token of its page; None for none."""
    if issue.asked_until is None:
        return None
    asked = issue.events.filter(action="ask").select_related("issue__author", "words").last()
    return (asked, question_token(asked)) if asked and open_question(asked) else None
