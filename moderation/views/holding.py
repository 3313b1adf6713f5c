"""Decisions that have not gone out yet: undone, sent at once, or dropped and told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from moderation import operations, queries
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.message import issue_of
from moderation.views.refusals import REFUSALS, refusal


@require_POST
@moderator_required
def undo(request: DeskRequest, number: str) -> HttpResponse:
    """Takes a decision back and opens its message with the form as it was."""
    try:
        operations.undo(by=request.user, issue=issue_of(number))
    except (operations.GoneError, *REFUSALS) as error:
        messages.error(request, refusal(error))
        return redirect("moderation:queue")
    messages.success(request, _("Undone: nothing has gone out, the message is yours again."))
    return redirect("moderation:message", number)


@require_POST
@moderator_required
def undo_all(request: DeskRequest) -> HttpResponse:
    """Takes all decisions back that have not gone out."""
    undone = 0
    for held in queries.decided_by(request.user):
        try:
            operations.undo(by=request.user, issue=held.issue)
        except (operations.GoneError, *REFUSALS) as error:
            messages.error(request, f"№ {held.issue.number}: {refusal(error)}")
        else:
            undone += 1
    messages.success(
        request, _("Undone: %(count)s. The messages are yours again.") % {"count": undone}
    )
    return redirect("moderation:queue")


@require_POST
@moderator_required
def send_now(request: DeskRequest, number: str) -> HttpResponse:
    """Sends a decision out before its time."""
    try:
        judged = operations.send_now(by=request.user, issue=issue_of(number))
    except operations.GoneError:
        judged = None
        messages.info(request, _("It has gone out already."))
    if judged is not None:
        messages.success(
            request, _("The decision about message %(number)s has gone out.") % {"number": number}
        )
    return redirect("moderation:queue")


@require_POST
@moderator_required
def put_away(request: DeskRequest, dropped: int) -> HttpResponse:
    """The moderator has read why a decision did not go out."""
    operations.put_away(by=request.user, dropped=dropped)
    return redirect("moderation:queue")
