"""What the desk does with messages and answers that are public already."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from authorities.models import Kind
from common import clock
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation import queries
from moderation.forms import AssignForm, ReasonForm, ThanksForm
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.message import issue_of, message_page
from moderation.views.refusals import REFUSALS, refusal


@require_POST
@moderator_required
def hide(request: DeskRequest, number: str) -> HttpResponse:
    """Hides a published message."""
    return _change_visibility(request, number, issue_operations.hide_issue, _("It is hidden."))


@require_POST
@moderator_required
def unhide(request: DeskRequest, number: str) -> HttpResponse:
    """Shows a hidden message again."""
    operation = issue_operations.unhide_issue
    return _change_visibility(request, number, operation, _("Everybody sees it again."))


@require_POST
@moderator_required
def assign(request: DeskRequest, number: str) -> HttpResponse:
    """Gives a published message without an authority to one."""
    issue = issue_of(number)
    form = AssignForm(request.POST)
    if not form.is_valid():
        return message_page(request, issue, assign_form=form)
    try:
        issue_operations.assign_authority(
            by=By.moderator(request.user), issue=issue, authority=form.cleaned_data["authority"]
        )
    except REFUSALS as error:
        messages.error(request, refusal(error))
        return redirect("moderation:message", number)
    messages.success(
        request,
        _("Message %(number)s is sent to: %(authority)s.")
        % {"number": number, "authority": form.cleaned_data["authority"]},
    )
    return redirect("moderation:routing")


@require_POST
@moderator_required
def acknowledge(request: DeskRequest, number: str) -> HttpResponse:
    """Closes published thanks with a kind word."""
    issue = issue_of(number)
    form = ThanksForm(request.POST)
    if issue.kind != Kind.THANKS or not form.is_valid():
        return message_page(request, issue)
    try:
        issue_operations.acknowledge_thanks(
            by=By.moderator(request.user), issue=issue, note=form.cleaned_data["note"]
        )
    except REFUSALS as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, _("The thanks are received."))
    return redirect("moderation:message", number)


@require_GET
@moderator_required
def routing(request: DeskRequest) -> HttpResponse:
    """Published messages that no rule could place."""
    now = clock.now()
    context = {
        "figures": queries.figures(request.user),
        "page": queries.unrouted(after=request.GET.get("after", "")),
        "now": now,
        "soon": now + queries.SOON,
    }
    return render(request, "moderation/routing.html", context)


@require_GET
@moderator_required
def answers(request: DeskRequest) -> HttpResponse:
    """Public answers of authorities in which personal data or faces were found, the latest first (R6.1)."""
    context = {
        "figures": queries.figures(request.user),
        "answers": queries.with_personal_data(),
        "looks": queries.with_faces(),
    }
    return render(request, "moderation/answers.html", context)


def _change_visibility(
    request: DeskRequest, number: str, operation: Callable[..., Issue], done: str
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: everybody reads the reason."))
        return redirect("moderation:message", number)
    try:
        operation(
            by=By.moderator(request.user),
            issue=issue_of(number),
            reason=form.cleaned_data["reason"],
        )
    except REFUSALS as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, done)
    return redirect("moderation:message", number)
