"""Lists of messages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from issues import queries
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
    return render(
        request,
        "portal/issue_list.html",
        {
            "form": form,
            "page": page,
            "chosen": chosen,
            "is_first": "after" not in request.GET,
        },
    )
