"""The queue, and how a message is taken from it and let go."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from common import clock
from moderation import operations, queries
from moderation.forms import QueueForm
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.message import issue_of, lease
from moderation.views.pending import ended, pending
from moderation.views.refusals import REFUSALS, refusal

MOST_SHOWN = 200
"""Of so many messages at most a page asks how they stand."""


@require_GET
@moderator_required
@vary_on_headers("HX-Request")
def queue(request: DeskRequest) -> HttpResponse:
    """Messages by the time left of their 48 hours; of a page that stands there already, the list alone."""
    # At this look too, should the clock of the workers stand still.
    operations.send_due(most=3)
    form = QueueForm(request.GET, counted=not request.htmx)
    narrowed = form.narrowed()
    page = queries.queue(after=request.GET.get("after", ""), narrowed=narrowed)
    further = request.GET.copy()
    further.pop("after", None)
    further["after"] = page.next
    context: dict[str, Any] = {
        "further": further.urlencode(),
        "found": narrowed.count() if form.is_narrow else None,
        "page": page,
        "rows": queries.rows(page.issues),
        **_times(),
    }
    if request.htmx:
        return render(request, "moderation/_narrowed.html", context)
    context |= {
        "figures": queries.figures(request.user, of_now=False),
        "mine": queries.rows(queries.mine(request.user)),
        "form": form,
        **pending(request.user),
    }
    return render(request, "moderation/queue.html", context)


@require_GET
@moderator_required
def now(request: DeskRequest) -> HttpResponse:
    """How the messages stand that a page of the queue shows, and whether others stand there now.

    The page asks itself, with its own address, the numbers that it has `shown`, and of these the
    decisions of the moderator that were `held` then.
    """
    form = QueueForm(request.GET, counted=False)
    narrowed = form.narrowed()
    shown = request.GET.getlist("shown")[:MOST_SHOWN]
    after = request.GET.get("after", "")
    context = {
        "figures": queries.figures(request.user, of_now=False),
        "come_up": queries.come_up(shown, after=after, narrowed=narrowed),
        "rows": queries.rows_now(shown, standing=form.cleaned_data.get("standing", "")),
        "ended": ended(request.user, request.GET.getlist("held")[:MOST_SHOWN]),
        **_times(),
    }
    return render(request, "moderation/_now.html", context)


def _times() -> dict[str, datetime]:
    now = clock.now()
    return {"now": now, "soon": now + queries.SOON}


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
    """Takes one message, or keeps it for longer."""
    kept: dict[str, Any]
    try:
        kept = lease(operations.claim(by=request.user, issue=issue_of(number)))
    except REFUSALS as error:
        kept = {"refused": refusal(error)}
    if request.htmx:
        # From the page of a message that the moderator has, to keep it.
        return render(request, "moderation/_lease.html", kept)
    if "refused" in kept:
        messages.error(request, kept["refused"])
    return redirect("moderation:message", number)


@require_POST
@moderator_required
def release(request: DeskRequest, number: str) -> HttpResponse:
    """Lets a message go."""
    operations.release(by=request.user, issue=issue_of(number))
    if request.htmx:
        context = {"rows": queries.rows_now([number], standing=""), **_times()}
        return render(request, "moderation/_rows_now.html", context)
    messages.success(request, _("Message %(number)s is free again.") % {"number": number})
    return redirect("moderation:queue")
