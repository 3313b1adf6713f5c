"""Atom feeds (RFC 4287): of any list of messages, of an authority, and of what happens to one message."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
    set_response_etag,
)
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from authorities.models import Authority
from issues import queries, telling
from issues.models import Issue
from issues.policies import may_see
from portal import listing
from portal.forms import ListForm

ENTRIES = 50
MAX_AGE_SECONDS = 60


BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""When an empty feed was last changed: it is the same whenever it is asked for."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML can not hold."""


class Feed(Atom1Feed):
    """With the address of the next page (RFC 5005), and nothing in its words that XML can not hold."""

    def __init__(self, title: str, *given: Any, **more: Any) -> None:
        super().__init__(CONTROL.sub(" ", title), *given, **more)

    def add_item(self, title: str, link: str, description: str, *given: Any, **more: Any) -> None:
        words = CONTROL.sub(" ", description)
        super().add_item(CONTROL.sub(" ", title), link, words, *given, **more)

    def latest_post_date(self) -> datetime:
        latest: datetime = super().latest_post_date() if self.items else BEGINNING
        return latest

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if following := self.feed["following"]:
            handler.addQuickElement("link", "", {"rel": "next", "href": following})


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """`/feeds/issues/`: the newest messages of a list, by the parameters of its address."""
    form = ListForm(request.GET)
    return _messages(request, form, title=listing.title(form), page=reverse("portal:issues"))


@require_safe
def authority(request: HttpRequest, slug: str) -> HttpResponse:
    """`/feeds/authorities/<slug>/`: the newest messages that an authority answers."""
    found = get_object_or_404(Authority, slug=slug)
    given = request.GET.copy()
    given["authority"] = slug
    return _messages(
        request,
        ListForm(given),
        title=gettext("Messages to: %(authority)s") % {"authority": found},
        page=reverse("portal:authority", args=[slug]),
    )


@require_safe
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """`/feeds/issues/<number>/`: what happens to one message, the newest first."""
    found = queries.by_number(number).first()
    if found is None or not may_see(None, found):
        raise Http404
    page = request.build_absolute_uri(reverse("portal:issue", args=[number]))
    feed = _feed(
        request, title=f"{found.topic}, {found.address} (№ {found.number})", page=page, following=""
    )
    # On the page the answers stand above the timeline; here nothing stands above it.
    answers = {answer.published_at: answer.text for answer in found.answers.all()}
    for place, entry in reversed([*enumerate(telling.entries(found), start=1)]):
        feed.add_item(
            title=entry.words,
            link=page,
            description=entry.note or answers.get(entry.at, ""),
            unique_id=_tag(request, found.filed_at, f"{number}/{place}"),
            pubdate=entry.at,
            updateddate=entry.at,
        )
    return _answered(request, feed)


def _messages(request: HttpRequest, form: ListForm, *, title: str, page: str) -> HttpResponse:
    try:
        found = listing.read(form, sort="newest", after=request.GET.get("after", ""), size=ENTRIES)
    except ValueError:
        raise Http404 from None
    shown = request.GET.copy()
    shown.pop("after", None)
    query = f"?{shown.urlencode()}" if shown else ""
    following = ""
    if found.after:
        shown["after"] = found.after
        following = request.build_absolute_uri(f"{request.path}?{shown.urlencode()}")
    feed = _feed(
        request, title=title, page=request.build_absolute_uri(page + query), following=following
    )
    for card in found.cards:
        feed.add_item(**_item(request, card.issue))
    return _answered(request, feed)


def _item(request: HttpRequest, issue: Issue) -> dict[str, Any]:
    """An entry says what the card says; of the author nothing."""
    told = [f"{issue.address}.", Truncator(issue.published_text).chars(500)]
    told.append(f"({issue.get_kind_display()}, {issue.get_state_display()})")
    published = issue.published_at or issue.filed_at
    return {
        "title": str(issue.topic),
        "link": request.build_absolute_uri(reverse("portal:issue", args=[issue.number])),
        "description": " ".join(told),
        "unique_id": _tag(request, issue.filed_at, issue.number),
        "pubdate": published,
        "updateddate": _latest([published, issue.answered_at, issue.closed_at]),
        "categories": [str(issue.topic)],
    }


def _latest(moments: Iterable[datetime | None]) -> datetime:
    return max(moment for moment in moments if moment)


def _tag(request: HttpRequest, since: datetime, name: str) -> str:
    """An identifier for ever, wherever the message is shown (RFC 4151)."""
    host = request.get_host().partition(":")[0]
    return f"tag:{host},{since:%Y-%m-%d}:{name}"


def _feed(request: HttpRequest, *, title: str, page: str, following: str) -> Feed:
    return Feed(
        title=f"{title} — {gettext('Voice of the Region')}",
        link=page,
        description="",
        language=get_language(),
        author_name=gettext("Voice of the Region"),
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(),
        following=following,
    )


def _answered(request: HttpRequest, feed: Feed) -> HttpResponse:
    """The feed, or that the reader has it already."""
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")
    changed = int(feed.latest_post_date().timestamp())
    response["Last-Modified"] = http_date(changed)
    set_response_etag(response)
    patch_cache_control(response, public=True, max_age=MAX_AGE_SECONDS)
    # The language is the cookie's before the browser's.
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    found = get_conditional_response(
        request, etag=response["ETag"], last_modified=changed, response=response
    )
    return found or response
