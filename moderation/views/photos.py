"""A photo in large: what is to be blurred is marked on it, and it can be turned."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.operations import note_access
from common import clock
from common.retouching import QUARTERS, Region
from issues import operations as issue_operations
from issues.models import Attachment, Issue
from issues.workflow import Actor, State, available
from moderation.forms.photos import SIDES, RetouchForm, area
from moderation.operations.photos import retouch as draw_anew
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.message import PLACE, issue_of
from moderation.views.refusals import REFUSALS, refusal

KINDS: Final[dict[str, Promise]] = {
    "blurred": gettext_lazy("blurred"),
    "face": gettext_lazy("face"),
    "plate": gettext_lazy("perhaps a number plate"),
}
# Of what is found a face is right nearly always, a number plate not.
TICKED = frozenset({"blurred", "face"})


@dataclass(frozen=True)
class Offer:
    """An area that can be blurred, in the frame of the photo as it is shown.

    Attributes:
        kind: a key of `KINDS`.
        region: where.
        is_ticked: whether it is blurred unless the moderator takes the tick away.
    """

    kind: str
    region: Region
    is_ticked: bool

    @property
    def x(self) -> float:
        """Per cent from the left."""
        return round(100 * self.region.x, 2)

    @property
    def y(self) -> float:
        """Per cent from the top."""
        return round(100 * self.region.y, 2)

    @property
    def width(self) -> float:
        """Per cent of the photo's width."""
        return round(100 * self.region.width, 2)

    @property
    def height(self) -> float:
        """Per cent of the photo's height."""
        return round(100 * self.region.height, 2)

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return str(KINDS[self.kind])

    @property
    def value(self) -> str:
        """The value of its box to tick."""
        return area(self.region)


@require_GET
@moderator_required
def photo(request: DeskRequest, number: str, uid: uuid.UUID) -> HttpResponse:
    """`/moderation/<number>/photos/<uid>/`."""
    issue = issue_of(number)
    shown = _photo(issue, uid)
    return _changed(request, number) if shown is None else _page(request, issue, shown)


@require_POST
@moderator_required
def retouch(request: DeskRequest, number: str, uid: uuid.UUID) -> HttpResponse:
    """Blurs what is marked, or turns the photo."""
    issue = issue_of(number)
    shown = _photo(issue, uid)
    if shown is None:
        return _changed(request, number)
    blurred, quarters = _retouched(shown)
    if turn := request.POST.get("turn", ""):
        quarters += int(turn) if turn in {"1", "2", "3"} else 0
    else:
        form = RetouchForm(request.POST)
        if not form.is_valid():
            return _page(request, issue, shown, form=form)
        blurred = [region.turned(-quarters) for region in form.cleaned_data["regions"]]
    try:
        drawn = draw_anew(
            by=request.user, issue=issue, uid=uid, regions=blurred, quarters=quarters % QUARTERS
        )
    except issue_operations.PhotoChangedError:
        return _changed(request, number)
    except REFUSALS as error:
        messages.error(request, refusal(error))
        return redirect("moderation:photo", number, uid)
    if turn:
        messages.success(request, _("The photo lies so now."))
    elif drawn.is_private:
        messages.success(request, _("Whoever may see the photo sees it so now."))
    else:
        messages.success(request, _("Everybody sees the photo so now."))
    return redirect("moderation:photo", number, drawn.uid)


@require_GET
@moderator_required
def as_sent(request: DeskRequest, number: str, uid: uuid.UUID) -> HttpResponse:
    """The photo as its author sent it, for moderators alone."""
    shown = _photo(issue_of(number), uid)
    if shown is None:
        return _changed(request, number)
    note_access(by=request.user, place=PLACE, subject=number)
    try:
        with shown.as_sent.open("rb") as file:
            response = HttpResponse(file.read(), content_type="image/jpeg")
    except FileNotFoundError:
        return _changed(request, number)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _photo(issue: Issue, uid: uuid.UUID) -> Attachment | None:
    photos = issue_operations.photos_to_judge(issue)
    return (
        photos.select_related("retouching", "look", "camera", "confirmation")
        .filter(uid=uid)
        .first()
    )


def _changed(request: DeskRequest, number: str) -> HttpResponse:
    messages.info(request, _("This photo was changed meanwhile: look at it again."))
    return redirect("moderation:message", number)


def _page(
    request: DeskRequest, issue: Issue, shown: Attachment, *, form: RetouchForm | None = None
) -> HttpResponse:
    note_access(by=request.user, place=PLACE, subject=issue.number)
    photos = list(issue_operations.photos_beside(issue, shown).values_list("uid", flat=True))
    here = photos.index(shown.uid)
    context: dict[str, Any] = {
        "issue": issue,
        "photo": shown,
        "place": here + 1,
        "all": len(photos),
        "back": photos[here - 1] if here else None,
        "forward": photos[here + 1] if here + 1 < len(photos) else None,
        "offers": _offers(shown, request.POST.getlist("area") if form else None),
        "form": form,
        "owns": _figures(request) or [None],
        "look": getattr(shown, "look", None),
        "is_retouched": hasattr(shown, "retouching"),
        "may_retouch": _may_retouch(issue, request),
    }
    return render(request, "moderation/photo.html", context, status=400 if form else 200)


def _figures(request: DeskRequest) -> list[tuple[str, ...]]:
    """The areas in figures that were sent in vain."""
    told = zip(*(request.POST.getlist(side) for side in SIDES), strict=False)
    return [sides for sides in told if any(sides)]


def _may_retouch(issue: Issue, request: DeskRequest) -> bool:
    actions = available(State(issue.state), actor=Actor.MODERATOR, hidden=issue.is_hidden)
    held = getattr(issue, "claim", None)
    is_others = (
        held is not None
        and held.expires_at > clock.now()
        and held.moderator_id != request.user.pk
        and issue.state == State.SUBMITTED
    )
    return any(action.name == "retouch" for action in actions) and not is_others


def _retouched(shown: Attachment) -> tuple[list[Region], int]:
    kept = getattr(shown, "retouching", None)
    if kept is None:
        return [], 0
    return [Region(*sides) for sides in kept.blurred], kept.quarters


def _offers(shown: Attachment, sent: list[str] | None) -> list[Offer]:
    """What is blurred, and what was found besides, in the frame of the photo as it is shown."""
    blurred, quarters = _retouched(shown)
    look = getattr(shown, "look", None)
    found = [
        (one["kind"], Region(one["x"], one["y"], one["width"], one["height"]))
        for one in (look.regions if look else ())
    ]
    new = [
        (kind, region)
        for kind, region in found
        if not any(region.overlaps(other) for other in blurred)
    ]
    offered = [
        (kind, region.turned(quarters))
        for kind, region in [*(("blurred", region) for region in blurred), *new]
    ]
    return [
        Offer(kind, region, kind in TICKED if sent is None else area(region) in sent)
        for kind, region in offered
    ]
