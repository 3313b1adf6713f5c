"""What residents wrote and showed after an answer: a moderator's look before everybody sees it (R6.2)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from issues import operations
from issues.models import Confirmation, Rating
from issues.operations import VoiceRefusedError
from issues.policies import By
from issues.queries import unseen
from issues.workflow import ActionRefusedError
from moderation import queries
from moderation.forms.words import CommentForm, NumberForm, PhotoForm
from moderation.views.access import DeskRequest, moderator_required

MOST_SHOWN = 20


@require_GET
@moderator_required
def words(request: DeskRequest) -> HttpResponse:
    """`/moderation/words/`: what nobody has looked at yet; with a number, all of that message."""
    return _page(request)


@require_POST
@moderator_required
def decide_comment(request: DeskRequest, pk: int) -> HttpResponse:
    """`/moderation/words/<verdict>/`: the author's words are published, or stay where they are."""
    rating = get_object_or_404(Rating.objects.select_related("answer"), pk=pk)
    form = CommentForm(request.POST, auto_id=f"id-{pk}-%s")
    if not form.is_valid():
        return _page(request, wrong=(rating, form))
    by, is_published = By.moderator(request.user), form.cleaned_data["outcome"] == "publish"
    try:
        if is_published:
            operations.publish_comment(by=by, rating=rating, words=form.cleaned_data["words"])
        else:
            operations.withhold_comment(by=by, rating=rating)
    except VoiceRefusedError:
        messages.info(request, _("There is nothing to publish any more: the author was erased."))
    except ActionRefusedError:
        messages.error(request, _("You can not decide about this message."))
    else:
        done = _("The words are published.") if is_published else _("The words are not published.")
        messages.success(request, done)
    return redirect("moderation:words")


@require_POST
@moderator_required
def decide_photo(request: DeskRequest, pk: int) -> HttpResponse:
    """`/moderation/photos/<word>/`: the photo of a repair is shown to everybody, or is not."""
    said = get_object_or_404(Confirmation.objects.select_related("answer"), pk=pk)
    form = PhotoForm(request.POST)
    if not form.is_valid():
        return redirect("moderation:words")
    is_shown = form.cleaned_data["outcome"] == "show"
    try:
        operations.judge_photo(
            by=By.moderator(request.user),
            said=said,
            show=is_shown,
            seen=form.cleaned_data["seen"],
        )
    except VoiceRefusedError:
        messages.info(
            request, _("This photo was changed or taken back meanwhile: look at it again.")
        )
    except ActionRefusedError:
        messages.error(request, _("You can not decide about this message."))
    else:
        done = _("The photo is shown.") if is_shown else _("The photo is not shown.")
        messages.success(request, done)
    return redirect("moderation:words")


def _page(request: DeskRequest, *, wrong: tuple[Rating, CommentForm] | None = None) -> HttpResponse:
    asked = NumberForm(request.GET)
    number = asked.cleaned_data["number"] if asked.is_valid() else ""
    found = unseen.of_number(number) if number else unseen.unseen(limit=MOST_SHOWN)
    comments = found.comments
    if wrong and wrong[0] not in comments:
        comments = [wrong[0], *comments]
    context = {
        "figures": queries.figures(request.user),
        "asked": asked,
        "number": number,
        "comments": [
            (one, wrong[1] if wrong and wrong[0] == one else CommentForm.of(one))
            for one in comments
        ],
        "photos": found.photos,
    }
    return render(request, "moderation/words.html", context, status=400 if wrong else 200)
