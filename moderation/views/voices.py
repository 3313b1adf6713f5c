"""What residents say after publication, at the desk: reports of abuse, denied repairs, control of heads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from issues import operations
from issues.models import Issue
from issues.operations import VoiceRefusedError
from issues.policies import By
from issues.queries import voices
from issues.queries.control import controlled
from issues.workflow import ActionRefusedError
from moderation import queries
from moderation.forms import AbuseDecisionForm
from moderation.views.access import DeskRequest, moderator_required

MOST_SHOWN = 50


@require_GET
@moderator_required
def residents(request: DeskRequest) -> HttpResponse:
    """`/moderation/residents/`: what waits for a decision, and what the desk should know of."""
    return _page(request)


@require_POST
@moderator_required
def decide(request: DeskRequest, number: str) -> HttpResponse:
    """`/moderation/residents/<number>/`: all reports of one message at once."""
    issue = get_object_or_404(Issue, number=number)
    form = AbuseDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, wrong=(issue, form))
    hide = form.cleaned_data["outcome"] == "hide"
    try:
        operations.decide_abuse(
            by=By.moderator(request.user),
            issue=issue,
            hide=hide,
            reason=form.cleaned_data["reason"],
        )
    except VoiceRefusedError:
        messages.info(request, _("Another moderator has decided on these reports already."))
    except ActionRefusedError:
        messages.error(request, _("You can not decide about this message."))
    else:
        words = {"number": number}
        messages.success(
            request,
            _("Message %(number)s is hidden; the reason is public.") % words
            if hide
            else _("Message %(number)s stays as it is.") % words,
        )
    return redirect("moderation:residents")


def _page(
    request: DeskRequest, *, wrong: tuple[Issue, AbuseDecisionForm] | None = None
) -> HttpResponse:
    rows = [
        (found, wrong[1] if wrong and wrong[0] == found.issue else _form(found.issue))
        for found in voices.reported_for_abuse(limit=MOST_SHOWN)
    ]
    context = {
        "figures": queries.figures(request.user),
        "rows": rows,
        "denied": voices.denied(limit=MOST_SHOWN),
        "controlled": controlled().select_related("topic", "authority")[:MOST_SHOWN],
    }
    status = 400 if wrong else 200
    return render(request, "moderation/residents.html", context, status=status)


def _form(issue: Issue) -> AbuseDecisionForm:
    # Many forms on one page: each has ids of its own.
    return AbuseDecisionForm(auto_id=f"id-{issue.pk}-%s")
