"""Several messages of the queue at once: a preview of each, then a decision of its own for each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from issues import letters
from issues.models import Issue
from moderation import operations, queries
from moderation.decision import Accept, Decision, Merge, Reject
from moderation.forms import MainForm, RejectionForm, offered_text
from moderation.views.access import DeskRequest, moderator_required
from moderation.views.refusals import REFUSALS, refusal
from notifications.operations import Words

MOST = 50
"""Messages that are decided together at most."""
FORMS: dict[str, type[forms.Form]] = {
    "accept": forms.Form,
    "reject": RejectionForm,
    "merge": MainForm,
}
"""What has to be filled in for all of them, by what is done."""


@dataclass(frozen=True)
class Foreseen:
    """One chosen message with what would become of it.

    Attributes:
        issue: as it is.
        seen: how many entries of its timeline the moderator knows.
        refused: why it can not be decided so, as a sentence; empty where it can.
        after: as it would be after the decision, None where that is refused or not known yet.
        text: what the public would read, of one that would be accepted.
        letter: what its author would get, of one that would be rejected.
    """

    issue: Issue
    seen: int
    refused: str = ""
    after: Issue | None = None
    text: str = ""
    letter: Words | None = None


@require_POST
@moderator_required
def bulk(request: DeskRequest) -> HttpResponse:
    """`/moderation/bulk/`: takes and lets go at once; what is decided is shown first."""
    if len(set(request.POST.getlist("chosen"))) > MOST:
        messages.info(request, _("Only the first %(count)s are taken.") % {"count": MOST})
    chosen = _chosen(request)
    verb = request.POST.get("verb", "")
    if not chosen:
        messages.info(request, _("Choose messages first."))
        return redirect("moderation:queue")
    if verb in {"claim", "release"}:
        return _take_or_let_go(request, [issue for issue, _seen in chosen], take=verb == "claim")
    if verb not in FORMS:
        return redirect("moderation:queue")
    is_sent = "filled" in request.POST or verb == "accept"
    form = FORMS[verb](request.POST if is_sent else None)
    is_valid = is_sent and form.is_valid()
    if is_valid and "confirmed" in request.POST:
        return _carry_out(request, verb, form, chosen)
    rows = [
        _foreseen(request, verb, form, issue, seen) if is_valid else Foreseen(issue, seen)
        for issue, seen in chosen
    ]
    context = {
        "verb": verb,
        "form": form,
        "is_ready": is_valid and any(not row.refused for row in rows),
        "rows": rows,
        "possible": sum(not row.refused for row in rows),
    }
    status = 400 if is_sent and not is_valid else 200
    return render(request, "moderation/bulk.html", context, status=status)


def _chosen(request: DeskRequest) -> list[tuple[Issue, int]]:
    """The chosen messages, each with how much of its timeline was seen, in the order of the queue."""
    seen_of: dict[str, int | None] = {}
    for one in list(dict.fromkeys(request.POST.getlist("chosen")))[:MOST]:
        number, _colon, seen = one.partition(":")
        seen_of[number] = int(seen) if seen.isdecimal() and len(seen) < 9 else None
    found = queries.chosen(seen_of)
    return [(issue, seen_of[issue.number] or issue.event_count) for issue in found]


def _take_or_let_go(request: DeskRequest, chosen: Iterable[Issue], *, take: bool) -> HttpResponse:
    done = 0
    for issue in chosen:
        try:
            if take:
                operations.claim(by=request.user, issue=issue)
                done += 1
            else:
                done += operations.release(by=request.user, issue=issue)
        except REFUSALS as error:
            messages.error(request, f"№ {issue.number}: {refusal(error)}")
    if take:
        words = ngettext("%(count)s message is yours.", "%(count)s messages are yours.", done)
    else:
        words = ngettext(
            "%(count)s message is free again.", "%(count)s messages are free again.", done
        )
    messages.success(request, words % {"count": done})
    return redirect("moderation:queue")


def _carry_out(
    request: DeskRequest, verb: str, form: forms.Form, chosen: Iterable[tuple[Issue, int]]
) -> HttpResponse:
    done = 0
    for issue, seen in chosen:
        try:
            operations.decide(
                by=request.user, issue=issue, seen=seen, decision=_decision(verb, form, issue)
            )
        except REFUSALS as error:
            messages.error(request, f"№ {issue.number}: {refusal(error)}")
        else:
            done += 1
    words = ngettext("%(count)s message is decided.", "%(count)s messages are decided.", done)
    messages.success(request, words % {"count": done})
    return redirect("moderation:queue")


def _foreseen(
    request: DeskRequest, verb: str, form: forms.Form, issue: Issue, seen: int
) -> Foreseen:
    decision = _decision(verb, form, issue)
    try:
        after = operations.foresee(by=request.user, issue=issue, seen=seen, decision=decision)
    except REFUSALS as error:
        return Foreseen(issue, seen, refused=refusal(error))
    match decision:
        case Accept(published_text=text):
            return Foreseen(issue, seen, after=after, text=text)
        case Reject(words=words, ground=ground):
            letter = letters.rejection(issue, reason=words, ground=ground)
            return Foreseen(issue, seen, after=after, letter=letter)
        case _:
            return Foreseen(issue, seen, after=after)


def _decision(verb: str, form: forms.Form, issue: Issue) -> Decision:
    match form:
        case RejectionForm():
            words, ground = form.words_to(issue.author)
            given = form.cleaned_data
            return Reject(given["reason"].code, words, ground, given["comment"])
        case MainForm():
            return Merge(form.cleaned_data["main"].number)
        case _:
            return Accept(offered_text(issue))
