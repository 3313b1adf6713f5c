"""The steps of filing: words and photos, topic, place; each keeps what was typed and leads to the next."""

import uuid
from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.adapter import CONTINUE_AT
from accounts.models import User
from authorities.models import Category, Kind, Topic
from authorities.suggesting import suggest_topics
from authorities.topic_queries import find_topics
from geo import queries as ground
from geo.models import Place
from geo.queries import FoundPlace
from issues import operations
from issues.models import Issue
from issues.operations.supporting import VoiceRefusedError, support_issue
from issues.workflow import State
from portal import places
from portal.filing import keeping
from portal.filing.draft import IS_NUMBER, Draft
from portal.filing.forms import PlaceForm, WordsForm
from portal.filing.keeping import keep
from portal.filing.steps import (
    CHANGEABLE,
    chosen_point,
    chosen_topic,
    next_step,
    own_files,
    point_of,
    render_check,
    step_context,
    take_files,
    undecided_duplicates,
)


def begin(request: HttpRequest) -> HttpResponse:
    """`GET /new/`: a new message; what was begun before is offered beside it."""
    kind, topic = request.GET.get("kind", ""), request.GET.get("topic", "")
    draft = Draft(kind=kind if kind in Kind.values else Kind.PROBLEM, topic=topic)
    draft.description = Draft(description=request.GET.get("q", "")).description
    return _words_page(request, draft, before=_begun_before(request))


def _begun_before(request: HttpRequest) -> Draft | None:
    before = keeping.current(request)
    if before.is_begun:
        return before
    kept = keeping.kept_by(request.user) if isinstance(request.user, User) else []
    return kept[0].draft if kept else None


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """`/new/text/`: photos and words."""
    if request.method != "POST":
        return _words_page(request, keeping.current(request))
    draft = keeping.posted(request)
    refused = take_files(request, draft)
    keep(request, draft)
    if "log_in" in request.POST:
        request.session[CONTINUE_AT] = reverse("portal:new_words")
        return redirect(f"{reverse('account_login')}?next={reverse('portal:new_words')}")
    form = WordsForm(draft.form_data())
    if form.is_valid() and not refused and "stay" not in request.POST:
        return redirect(next_step(draft))
    return _words_page(request, draft, form=form, refused=refused, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest) -> HttpResponse:
    """`/new/topic/`: what it is about; topics that fit the words, found by others, or of all."""
    draft = keeping.posted(request) if request.method == "POST" else keeping.current(request)
    if request.method == "POST":
        draft.details = {} if "topic" in request.POST else draft.details
        keep(request, draft)
        if chosen_topic(draft) is not None and "q" not in request.POST:
            return redirect(next_step(draft))
    if not WordsForm(draft.form_data()).is_valid():
        return redirect("portal:new_words")
    context = step_context(draft, chosen_topic(draft), "topic", leave_out=("topic", "details"))
    query = request.POST.get("q", "").strip()[:100]
    context["suggested"] = suggest_topics(text=draft.description, kind=draft.kind)
    return render(request, "portal/filing/topic.html", context | topic_list(query, draft.kind))


def topic_list(query: str, kind: str) -> dict[str, object]:
    """What the list of topics shows: those that fit the words, or all of them by category."""
    if query:
        return {"query": query, "found": find_topics(text=query, kind=kind, limit=20)}
    offered = Topic.objects.filter(is_active=True, category__is_active=True, kinds__contains=[kind])
    return {"query": "", "categories": _by_category(offered.select_related("category"))}


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """`/new/place/`: where it is; an address and a point."""
    before = keeping.current(request)
    draft = keeping.posted(request) if request.method == "POST" else before
    topic = chosen_topic(draft)
    if topic is None:
        keep(request, draft)
        return redirect(next_step(draft))
    results: list[FoundPlace] = []
    form = PlaceForm(initial=draft.form_data())
    if request.method == "POST":
        if before.uid == draft.uid and _is_left_behind(before, draft):
            draft.lon = draft.lat = ""
        results = _find_point(draft, request)
        keep(request, draft)
        wants_list = "find" in request.POST
        form = PlaceForm(draft.form_data())
        if not wants_list and form.is_valid():
            return redirect(_after_place(draft, topic))
        if wants_list:
            form = PlaceForm(initial=draft.form_data())
    seen = point_of(draft.seen_lon, draft.seen_lat) if draft.has_seen else None
    context = step_context(draft, topic, "place", leave_out=("address", "lon", "lat"))
    context |= {
        "form": form,
        "places": results,
        "searched": "find" in request.POST or bool(results),
        "chosen": request.POST.get("place", ""),
        "seen": seen and ground.place_near(lon=seen[0], lat=seen[1]),
        "map": places.map_to_choose_on(),
    }
    status = 400 if form.is_bound and not results else 200
    return render(request, "portal/filing/place.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def similar(request: HttpRequest) -> HttpResponse:
    """`/new/similar/`: like messages near by, to be supported instead; or this one is another."""
    draft = keeping.posted(request) if request.method == "POST" else keeping.current(request)
    topic = chosen_topic(draft)
    if topic is None:
        return redirect(next_step(draft))
    if request.method == "POST":
        if number := request.POST.get("support"):
            return _support(request, draft, number)
        seen = [one for one in request.POST.getlist("seen") if IS_NUMBER.fullmatch(one)]
        draft.others = ",".join(dict.fromkeys([*filter(None, draft.others.split(",")), *seen]))
        keep(request, draft)
        return redirect(next_step(draft))
    found = undecided_duplicates(draft, topic)
    if not found:
        return redirect(next_step(draft))
    context = step_context(draft, topic, "place")
    return render(request, "portal/filing/similar.html", context | {"duplicates": found})


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """`/new/check/`: all of it once more, before it is sent."""
    draft = keeping.current(request)
    step = next_step(draft)
    if step != "portal:new_check":
        return redirect(step)
    topic = chosen_topic(draft)
    if topic is not None and undecided_duplicates(draft, topic):
        return redirect("portal:new_similar")
    return render_check(request, draft)


@require_POST
def throw_away(request: HttpRequest) -> HttpResponse:
    """`/new/forget/`: throws a draft away, with its files."""
    keeping.throw_away(request, request.POST.get("uid", ""))
    request.session.pop(CONTINUE_AT, None)
    back = "portal:my" if "my" in request.POST else "portal:new"
    return redirect(back)


@require_GET
@login_required
def resume(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """`/new/resume/<uid>/`: goes on with an own draft."""
    draft = keeping.resume(request, str(uid))
    return redirect(next_step(draft) if draft else "portal:my")


@require_POST
@login_required
def change(request: HttpRequest, number: str) -> HttpResponse:
    """`/new/change/<number>/`: opens an own message in the steps, until a moderator reads it."""
    issue = get_object_or_404(Issue, number=number, author=request.user, state__in=CHANGEABLE)
    if issue.state == State.SUBMITTED and operations.is_being_read(issue):
        words = _("A moderator reads the message already: it can not be changed any more.")
        messages.error(request, words)
        return redirect("portal:my_issue", number=number)
    draft = Draft.of_issue(issue)
    # What was changed before, and not sent, goes on.
    keep(request, keeping.resume(request, draft.uid) or draft)
    return redirect("portal:new_check")


@require_GET
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """`/new/sent/<number>/`: the number, and what happens next; for the author alone."""
    if not isinstance(request.user, User):
        return redirect("portal:my_issue", number=number)
    issue = get_object_or_404(
        Issue.objects.select_related("topic", "authority"), number=number, author=request.user
    )
    return render(request, "portal/filing/sent.html", {"issue": issue})


def _words_page(
    request: HttpRequest,
    draft: Draft,
    *,
    form: WordsForm | None = None,
    before: Draft | None = None,
    refused: Iterable[str] = (),
    status: int = 200,
) -> HttpResponse:
    leave_out = ("kind", "description", "attachments")
    context = step_context(draft, chosen_topic(draft), "words", leave_out=leave_out)
    context |= {
        "form": form or WordsForm(initial=draft.form_data()),
        "before": before,
        "refused": refused,
        "attachments": own_files(request, draft),
    }
    return render(request, "portal/filing/words.html", context, status=status)


def _support(request: HttpRequest, draft: Draft, number: str) -> HttpResponse:
    if not isinstance(request.user, User):
        request.session[CONTINUE_AT] = reverse("portal:new_similar")
        keep(request, draft)
        return redirect(f"{reverse('account_login')}?next={reverse('portal:new_similar')}")
    issue = get_object_or_404(Issue, number=number)
    try:
        support_issue(by=request.user, issue=issue)
    except VoiceRefusedError:
        messages.error(request, _("This message can not be supported any more; go on with yours."))
        return redirect("portal:new_similar")
    keeping.throw_away(request, draft.uid)
    request.session.pop(CONTINUE_AT, None)
    messages.success(
        request, _("Your voice is added. You will find the answer here; nothing else is needed.")
    )
    return redirect("portal:issue", number=number)


def _after_place(draft: Draft, topic: Topic) -> str:
    step = next_step(draft)
    is_last = step == "portal:new_check"
    return "portal:new_similar" if is_last and undecided_duplicates(draft, topic) else step


def _is_left_behind(before: Draft, draft: Draft) -> bool:
    """Whether another address was typed and the point of the one before it still stands."""
    stands = before.has_place and (before.lon, before.lat) == (draft.lon, draft.lat)
    return stands and not draft.address.startswith(before.address)


def _find_point(draft: Draft, request: HttpRequest) -> list[FoundPlace]:
    """Makes a point of what was chosen or typed; places to choose from where that is not clear."""
    if "seen" in request.POST:
        draft.lon, draft.lat = draft.seen_lon, draft.seen_lat
        draft.address = name_of(chosen_point(draft))
        return []
    if "find" in request.POST:
        return ground.find_places(text=draft.address)
    if chosen := request.POST.get("place"):
        searched = request.POST.get("searched", "")
        for one in ground.find_places(text=searched):
            if one.label == chosen:
                draft.lon, draft.lat = str(one.lon), str(one.lat)
                # What was added to the address by hand after the search stays.
                if draft.address in ("", searched):
                    draft.address = one.address
                return []
    if point := chosen_point(draft):
        draft.address = draft.address or name_of(point)
        return []
    found = ground.find_places(text=draft.address)
    typed = _plain(draft.address)
    exact = [one for one in found if one.kind == Place.Kind.HOUSE and _plain(one.label) == typed]
    if len(exact) == 1:  # a whole address that is known leaves nothing to ask
        draft.lon, draft.lat = str(exact[0].lon), str(exact[0].lat)
        return []
    return found


def _plain(address: str) -> str:
    """An address without what people type in different ways."""
    return " ".join(address.casefold().replace("ё", "е").replace(",", " ").split())


def name_of(point: tuple[float, float] | None) -> str:
    """The nearest known address of a point, empty where none is near."""
    near = ground.place_near(lon=point[0], lat=point[1]) if point else None
    return near.label if near else ""


def _by_category(offered: Iterable[Topic]) -> list[tuple[Category, list[Topic]]]:
    found: dict[int, tuple[Category, list[Topic]]] = {}
    for topic in offered:
        found.setdefault(topic.category_id, (topic.category, []))[1].append(topic)
    return list(found.values())
