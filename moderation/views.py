"""The desk's pages: the queue, one message, a rejection before it is sent, the manual routing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.operations import note_access
from authorities.models import Kind
from authorities.questions import answers_in_words
from common import clock
from common.workdays import CalendarUnknownError
from issues import letters, telling
from issues import operations as issue_operations
from issues.models import Attachment, Issue
from issues.policies import By, may_moderate
from issues.workflow import ActionRefusedError, State
from moderation import operations, queries
from moderation.decision_forms import offered
from moderation.findings import keeping, marking
from moderation.forms import (
    AcceptForm,
    AssignForm,
    QueueForm,
    ReasonForm,
    RejectForm,
    ThanksForm,
)
from moderation.models import Claim

PLACE = "moderation"
REFUSALS = (
    ActionRefusedError,
    CalendarUnknownError,
    operations.ChangedError,
    operations.ClaimedError,
)

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request whose user is known to be a moderator."""

    user: User


def moderator_required(view: View) -> View:
    """Lets moderators and head moderators in, sends others to the login, refuses the rest."""

    @login_required
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_moderate(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@moderator_required
def queue(request: DeskRequest) -> HttpResponse:
    """Messages by the time left of their 48 hours."""
    form = QueueForm(request.GET)
    narrowed = form.narrowed()
    chosen = request.GET.copy()
    chosen.pop("after", None)
    return render(
        request,
        "moderation/queue.html",
        {
            "figures": queries.figures(request.user),
            "mine": queries.mine(request.user),
            "form": form,
            "chosen": chosen.urlencode(),
            "found": narrowed.count() if form.is_narrow else None,
            "page": queries.queue(after=request.GET.get("after", ""), narrowed=narrowed),
            "now": clock.now(),
            "soon": clock.now() + queries.SOON,
        },
    )


@require_POST
@moderator_required
def claim_next(request: DeskRequest) -> HttpResponse:
    """Takes the most pressing free message and opens it."""
    issue = operations.claim_next(by=request.user)
    if issue is None:
        messages.info(request, _("Nothing waits that nobody has taken."))
        return redirect("moderation:queue")
    return redirect("moderation:message", issue.number)


@require_POST
@moderator_required
def claim(request: DeskRequest, number: str) -> HttpResponse:
    """Takes one message."""
    try:
        operations.claim(by=request.user, issue=issue_of(number))
    except REFUSALS as error:
        messages.error(request, refusal(error))
    return redirect("moderation:message", number)


@require_POST
@moderator_required
def release(request: DeskRequest, number: str) -> HttpResponse:
    """Lets a message go."""
    operations.release(by=request.user, issue=issue_of(number))
    messages.success(request, _("Message %(number)s is free again.") % {"number": number})
    return redirect("moderation:queue")


@require_GET
@moderator_required
def message(request: DeskRequest, number: str) -> HttpResponse:
    """All about one message on one screen."""
    return message_page(request, issue_of(number))


@require_POST
@moderator_required
def accept(request: DeskRequest, number: str) -> HttpResponse:
    """Publishes a message, or shows first how the public would see it."""
    issue = issue_of(number)
    form = AcceptForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, accept_form=form)
    if "preview" in request.POST:
        return message_page(request, issue, accept_form=form, preview=form.cleaned_data)
    try:
        judged = operations.accept(
            by=request.user,
            issue=issue,
            seen=form.cleaned_data["seen"],
            published_text=form.cleaned_data["published_text"],
            topic=form.chosen_topic(),
            authority=form.chosen_authority(),
        )
    except REFUSALS as error:
        return message_page(
            request, issue, refused=error, unsent=form.cleaned_data["published_text"]
        )
    if judged.authority is None and judged.state == State.PUBLISHED:
        words = _("Message %(number)s is published and waits for an authority by hand.")
    else:
        words = _("Message %(number)s is published.")
    messages.success(request, words % {"number": number})
    return redirect("moderation:queue")


@require_POST
@moderator_required
def reject(request: DeskRequest, number: str) -> HttpResponse:
    """Shows the letter to the author, and sends it when it was read."""
    issue = issue_of(number)
    form = RejectForm(request.POST, issue=issue)
    if not form.is_valid():
        return message_page(request, issue, reject_form=form)
    words, ground = form.words()
    if "send" not in request.POST:
        letter = letters.rejection(issue, reason=words, ground=ground)
        context = {"issue": issue, "form": form, "letter": letter}
        return render(request, "moderation/rejection.html", context)
    try:
        operations.reject(
            by=request.user,
            issue=issue,
            seen=form.cleaned_data["seen"],
            code=form.cleaned_data["reason"].code,
            words=words,
            ground=ground,
        )
    except REFUSALS as error:
        return message_page(request, issue, refused=error, unsent=form.cleaned_data["comment"])
    messages.success(
        request,
        _("Message %(number)s is rejected, its author is told why.") % {"number": number},
    )
    return redirect("moderation:queue")


@require_POST
@moderator_required
def hide(request: DeskRequest, number: str) -> HttpResponse:
    """Hides a published message."""
    return _change_visibility(request, number, issue_operations.hide_issue, _("It is hidden."))


@require_POST
@moderator_required
def unhide(request: DeskRequest, number: str) -> HttpResponse:
    """Shows a hidden message again."""
    operation = issue_operations.unhide_issue
    return _change_visibility(request, number, operation, _("Everybody sees it again."))


@require_POST
@moderator_required
def assign(request: DeskRequest, number: str) -> HttpResponse:
    """Gives a published message without an authority to one."""
    issue = issue_of(number)
    form = AssignForm(request.POST)
    if not form.is_valid():
        return message_page(request, issue, assign_form=form)
    try:
        issue_operations.assign_authority(
            by=By.moderator(request.user), issue=issue, authority=form.cleaned_data["authority"]
        )
    except REFUSALS as error:
        messages.error(request, refusal(error))
        return redirect("moderation:message", number)
    messages.success(
        request,
        _("Message %(number)s is sent to: %(authority)s.")
        % {"number": number, "authority": form.cleaned_data["authority"]},
    )
    return redirect("moderation:routing")


@require_POST
@moderator_required
def acknowledge(request: DeskRequest, number: str) -> HttpResponse:
    """Closes published thanks with a kind word."""
    issue = issue_of(number)
    form = ThanksForm(request.POST)
    if issue.kind != Kind.THANKS or not form.is_valid():
        return message_page(request, issue)
    try:
        issue_operations.acknowledge_thanks(
            by=By.moderator(request.user), issue=issue, note=form.cleaned_data["note"]
        )
    except REFUSALS as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, _("The thanks are received."))
    return redirect("moderation:message", number)


@require_GET
@moderator_required
def routing(request: DeskRequest) -> HttpResponse:
    """Published messages that no rule could place."""
    now = clock.now()
    context = {
        "figures": queries.figures(request.user),
        "page": queries.unrouted(after=request.GET.get("after", "")),
        "now": now,
        "soon": now + queries.SOON,
    }
    return render(request, "moderation/routing.html", context)


@require_GET
@moderator_required
def answers(request: DeskRequest) -> HttpResponse:
    """Public answers of authorities in which personal data were found, the latest first (R6.1)."""
    context = {"figures": queries.figures(request.user), "answers": queries.with_personal_data()}
    return render(request, "moderation/answers.html", context)


def refusal(error: Exception) -> str:
    """Why it could not be done, in a sentence for the moderator."""
    match error:
        case operations.ClaimedError(claim=held):
            until = date_format(timezone.localtime(held.expires_at), "H:i")
            return _("%(name)s is judging this message, at the latest until %(time)s.") % {
                "name": held.moderator,
                "time": until,
            }
        case operations.ChangedError():
            return _("The author has changed the message since you opened it: read it again.")
        case ActionRefusedError(why="referred"):
            return _("This message is left to the head moderator.")
        case ActionRefusedError(why="not_asked"):
            return _("The author was asked already.")
        case ActionRefusedError(why="not_urgent" | "not_referred"):
            return _("Somebody else has done this already.")
        case ActionRefusedError(why="main"):
            return _("The other message is not public any more, or has ended.")
        case ActionRefusedError(action="assign"):
            return _("This message is with an authority already.")
        case ActionRefusedError(why="state"):
            return _("This message is decided already, or its author has withdrawn it.")
        case ActionRefusedError(why="hidden"):
            return _("Somebody else has done this already.")
        case CalendarUnknownError():
            return str(error)
    return _("This can not be done now.")


def issue_of(number: str) -> Issue:
    photos = Prefetch(
        "attachments", Attachment.objects.filter(purpose=Attachment.Purpose.REPORT, answer=None)
    )
    return get_object_or_404(
        Issue.objects.select_related(
            "topic__category",
            "municipality",
            "authority",
            "author",
            "claim__moderator",
            "merged_into",
        ).prefetch_related(photos),
        number=number,
    )


def message_page(
    request: DeskRequest,
    issue: Issue,
    *,
    accept_form: AcceptForm | None = None,
    reject_form: RejectForm | None = None,
    assign_form: AssignForm | None = None,
    preview: dict[str, Any] | None = None,
    refused: Exception | None = None,
    unsent: str = "",
    **bound: forms.Form,
) -> HttpResponse:
    """The page of a message; where a decision was refused, with the reason and the words that went with it.

    Args:
        request, issue: as read before the decision.
        accept_form, reject_form, assign_form, bound: forms that were sent and have faults.
        preview: what would be published.
        refused: why it could not be done.
        unsent: what the moderator has written in vain.
    """
    if refused is not None:
        messages.error(request, refusal(refused))
        issue = issue_of(issue.number)
    note_access(by=request.user, place=PLACE, subject=issue.number)
    told = telling.entries(issue, to_moderator=True)
    findings = keeping.kept(issue)
    context: dict[str, Any] = {
        "issue": issue,
        "now": clock.now(),
        "soon": clock.now() + queries.SOON,
        "history": queries.history(issue.author) if issue.author else None,
        "why": telling.why_this_authority(issue, told, in_full=True),
        "details": answers_in_words(issue.topic.questions, issue.details),
        "entries": reversed(told),
        "preview": preview,
        "unsent": unsent,
        "findings": findings,
        "pieces": marking.marked(issue.description, findings),
        "warned": [
            (answer, issue_operations.read_answer(answer)) for answer in queries.warned(issue)
        ],
    }
    held: Claim | None = getattr(issue, "claim", None)
    if held is not None and held.expires_at > clock.now():
        context["claim"] = held
        context["is_mine"] = held.moderator_id == request.user.pk
    context |= offered(
        issue, is_mine=context.get("is_mine", False), is_held="claim" in context, bound=bound
    )
    if issue.state == State.SUBMITTED:
        context["accept_form"] = accept_form or AcceptForm(issue=issue)
        context["reject_form"] = reject_form or RejectForm(issue=issue)
    elif issue.published_at is not None:
        context["reason_form"] = ReasonForm()
        if issue.state == State.PUBLISHED and issue.kind == Kind.THANKS:
            context["thanks_form"] = ThanksForm()
        elif issue.state == State.PUBLISHED and issue.authority_id is None:
            context["assign_form"] = assign_form or AssignForm()
    status = 409 if refused else 400 if bound else 200
    return render(request, "moderation/message.html", context, status=status)


def _change_visibility(
    request: DeskRequest, number: str, operation: Callable[..., Issue], done: str
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: everybody reads the reason."))
        return redirect("moderation:message", number)
    try:
        operation(
            by=By.moderator(request.user),
            issue=issue_of(number),
            reason=form.cleaned_data["reason"],
        )
    except REFUSALS as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, done)
    return redirect("moderation:message", number)
