"""One message at the desk, and one act at a time."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.operations import note_access
from authorities.models import Authority
from authorities.questions import answers_in_words
from cabinet import forms, operations, queries
from cabinet.views.access import (
    PLACE,
    CabinetRequest,
    must_answer_here,
    news,
    officer_required,
    own_issue,
    possible,
    readable_issue,
    refusal,
    said_by_author,
    seen,
    typed_before,
)
from common import clock
from issues import telling
from issues.models import Issue
from issues.policies import By, is_head_of
from issues.queries import tell_unsolved
from issues.queries.control import control_of
from issues.telling import Entry
from issues.workflow import ANSWER_CLOCK_STATES, ActionRefusedError

LEAVES = frozenset({"redirect", "refuse_registration"})
"""After these acts the message is another's."""


@require_GET
@officer_required
def issue(request: CabinetRequest, number: str) -> HttpResponse:
    """All about one message, and what can be done to it now."""
    issue = readable_issue(request, number)
    action, words = typed_before(request, number, list(forms.ACTS))
    if not action or issue.authority != request.user.official.authority:
        return _page(request, issue)
    form = forms.ACTS[action](issue=issue, user=request.user, initial=words)
    return _page(request, issue, {action: form})


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required
def act(request: CabinetRequest, number: str, action: str) -> HttpResponse:
    """Does one act to one message, as the officer has read it."""
    if action not in forms.ACTS:
        raise Http404
    if request.method != "POST":  # the address of a form that was not right, opened once more
        return redirect("cabinet:issue", number)
    if queries.did_just_that(request.user, number, action=action, seen=seen(request)):
        return _done(request, number, action)  # the button was pressed twice
    issue = own_issue(request, number)
    must_answer_here(issue)
    form = forms.ACTS[action](request.POST, issue=issue, user=request.user)
    if not form.is_valid():
        return _page(request, issue, {action: form})
    happened: Sequence[Entry] = ()
    try:
        with operations.as_read(issue, seen=seen(request)):
            form.perform(By.officer(request.user))
    except operations.ChangedError:
        if queries.did_just_that(request.user, number, action=action, seen=seen(request)):
            return _done(request, number, action)
        issue.refresh_from_db()
        happened = news(issue, seen(request))
        form.add_error(None, _("Somebody else was quicker: read what has happened, then decide."))
    except ActionRefusedError as error:
        form.add_error(None, refusal(error, issue))
        issue.refresh_from_db()
    else:
        return _done(request, number, action)
    return _page(request, issue, {action: form}, happened)


def _done(request: CabinetRequest, number: str, action: str) -> HttpResponse:
    messages.success(request, str(forms.ACTS[action].done))
    if action in LEAVES:
        return redirect("cabinet:queue")
    return redirect("cabinet:issue", number)


def _page(
    request: CabinetRequest,
    issue: Issue,
    filled: Mapping[str, forms.Act] | None = None,
    happened: Sequence[Entry] = (),
) -> HttpResponse:
    own = request.user.official.authority
    is_own = issue.authority == own
    note_access(by=request.user, place=PLACE, subject=issue.number)
    chosen = dict(filled or {})
    can = possible(issue) if is_own else frozenset()
    no_extension = forms.why_no_extension(issue) if "extend" in can else ""
    if no_extension:
        can -= {"extend"}
    told = telling.entries(issue, to_authority=True)
    tell_unsolved([issue])
    context = {
        "issue": issue,
        "is_own": is_own,
        "works_elsewhere": issue.authority
        and issue.authority.exchange != Authority.Exchange.CABINET,
        "now": clock.now(),
        "answer_date": issue.answer_due_at and clock.last_day(issue.answer_due_at),
        "registration_date": issue.registration_due_at
        and clock.last_day(issue.registration_due_at),
        "acts": [
            (name, chosen.get(name) or forms.ACTS[name](issue=issue, user=request.user))
            for name in forms.ACTS
            if name in can or name in chosen
        ],
        "opened": next(iter(chosen), ""),
        "may_answer": "answer" in can,
        "draft": queries.draft(request.user, issue) if is_own else None,
        "writers": queries.writers(request.user, issue) if is_own else (),
        "refused": next((form for form in chosen.values() if form.is_bound), None),
        "happened": happened,
        "no_extension": no_extension,
        "is_waiting": issue.state in ANSWER_CLOCK_STATES,
        "answers": issue.answers.prefetch_related("attachments"),
        **said_by_author(issue),
        "voices": {
            "control": control_of(issue),
            "may_conclude": is_head_of(request.user, issue.authority),
        },
        "why": telling.why_this_authority(issue, told),
        "details": answers_in_words(issue.topic.questions, issue.details),
        "entries": list(reversed(told)),
        "names": queries.names_to_offer(own) if "redirect" in can else (),
    }
    return render(request, "cabinet/issue.html", context)
