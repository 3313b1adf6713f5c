"""What the steps of filing have in common: which one is next, what each shows, the last one's page."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.adapter import CONTINUE_AT
from accounts.models import User
from authorities.models import Kind, Topic
from common import uploads
from issues.models import Attachment, Issue
from issues.queries.duplicates import Duplicate, near_duplicates
from issues.workflow import State
from portal.filing import files
from portal.filing.draft import QUESTION, Draft
from portal.filing.forms import KINDS, Degrees, MessageForm, PlaceForm, WordsForm, taken_in_words
from portal.filing.keeping import keep
from portal.filing.prospect import Prospect, look_ahead

CHANGEABLE = (State.SUBMITTED, State.REJECTED, State.MERGED)
"""States in which the author may still write a message anew."""


def next_step(draft: Draft) -> str:
    """The name of the first step that was not done yet, or of the last one."""
    if not WordsForm(draft.form_data()).is_valid():
        return "portal:new_words"
    if chosen_topic(draft) is None:
        return "portal:new_topic"
    if not PlaceForm(draft.form_data()).is_valid():
        return "portal:new_place"
    return "portal:new_check"


def chosen_topic(draft: Draft) -> Topic | None:
    """The draft's topic, None when there is none or it does not take this kind."""
    if not draft.topic or draft.kind not in Kind.values:
        return None
    topic = Topic.objects.select_related("category").filter(code=draft.topic).first()
    # A message that is corrected may keep a topic that is not offered any more.
    if topic is None or draft.kind not in topic.kinds or not (topic.is_active or draft.number):
        return None
    return topic


def chosen_point(draft: Draft) -> tuple[float, float] | None:
    """The draft's point, WGS 84 degrees of longitude and latitude."""
    return point_of(draft.lon, draft.lat)


def point_of(lon: str, lat: str) -> tuple[float, float] | None:
    """A typed point, None when it is not whole."""
    field = Degrees()
    try:
        return field.clean(lon), field.clean(lat)
    except ValidationError:
        return None


def prospect_of(draft: Draft, topic: Topic | None) -> Prospect | None:
    """What the draft can expect, None while topic or point is not known."""
    point = chosen_point(draft)
    if topic is None or point is None:
        return None
    return look_ahead(topic=topic, kind=draft.kind, lon=point[0], lat=point[1])


def undecided_duplicates(draft: Draft, topic: Topic) -> list[Duplicate]:
    """Like messages near by of which the author has not said yet that this one is another."""
    point = chosen_point(draft)
    if draft.number or draft.kind == Kind.THANKS or point is None:
        return []
    found = near_duplicates(
        topic=topic, kind=draft.kind, lon=point[0], lat=point[1], text=draft.description
    )
    others = draft.others.split(",")
    return [one for one in found if one.issue.number not in others]


def step_context(
    draft: Draft, topic: Topic | None, step: str, *, leave_out: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What every step shows."""
    return {
        "draft": draft,
        "topic": topic,
        "kind": draft.kind,
        "kind_label": KINDS[Kind(draft.kind)] if draft.kind in Kind.values else "",
        "step": step,
        "hidden": list(draft.hidden(*leave_out)),
        "prospect": prospect_of(draft, topic),
        "accept": uploads.ACCEPT,
    }


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
        return redirect("portal:new_topic")
    author = request.user if isinstance(request.user, User) else None
    if author is None:
        request.session[CONTINUE_AT] = reverse("portal:new_check")
    form = form or MessageForm(initial=draft.form_data(), topic=topic, author=author)
    names = ("last_name", "first_name", "middle_name") if form.asks_name else ()
    leave_out = ("attachments", "details", "is_anonymous", "tells_time")
    context = step_context(draft, topic, "check", leave_out=leave_out)
    context |= {
        "form": form,
        "name_fields": [form[name] for name in names],
        "question_fields": [form[name] for name in form.fields if name.startswith(QUESTION)],
        "taken": draft.taken and taken_in_words(draft.taken),
        "attachments": own_files(request, draft),
        "kept_files": kept_files(request, draft),
        "changes": bool(draft.number) and _waits(draft.number),
        "dropped": request.POST.getlist("drop"),
        "refused": refused,
        "errors": errors,
    }
    return render(request, "portal/filing/check.html", context, status=status)


def _waits(number: str) -> bool:
    return Issue.objects.filter(number=number, state=State.SUBMITTED).exists()


def take_files(request: HttpRequest, draft: Draft) -> list[str]:
    """Adds and removes the draft's files as the form says; what was refused, in sentences."""
    sent_files = request.FILES.getlist("photos")
    if not isinstance(request.user, User):
        return [_("Log in first: files are kept for you alone.")] if sent_files else []
    return files.take(draft, request.user, sent_files, request.POST.getlist("remove"))


def own_files(request: HttpRequest, draft: Draft) -> list[Attachment]:
    """The draft's files that still wait with the present user; the draft forgets the others."""
    if not draft.attachments or not isinstance(request.user, User):
        return []
    found = files.waiting(draft, request.user)
    if len(found) != len(draft.attachments):
        draft.attachments = [str(one.uid) for one in found]
        keep(request, draft)
    return found


def kept_files(request: HttpRequest, draft: Draft) -> list[Attachment]:
    """The files that are with a message already which its author changes."""
    if not draft.number or not isinstance(request.user, User):
        return []
    mine = Issue.objects.filter(number=draft.number, author=request.user, state__in=CHANGEABLE)
    return list(
        Attachment.objects.filter(issue__in=mine, purpose=Attachment.Purpose.REPORT).order_by("pk")
    )
