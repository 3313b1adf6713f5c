"""Lists of messages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from authorities.topic_queries import find_topics
from issues import queries
from portal import places
from portal.forms import ListForm


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """`/issues/`: everything public, filtered, ordered, page by page."""
    form = ListForm(request.GET)
    chosen = form.chosen
    try:
        page = queries.page(chosen.issues(), sort=form.order, after=request.GET.get("after", ""))
    except ValueError:
        return redirect("portal:issues")
    context = {
        "form": form,
        "page": page,
        "chosen": chosen,
        "is_first": "after" not in request.GET,
    }
    if chosen.words and not page.issues:
        # Both forgive typing mistakes, as the search in texts can not.
        found = places.find(chosen.words, limit=1)
        context["places"] = found
        context["topics"] = [] if found else find_topics(text=chosen.words, limit=3)
    return render(request, "portal/issue_list.html", context)
