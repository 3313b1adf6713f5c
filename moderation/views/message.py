"""All about one message on one screen."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.operations import note_access
from authorities.models import Kind
from authorities.questions import answers_in_words
from authorities.suggesting import likelier_topic
from common import clock
from issues import operations as issue_operations
from issues import telling
from issues.models import Attachment, Issue
from issues.queries.appeals import last_appeal, may_take_up
from issues.workflow import ActionRefusedError, State
from moderation import operations, queries
from moderation.findings import keeping, marking
from moderation.forms import (
    AcceptForm,
    AssignForm,
    ReasonForm,
    RejectForm,
    TakeUpForm,
    ThanksForm,
    offered,
    refilled,
)
from moderation.models import Claim
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.pending import pending
from moderation.views.refusals import refusal

PLACE = "moderation"


@require_GET
@moderator_required
def message(request: DeskRequest, number: str) -> HttpResponse:
    """All about one message on one screen."""
    return message_page(request, issue_of(number))


def message_page(
    request: DeskRequest,
    issue: Issue,
    *,
    preview: dict[str, Any] | None = None,
    refused: Exception | None = None,
    unsent: str = "",
    **bound: forms.Form,
) -> HttpResponse:
    """The page of a message; where a decision was refused, with the reason and the words that went with it.

    Args:
        request, issue: as read before the decision.
        preview: what would be published.
        refused: why it could not be done.
        unsent: what the moderator has written in vain.
        bound: forms that were sent and have faults, by their names in the template.
    """
    if refused is not None:
        messages.error(request, refusal(refused))
        issue = issue_of(issue.number)
    note_access(by=request.user, place=PLACE, subject=issue.number)
    claim: Claim | None = getattr(issue, "claim", None)
    if claim is not None and claim.expires_at <= clock.now():
        claim = None
    is_mine = claim is not None and claim.moderator_id == request.user.pk
    fields = refilled(claim.undone) if claim and is_mine else {}
    context = _told(issue) | {"preview": preview, "unsent": unsent} | pending(request.user)
    if claim is not None:
        context |= lease(claim) | {"is_mine": is_mine}
    if claim is not None and is_mine:
        context["undone"] = claim.undone.get("verb")
        if issue.state == State.SUBMITTED:
            context["likelier"] = likelier_topic(
                text=issue.description, kind=issue.kind, chosen=issue.topic
            )
    context |= offered(
        issue, is_mine=is_mine, is_held=claim is not None, bound=bound, fields=fields
    )
    if issue.is_appealed or issue.state == State.REJECTED:
        context["looked_at"] = last_appeal(issue)
        if operations.is_head(request.user) and may_take_up(issue):
            context["take_up_form"] = bound.get("take_up_form") or TakeUpForm(issue=issue)
    if issue.state == State.SUBMITTED:
        context |= _yes_and_no(issue, bound, fields) | {
            "not_theirs": _not_theirs(request.user, issue)
        }
    elif issue.published_at is not None:
        context |= _after_publication(issue, bound)
    status = 409 if refused else 400 if any(form.errors for form in bound.values()) else 200
    return render(request, "moderation/message.html", context, status=status)


def _told(issue: Issue) -> dict[str, Any]:
    """What there is to read about a message, whoever reads."""
    told = telling.entries(issue, to_moderator=True)
    findings = keeping.kept(issue)
    return {
        "issue": issue,
        "now": clock.now(),
        "soon": clock.now() + queries.SOON,
        "history": queries.history(issue.author) if issue.author else None,
        "why": telling.why_this_authority(issue, told, in_full=True),
        "details": answers_in_words(issue.topic.questions, issue.details),
        "entries": reversed(told),
        "findings": findings,
        "pieces": marking.marked(issue.description, findings),
        "warned": [
            (answer, issue_operations.read_answer(answer)) for answer in queries.warned(issue)
        ],
    }


def _not_theirs(moderator: User, issue: Issue) -> str:
    """Why a waiting message is another moderator's, as a sentence; empty where this one may take it."""
    try:
        operations.refuse_others(moderator, issue)
    except ActionRefusedError as error:
        return refusal(error)
    return ""


def _yes_and_no(
    issue: Issue, bound: Mapping[str, forms.Form], fields: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    accept = bound.get("accept_form") or AcceptForm(issue=issue, initial=fields.get("accept", {}))
    if issue.is_appealed:
        return {"accept_form": accept}
    reject = bound.get("reject_form") or RejectForm(issue=issue, initial=fields.get("reject", {}))
    return {"accept_form": accept, "reject_form": reject}


def _after_publication(issue: Issue, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    photos = issue_operations.photos_to_judge(issue)
    context: dict[str, Any] = {
        "later_photos": photos.exclude(purpose=Attachment.Purpose.REPORT),
        "reason_form": ReasonForm(),
    }
    if issue.state == State.PUBLISHED and issue.kind == Kind.THANKS:
        context["thanks_form"] = ThanksForm()
    elif issue.state == State.PUBLISHED and issue.authority_id is None:
        context["assign_form"] = bound.get("assign_form") or AssignForm()
    return context


def lease(claim: Claim) -> dict[str, Any]:
    """How long a moderator keeps a message, for `_lease.html`."""
    return {"claim": claim, "seconds": round((claim.expires_at - clock.now()).total_seconds())}


def issue_of(number: str) -> Issue:
    """A message with all that its page at the desk shows.

    Raises:
        Http404: there is none of this number.
    """
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
            "held__moderator",
            "merged_into",
        )
        .defer("municipality__polygon", "municipality__centre")
        .prefetch_related(photos),
        number=number,
    )
