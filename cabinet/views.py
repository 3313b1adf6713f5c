"""The authority's desk: its queue by the day of the answer, one message, one act at a time."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role, User
from accounts.operations import note_access
from authorities.models import Authority
from authorities.questions import answers_in_words
from cabinet import forms, queries
from common import clock
from issues import telling
from issues.models import Issue
from issues.policies import By
from issues.workflow import ANSWER_CLOCK_STATES, ActionRefusedError, Actor, Need, State, available

PLACE = "cabinet"

View = Callable[..., HttpResponse]


class CabinetRequest(HttpRequest):
    """A request whose user is known to be an officer of an authority."""

    user: User


def officer_required(view: View) -> View:
    """Lets an authority's officers in, sends others to the login, refuses the rest."""

    @login_required
    @wraps(view)
    def guarded(request: CabinetRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_official = getattr(request.user, "official", None) is not None
        if not is_official or not request.user.has_role(Role.OFFICER):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@officer_required
def queue(request: CabinetRequest) -> HttpResponse:
    """What the authority has to do, or has done."""
    authority = request.user.official.authority
    is_done = "done" in request.GET
    rows = queries.answered(authority) if is_done else queries.at_work(authority)
    figures = queries.figures(authority)
    pages = Paginator(rows, queries.PAGE_SIZE)
    # Counted already, together with the other figures.
    pages.count = figures.answered if is_done else figures.at_work
    context = {
        "authority": authority,
        "figures": figures,
        "page": pages.get_page(request.GET.get("page")),
        "is_done": is_done,
        "now": clock.now(),
    }
    return render(request, "cabinet/queue.html", context)


@require_GET
@officer_required
def issue(request: CabinetRequest, number: str) -> HttpResponse:
    """All about one message, and what can be done to it now."""
    return _page(request, _issue(request, number))


@require_POST
@officer_required
def act(request: CabinetRequest, number: str, action: str) -> HttpResponse:
    """Does one act to one message."""
    issue = _issue(request, number)
    if action not in forms.ACTS:
        raise Http404
    if issue.authority is None or issue.authority.exchange != Authority.Exchange.CABINET:
        raise PermissionDenied
    form = forms.ACTS[action](request.POST, request.FILES, issue=issue, user=request.user)
    if not form.is_valid():
        return _page(request, issue, {action: form})
    try:
        form.perform(By.officer(request.user))
    except ActionRefusedError as error:
        form.add_error(None, refusal(error, issue))
        issue.refresh_from_db()
        return _page(request, issue, {action: form})
    messages.success(request, str(form.done))
    if action in {"redirect", "refuse_registration"}:
        return redirect("cabinet:queue")  # it is not ours any more
    return redirect("cabinet:issue", number)


def refusal(error: ActionRefusedError, issue: Issue) -> str:
    """Why it could not be done, in a sentence for the officer."""
    match error.why:
        case Need.NEW_TERM:
            if why := forms.why_no_extension(issue):
                return why
            _first, latest = forms.days_of_extension(issue)
            return _(
                "The new day has to be later than the present one, and not after %(day)s: the law "
                "allows 30 days on top."
            ) % {"day": date_format(latest, "DATE_FORMAT")}
        case Need.REGISTERED_BEFORE:
            return _("Register the message first.")
        case Need.PLANNED_DATE:
            return _("Say by which day it will be done.")
        case "actor":
            return _("The message is with another authority now.")
    return _("This can not be done any more: somebody else has changed the message meanwhile.")


def _issue(request: CabinetRequest, number: str) -> Issue:
    # A neighbour's message is not refused but not there.
    mine = queries.of(request.user.official.authority)
    rows = mine.select_related("topic__category", "municipality", "authority", "author")
    return get_object_or_404(rows, number=number)


def _page(
    request: CabinetRequest, issue: Issue, filled: Mapping[str, forms.Act] | None = None
) -> HttpResponse:
    note_access(by=request.user, place=PLACE, subject=issue.number)
    bound = dict(filled or {})
    if issue.authority and issue.authority.exchange == Authority.Exchange.CABINET:
        possible = _possible(issue)
        no_extension = forms.why_no_extension(issue) if "extend" in possible else ""
        if no_extension:
            possible -= {"extend"}
        offered = [name for name in forms.ACTS if name in possible or name in bound]
    else:
        offered, no_extension = [], ""  # МСЭД would not know of what is done here
    told = telling.entries(issue, to_authority=True)
    context = {
        "issue": issue,
        "now": clock.now(),
        "answer_date": issue.answer_due_at and clock.last_day(issue.answer_due_at),
        "registration_date": issue.registration_due_at
        and clock.last_day(issue.registration_due_at),
        "acts": [
            (name, bound.get(name) or forms.ACTS[name](issue=issue, user=request.user))
            for name in offered
        ],
        "refused": next(iter(bound.values()), None),
        "no_extension": no_extension,
        "is_waiting": issue.state in ANSWER_CLOCK_STATES,
        "answers": issue.answers.prefetch_related("attachments"),
        "files": issue.attachments.filter(answer=None),
        "why": telling.why_this_authority(issue, told),
        "details": answers_in_words(issue.topic.questions, issue.details),
        "entries": reversed(told),
    }
    return render(request, "cabinet/issue.html", context)


def _possible(issue: Issue) -> frozenset[str]:
    """Names of the acts that the workflow allows now, as far as the registration decides it."""
    names = {action.name for action in available(State(issue.state), actor=Actor.AUTHORITY)}
    before = {"register", "refuse_registration"}
    if issue.state == State.IN_PROGRESS or (
        issue.state == State.EXTENDED and issue.events.filter(action="start").exists()
    ):
        names.discard("start")  # allowed, for МСЭД names the executor anew, but of no use here
    return frozenset(names - before if issue.registration_number else names & before)
