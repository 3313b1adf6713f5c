"""Lists of messages."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from authorities.topic_queries import find_topics
from portal import listing, places
from portal.forms import ListForm


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """`/issues/`: everything public, filtered, ordered, page by page."""
    address = listing.address_of(request.GET)
    if len(QueryDict(address[1:]).urlencode()) < len(request.GET.urlencode()):
        return redirect(reverse("portal:issues") + address)
    form = ListForm(request.GET)
    try:
        found = listing.read(form, after=request.GET.get("after", ""))
    except ValueError:
        return redirect("portal:issues")
    shown = request.GET.copy()
    shown.pop("after", None)
    query = f"?{shown.urlencode()}" if shown else ""
    is_first = "after" not in request.GET
    context = {
        "form": form,
        "listing": found,
        "tabs": [
            (tab, found.count_on(tab), tab.states_under(form.chosen), tab.is_of(form.chosen))
            for tab in listing.tabs()
        ],
        "heading": (tab.heading if (tab := listing.tab_of(form.chosen)) else ""),
        "title": listing.title(form),
        "chips": listing.chips(form, request.GET, beside=listing.tab_of(form.chosen)),
        "narrowed": len(
            listing.chips(form, request.GET, beside=listing.tab_of(form.chosen), but={"q", "bbox"})
        ),
        "is_first": is_first,
        "says_due": form.order == "deadline",
        "says_closed": form.order == "closed",
        "feed": reverse("portal:feed") + query,
    }
    reading = found.reading
    if is_first and reading and reading.search.wanted:
        # What is typed may be the name of a topic or of a place.
        if found.cards:
            context["topics"] = listing.topics_named(reading, form)
        else:
            guessed = find_topics(text=form.chosen.words, limit=listing.TOPICS)
            context["topics"] = [(topic.code, str(topic)) for topic in guessed]
            context["places"] = places.find(form.chosen.words, limit=1)
    return render(request, "portal/issue_list.html", context)
