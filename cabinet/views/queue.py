"""The queue of the desk: what has to be done by when, and what is done."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cabinet import forms, queries
from cabinet.forms.queue import PARTS
from cabinet.views.access import CabinetRequest, officer_required
from common import clock
from issues.queries.control import controlled

_NUMBER = re.compile(r"(?:№\s*)?(\d{4}-\d{1,9})", re.ASCII)


@require_GET
@officer_required
def queue(request: CabinetRequest) -> HttpResponse:
    """What the authority, or one right below it, has to do or has done."""
    own = request.user.official.authority
    below = list(queries.readable(own).exclude(pk=own.pk).order_by("name"))
    whose = request.GET.get("whose", "").replace("\0", "")
    authority = get_object_or_404(queries.readable(own), slug=whose) if whose else own
    form = forms.QueueForm(request.GET, authority=authority)
    chosen = form.chosen
    if match := _NUMBER.fullmatch(chosen.words):
        if queries.readable_issues(own).filter(number=match[1]).exists():
            return redirect("cabinet:issue", match[1])
        messages.info(request, _("You have no message %(number)s.") % {"number": match[1]})
    figures = queries.figures(authority)
    given, warned = queries.warned(authority)
    context = {
        "authority": authority,
        "is_own": authority == own,
        "own": own,
        "below": below,
        "form": form,
        "chosen": chosen,
        "controlled": controlled(authority).select_related("topic"),
        "parts": [(name, PARTS[name], figures[name or "all"]) for name in ("", *queries.BUCKETS)],
        "given": given,
        "warned": warned,
        "watched_days": queries.WATCHED_DAYS,
        "page": queries.page(authority, chosen, after=request.GET.get("after", "")),
        "is_done": chosen.is_done,
        "is_first": "after" not in request.GET,
        "now": clock.now(),
    }
    return render(request, "cabinet/queue.html", context)
