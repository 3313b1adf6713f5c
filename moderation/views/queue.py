"""The queue, and how a message is taken from it and let go."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import clock
from moderation import operations, queries
from moderation.forms import QueueForm
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.message import issue_of
from moderation.views.pending import pending
from moderation.views.refusals import REFUSALS, refusal


@require_GET
@moderator_required
def queue(request: DeskRequest) -> HttpResponse:
    """Messages by the time left of their 48 hours."""
    # At this look too, should the clock of the workers stand still.
    operations.send_due(most=3)
    form = QueueForm(request.GET)
    narrowed = form.narrowed()
    chosen = request.GET.copy()
    chosen.pop("after", None)
    page = queries.queue(after=request.GET.get("after", ""), narrowed=narrowed)
    return render(
        request,
        "moderation/queue.html",
        {
            "figures": queries.figures(request.user),
            "mine": queries.rows(queries.mine(request.user)),
            "form": form,
            "chosen": chosen.urlencode(),
            "found": narrowed.count() if form.is_narrow else None,
            "page": page,
            "rows": queries.rows(page.issues),
            "now": clock.now(),
            "soon": clock.now() + queries.SOON,
            **pending(request.user),
        },
    )


@require_POST
@moderator_required
def claim_next(request: DeskRequest) -> HttpResponse:
    """Takes the most pressing free message and opens it."""
    issue = operations.claim_next(by=request.user)
    if issue is None:
        messages.info(request, _("Nothing waits that nobody has taken."))
        return redirect("moderation:queue")
    return redirect("moderation:message", issue.number)


@require_POST
@moderator_required
def claim(request: DeskRequest, number: str) -> HttpResponse:
    """Takes one message."""
    try:
        operations.claim(by=request.user, issue=issue_of(number))
    except REFUSALS as error:
        messages.error(request, refusal(error))
    return redirect("moderation:message", number)


@require_POST
@moderator_required
def release(request: DeskRequest, number: str) -> HttpResponse:
    """Lets a message go."""
    operations.release(by=request.user, issue=issue_of(number))
    messages.success(request, _("Message %(number)s is free again.") % {"number": number})
    return redirect("moderation:queue")
