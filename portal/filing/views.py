"""The steps of filing: topic, place, words; each keeps what was typed and leads to the next."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.adapter import CONTINUE_AT
from accounts.models import User
from authorities.models import Category, Kind, Topic
from authorities.questions import answers_in_words
from authorities.topic_queries import find_topics
from common import uploads
from geo import queries as ground
from geo.queries import FoundPlace
from issues.models import Attachment, Issue
from issues.workflow import State
from portal.filing import files
from portal.filing.draft import QUESTION, Draft
from portal.filing.forms import Degrees, MessageForm, PlaceForm, WordsForm, questions
from portal.filing.prospect import Prospect, look_ahead
from portal.queries import region_box

KINDS = {
    Kind.PROBLEM: pgettext_lazy("kind", "Problem"),
    Kind.PROPOSAL: pgettext_lazy("kind", "Proposal"),
    Kind.THANKS: pgettext_lazy("kind", "Thanks"),
}
"""Kinds as the head of a choice; the labels of the model are words inside of a sentence."""


@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """`/new/`: what it is about; topics by category, or found by words."""
    kind = request.GET.get("kind", "")
    if kind not in Kind.values:
        kind = Kind.PROBLEM
    query = request.GET.get("q", "").strip()[:100]
    draft = Draft.load(request.session)
    context = {
        "kind": kind,
        "kinds": [(kind.value, label) for kind, label in KINDS.items()],
        "query": query,
        "draft": draft,
        # Whoever came to change the topic goes on with the message, else a new one begins.
        "changed": draft.uid if request.GET.get("change") == draft.uid else "",
        "step": "topic",
    }
    if query:
        context["found"] = find_topics(text=query, kind=kind, limit=20)
    else:
        offered = Topic.objects.filter(
            is_active=True, category__is_active=True, kinds__contains=[kind]
        )
        context["categories"] = _by_category(offered.select_related("category"))
    template = "topic_list" if "fragment" in request.GET else "topic"
    return render(request, f"portal/filing/{template}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """`/new/place/`: where it is; an address and a point."""
    before = Draft.load(request.session)
    if request.method != "POST" and "topic" in request.GET:
        return _begin(request, before)
    draft = Draft.load(request.session)
    if request.method == "POST":
        draft = Draft.posted(request.session, request.POST)
    topic = chosen_topic(draft)
    if topic is None:
        return redirect("portal:new")
    results: list[FoundPlace] = []
    form = PlaceForm(initial=draft.form_data())
    if request.method == "POST":
        if before.uid == draft.uid and _is_left_behind(before, draft):
            draft.lon = draft.lat = ""
        results = _find_point(draft, request)
        draft.save(request.session)
        wants_list = "find" in request.POST
        form = PlaceForm(draft.form_data())
        if not wants_list and form.is_valid():
            return redirect("portal:new_words")
        if wants_list:
            form = PlaceForm(initial=draft.form_data())
    context = step_context(draft, topic, "place", leave_out=("address", "lon", "lat"))
    return render(
        request,
        "portal/filing/place.html",
        context
        | {
            "form": form,
            "places": results,
            "searched": "find" in request.POST or bool(results),
            "chosen": request.POST.get("place", ""),
            "map": _map(),
        },
        status=400 if form.is_bound and not results else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """`/new/text/`: the message, the topic's own questions, photos."""
    draft = Draft.load(request.session)
    if request.method == "POST":
        draft = Draft.posted(request.session, request.POST)
    if missing := missing_step(draft, need_words=False):
        draft.save(request.session)
        return redirect(missing)
    topic = chosen_topic(draft)
    assert topic is not None
    refused: list[str] = []
    # Words that were written already are shown with what is wrong with them.
    kept = draft.form_data() if draft.description else None
    form = WordsForm(kept, topic=topic, kind=draft.kind)
    if request.method == "POST":
        refused = take_files(request, draft)
        draft.save(request.session)
        form = WordsForm(draft.form_data(), topic=topic, kind=draft.kind)
        if form.is_valid() and not refused and "stay" not in request.POST:
            return redirect("portal:new_check")
    attachments = own_files(request, draft)
    context = step_context(
        draft, topic, "words", leave_out=("description", "details", "attachments")
    )
    context |= {"form": form, "refused": refused, "attachments": attachments}
    context |= {
        "question_fields": [form[name] for name in form.fields if name.startswith(QUESTION)]
    }
    return render(
        request,
        "portal/filing/words.html",
        context,
        status=400 if refused or (form.is_bound and form.errors) else 200,
    )


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """`/new/check/`: all of it once more, before it is sent."""
    draft = Draft.load(request.session)
    if missing := missing_step(draft):
        return redirect(missing)
    return render_check(request, draft)


@require_POST
def change_files(request: HttpRequest) -> HttpResponse:
    """`/new/files/`: adds and removes files; answers with the list for a script, else leads back."""
    draft = Draft.posted(request.session, request.POST)
    refused = take_files(request, draft)
    draft.save(request.session)
    if "fragment" in request.GET:
        context = {"attachments": own_files(request, draft), "refused": refused}
        return render(request, "portal/filing/files.html", context)
    return render_check(request, draft, refused=refused)


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """`/new/forget/`: throws the draft away; its files go by themselves within a day."""
    Draft.forget(request.session)
    request.session.pop(CONTINUE_AT, None)
    return redirect("portal:new")


@require_GET
def found_places(request: HttpRequest) -> JsonResponse:
    """`/new/places.json?q=`: addresses for the list under the search field."""
    found = ground.find_places(text=request.GET.get("q", "")[:200])
    return JsonResponse(
        {
            "places": [
                {
                    "label": place.label,
                    "address": place.address,
                    "note": _("No such house is known: this is the street.") if place.house else "",
                    "lon": place.lon,
                    "lat": place.lat,
                }
                for place in found
            ]
        }
    )


@require_GET
def address_at(request: HttpRequest) -> JsonResponse:
    """`/new/address.json?lon=&lat=`: the nearest known address, empty when there is none."""
    point = _point(request.GET.get("lon", ""), request.GET.get("lat", ""))
    label = _name_of(point) if point else ""
    return JsonResponse({"label": label})


@require_GET
def responsible(request: HttpRequest) -> HttpResponse:
    """`/new/responsible/?kind=&topic=&lon=&lat=`: who will answer, as a part of a page."""
    kind, topic_code, lon, lat = (request.GET.get(n, "") for n in ("kind", "topic", "lon", "lat"))
    draft = Draft(kind=kind, topic=topic_code, lon=lon, lat=lat)
    topic = chosen_topic(draft)
    context = {"topic": topic, "kind": draft.kind, "prospect": prospect_of(draft, topic)}
    return render(request, "portal/filing/responsible.html", context)


@require_GET
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """`/new/sent/<number>/`: what happens next, and by when."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    issue = get_object_or_404(
        Issue.objects.select_related("topic", "authority"), number=number, author=request.user
    )
    return render(request, "portal/filing/sent.html", {"issue": issue})


# --- What the steps have in common ------------------------------------------------------------------
def render_check(
    request: HttpRequest,
    draft: Draft,
    *,
    form: MessageForm | None = None,
    refused: Iterable[str] = (),
    errors: Iterable[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The last step's page, with whatever went wrong."""
    topic = chosen_topic(draft)
    if topic is None:
        return redirect("portal:new")
    author = request.user if request.user.is_authenticated else None
    if author is None:
        request.session[CONTINUE_AT] = reverse("portal:new_check")
    form = form or MessageForm(initial=draft.form_data(), topic=topic, author=author)
    names = ("last_name", "first_name", "middle_name") if form.asks_name else ()
    attachments = own_files(request, draft)
    context = step_context(draft, topic, "check", leave_out=("attachments",))
    context |= {
        "form": form,
        "name_fields": [form[name] for name in names],
        "answers": answers_in_words(questions(topic, draft.kind), draft.details),
        "attachments": attachments,
        "kept_files": _kept_files(request, draft),
        "refused": refused,
        "errors": errors,
    }
    return render(request, "portal/filing/check.html", context, status=status)


def step_context(
    draft: Draft, topic: Topic, step: str, *, leave_out: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What every step after the first shows."""
    return {
        "draft": draft,
        "topic": topic,
        "kind": draft.kind,
        "kind_label": KINDS[Kind(draft.kind)],
        "step": step,
        "hidden": list(draft.hidden(*leave_out)),
        "prospect": prospect_of(draft, topic),
        "accept": uploads.ACCEPT,
    }


def chosen_topic(draft: Draft) -> Topic | None:
    """The draft's topic, None when there is none or it does not take this kind."""
    if not draft.topic or draft.kind not in Kind.values:
        return None
    topic = Topic.objects.select_related("category").filter(code=draft.topic).first()
    # A rejected message may keep a topic that is not offered any more.
    if topic is None or draft.kind not in topic.kinds or not (topic.is_active or draft.number):
        return None
    return topic


def prospect_of(draft: Draft, topic: Topic | None) -> Prospect | None:
    """What the draft can expect, None while topic or point is not known."""
    point = _point(draft.lon, draft.lat)
    if topic is None or point is None:
        return None
    return look_ahead(topic=topic, kind=draft.kind, lon=point[0], lat=point[1])


def missing_step(draft: Draft, *, need_words: bool = True) -> str | None:
    """The name of the first step that was not done yet."""
    topic = chosen_topic(draft)
    if topic is None:
        return "portal:new"
    if not PlaceForm(draft.form_data()).is_valid():
        return "portal:new_place"
    if need_words and not WordsForm(draft.form_data(), topic=topic, kind=draft.kind).is_valid():
        return "portal:new_words"
    return None


def take_files(request: HttpRequest, draft: Draft) -> list[str]:
    """Adds and removes the draft's files as the form says; what was refused, in sentences."""
    sent_files = request.FILES.getlist("photos")
    if not isinstance(request.user, User):
        return [_("Log in first: files are kept for you alone.")] if sent_files else []
    return files.take(draft, request.user, sent_files, request.POST.getlist("remove")).refused


def own_files(request: HttpRequest, draft: Draft) -> list[Attachment]:
    """The draft's files that still wait with the present user; the draft forgets the others."""
    if not draft.attachments or not isinstance(request.user, User):
        return []
    found = files.waiting(draft, request.user)
    if len(found) != len(draft.attachments):
        draft.attachments = [str(one.uid) for one in found]
        draft.save(request.session)
    return found


def _kept_files(request: HttpRequest, draft: Draft) -> list[Attachment]:
    if not draft.number or not isinstance(request.user, User):
        return []
    mine = Issue.objects.filter(number=draft.number, author=request.user, state=State.REJECTED)
    return list(Attachment.objects.filter(issue__in=mine))


def _begin(request: HttpRequest, before: Draft) -> HttpResponse:
    """Takes the chosen topic over into the message that is changed or corrected, else a new one."""
    kind, topic = request.GET.get("kind", ""), request.GET.get("topic", "")
    is_same = before.number or request.GET.get("change") == before.uid
    draft = replace(before, kind=kind, topic=topic) if is_same else Draft(kind=kind, topic=topic)
    if draft.topic != before.topic:
        draft.details = {}
    if chosen_topic(draft) is None:
        return redirect("portal:new")
    draft.save(request.session)
    # Back from the next step must lead to this message, not begin another.
    return redirect("portal:new_place")


def _is_left_behind(before: Draft, draft: Draft) -> bool:
    """Whether another address was typed and the point of the one before it still stands."""
    stands = before.has_place and (before.lon, before.lat) == (draft.lon, draft.lat)
    return stands and not draft.address.startswith(before.address)


def _find_point(draft: Draft, request: HttpRequest) -> list[FoundPlace]:
    """Makes a point of what was chosen or typed; places to choose from where that is not clear."""
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
    if point := _point(draft.lon, draft.lat):
        draft.address = draft.address or _name_of(point)
        return []
    return ground.find_places(text=draft.address)


def _name_of(point: tuple[float, float]) -> str:
    near = ground.place_near(lon=point[0], lat=point[1])
    return near.label if near else ""


def _map() -> dict[str, str]:
    box = region_box()
    return {
        "tiles": settings.TILE_URL,
        "attribution": settings.TILE_ATTRIBUTION,
        # Never by the rules of a language: a script reads it.
        "box": f"{box.west!r},{box.south!r},{box.east!r},{box.north!r}",
    }


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    field = Degrees()
    try:
        return field.clean(lon), field.clean(lat)
    except ValidationError:
        return None


def _by_category(offered: Iterable[Topic]) -> list[tuple[Category, list[Topic]]]:
    found: dict[int, tuple[Category, list[Topic]]] = {}
    for topic in offered:
        found.setdefault(topic.category_id, (topic.category, []))[1].append(topic)
    return list(found.values())
