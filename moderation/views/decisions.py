"""The decisions about a message that waits."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from issues import letters
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from moderation import operations
from moderation.forms import (
    AcceptForm,
    AskForm,
    MergeForm,
    ReferForm,
    RejectForm,
    TakeOverForm,
    UpholdForm,
    UrgentForm,
)
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.message import issue_of, message_page
from moderation.views.refusals import REFUSALS


@require_POST
@moderator_required
def accept(request: DeskRequest, number: str) -> HttpResponse:
    """Publishes a message, or shows first how the public would see it."""
    issue = issue_of(number)
    if "instead" in request.POST:
        # The topic that was suggested, with all else as it was typed.
        changed = request.POST.copy()
        changed["topic"] = request.POST["instead"]
        return message_page(request, issue, accept_form=AcceptForm(changed, issue=issue))
    form = AcceptForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, accept_form=form)
    if "preview" in request.POST:
        return message_page(request, issue, accept_form=form, preview=form.seen_by_all())
    try:
        judged = operations.accept(
            by=request.user,
            issue=issue,
            seen=form.cleaned_data["seen"],
            published_text=form.cleaned_data["published_text"],
            kind=form.chosen_kind(),
            topic=form.chosen_topic(),
            authority=form.chosen_authority(),
            point=form.cleaned_data["point"],
        )
    except REFUSALS as error:
        return message_page(
            request, issue, refused=error, unsent=form.cleaned_data["published_text"]
        )
    if judged.authority is None and judged.state == State.PUBLISHED:
        words = _("Message %(number)s is published and waits for an authority by hand.")
    else:
        words = _("Message %(number)s is published.")
    return _done(request, judged, words)


@require_POST
@moderator_required
def reject(request: DeskRequest, number: str) -> HttpResponse:
    """Shows the letter to the author, and sends it when it was read."""
    issue = issue_of(number)
    form = RejectForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, reject_form=form)
    words, ground = form.words_to(issue.author)
    if "send" not in request.POST:
        letter = letters.rejection(issue, reason=words, ground=ground)
        context = {"issue": issue, "form": form, "letter": letter}
        return render(request, "moderation/rejection.html", context)
    try:
        judged = operations.reject(
            by=request.user,
            issue=issue,
            seen=form.cleaned_data["seen"],
            code=form.cleaned_data["reason"].code,
            words=words,
            ground=ground,
            comment=form.cleaned_data["comment"],
        )
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=form.cleaned_data["comment"])
    return _done(request, judged, _("Message %(number)s is rejected, its author is told why."))


@require_POST
@moderator_required
def uphold(request: DeskRequest, number: str) -> HttpResponse:
    """After a second look the message stays rejected."""
    issue = issue_of(number)
    form = UpholdForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, uphold_form=form)
    words = form.cleaned_data["words"]
    try:
        judged = operations.uphold(
            by=request.user, issue=issue, seen=form.cleaned_data["seen"], words=words
        )
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=words)
    return _done(request, judged, _("Message %(number)s stays rejected, its author is told why."))


@require_POST
@moderator_required
def ask(request: DeskRequest, number: str) -> HttpResponse:
    """Asks the author."""
    issue = issue_of(number)
    form = AskForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, ask_form=form)
    words = form.cleaned_data["words"]
    try:
        asked = operations.ask(
            by=request.user, issue=issue, seen=form.cleaned_data["seen"], question=words
        )
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=words)
    return _done(request, asked, _("The author of message %(number)s is asked."))


@require_POST
@moderator_required
def merge(request: DeskRequest, number: str) -> HttpResponse:
    """Merges a message into another one."""
    issue = issue_of(number)
    form = MergeForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, merge_form=form)
    try:
        merged = operations.merge(
            by=request.user,
            issue=issue,
            seen=form.cleaned_data["seen"],
            main=form.cleaned_data["main"],
        )
    except REFUSALS as error:
        return message_page(request, issue, refused=error)
    return _done(request, merged, _("Message %(number)s is merged, its author is told."))


@require_POST
@moderator_required
def refer(request: DeskRequest, number: str) -> HttpResponse:
    """Leaves a message to the head moderator."""
    issue = issue_of(number)
    form = ReferForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, refer_form=form)
    words = form.cleaned_data["words"]
    try:
        referred = operations.refer(
            by=request.user, issue=issue, seen=form.cleaned_data["seen"], reason=words
        )
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=words)
    return _done(request, referred, _("Message %(number)s is left to the head moderator."))


@require_POST
@moderator_required
def urgent(request: DeskRequest, number: str) -> HttpResponse:
    """Marks a message as urgent."""
    return _stay(request, number, UrgentForm, "urgent_form", _("It is marked as urgent."))


@require_POST
@moderator_required
def take_over(request: DeskRequest, number: str) -> HttpResponse:
    """Takes a message from the moderator who has it."""
    return _stay(request, number, TakeOverForm, "take_over_form", _("The message is yours now."))


def _stay(
    request: DeskRequest,
    number: str,
    form_class: type[UrgentForm] | type[TakeOverForm],
    name: str,
    done: str,
) -> HttpResponse:
    issue = issue_of(number)
    form = form_class(request.POST, issue=issue)
    if not form.is_valid():
        refilled: dict[str, Any] = {name: form}
        return message_page(request, issue, **refilled)
    words = form.cleaned_data["words"]
    try:
        if form_class is UrgentForm:
            issue_operations.mark_urgent(by=By.moderator(request.user), issue=issue, reason=words)
        else:
            operations.take_over(by=request.user, issue=issue, reason=words)
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=words)
    messages.success(request, done)
    return redirect("moderation:message", number)


def _done(request: DeskRequest, issue: Issue, words: str) -> HttpResponse:
    # Of a decision that is held the queue tells itself, with the way back.
    if getattr(issue, "held", None) is None:
        messages.success(request, words % {"number": issue.number})
    return redirect("moderation:queue")
