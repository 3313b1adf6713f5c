"""The decisions about a message that waits."""

from collections.abc import Callable

from django import forms
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
from moderation.views.by_form import Given, by_form, stay
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
        seen = form.seen_by_all()
        if request.htmx:
            return render(request, "moderation/_preview.html", {"issue": issue, "preview": seen})
        return message_page(request, issue, accept_form=form, preview=seen)
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
        return message_page(request, issue, refused=error, unsent=form.in_words())
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
        whole, part = "moderation/rejection.html", "moderation/_letter.html"
        return render(request, part if request.htmx else whole, context)
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
    words = _("Message %(number)s stays rejected, its author is told why.")
    return _decide(request, number, "uphold_form", UpholdForm, operations.uphold, words)


@require_POST
@moderator_required
def ask(request: DeskRequest, number: str) -> HttpResponse:
    """Asks the author."""
    words = _("The author of message %(number)s is asked.")
    return _decide(request, number, "ask_form", AskForm, operations.ask, words)


@require_POST
@moderator_required
def merge(request: DeskRequest, number: str) -> HttpResponse:
    """Merges a message into another one."""
    words = _("Message %(number)s is merged, its author is told.")
    return _decide(request, number, "merge_form", MergeForm, operations.merge, words)


@require_POST
@moderator_required
def refer(request: DeskRequest, number: str) -> HttpResponse:
    """Leaves a message to the head moderator."""
    words = _("Message %(number)s is left to the head moderator.")
    return _decide(request, number, "refer_form", ReferForm, operations.refer, words)


@require_POST
@moderator_required
def urgent(request: DeskRequest, number: str) -> HttpResponse:
    """Marks a message as urgent."""

    def mark(issue: Issue, given: Given) -> HttpResponse:
        issue_operations.mark_urgent(
            by=By.moderator(request.user), issue=issue, reason=given["words"]
        )
        return stay(request, number, _("It is marked as urgent."))

    return by_form(request, number, "urgent_form", UrgentForm, mark)


@require_POST
@moderator_required
def take_over(request: DeskRequest, number: str) -> HttpResponse:
    """Takes a message from the moderator who has it."""

    def take(issue: Issue, given: Given) -> HttpResponse:
        operations.take_over(by=request.user, issue=issue, reason=given["words"])
        return stay(request, number, _("The message is yours now."))

    return by_form(request, number, "take_over_form", TakeOverForm, take)


def _decide(
    request: DeskRequest,
    number: str,
    name: str,
    form_class: Callable[..., forms.Form],
    operation: Callable[..., Issue],
    words: str,
) -> HttpResponse:
    """A decision whose form has the names of its operation."""

    def decide(issue: Issue, given: Given) -> HttpResponse:
        return _done(request, operation(by=request.user, issue=issue, **given), words)

    return by_form(request, number, name, form_class, decide)


def _done(request: DeskRequest, issue: Issue, words: str) -> HttpResponse:
    # Of a decision that is held the queue tells itself, with the way back.
    if getattr(issue, "held", None) is None:
        messages.success(request, words % {"number": issue.number})
    return redirect("moderation:queue")
