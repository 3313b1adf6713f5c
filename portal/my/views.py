"""`/my/`: own messages, and the tools of an author; nobody sees another's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from authorities.models import Kind
from common import clock
from issues import operations
from issues.models import Attachment, Issue, Rating
from issues.policies import By
from issues.workflow import ActionRefusedError, Actor, State, available
from portal.filing.draft import Draft
from portal.filing.views import KINDS
from portal.my.forms import VerdictForm
from portal.my.next_step import next_step

PAGE = 20


@login_required
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """`/my/`: the newest first, each with its stage, its deadline and what is next."""
    page = Paginator(_mine(request).order_by("-filed_at", "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    rows = [(issue, next_step(issue)) for issue in page]
    draft = Draft.load(request.session)
    return render(request, "portal/my/own.html", {"page": page, "rows": rows, "draft": draft})


@login_required
@require_GET
def own_issue(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/`: one message with everything its author sees and can do."""
    return _page(request, _issue(request, number))


@login_required
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/rate/`: the verdict on the answer."""
    issue = _issue(request, number)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, issue, form)
    verdict = form.cleaned_data
    try:
        issue = operations.rate_issue(
            by=By.author(_author(request)),
            issue=issue,
            stars=verdict["stars"],
            solved=verdict["solved"] == "yes",
            comment=verdict["comment"].strip(),
        )
    except ActionRefusedError:
        messages.error(request, _("This answer can not be rated now: perhaps it is rated already."))
    else:
        closed = issue.state == State.CLOSED
        messages.success(
            request,
            _("Thank you. The message is closed.")
            if closed
            else _("Thank you. The message goes back to the authority with your words."),
        )
    return redirect("portal:my_issue", number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/withdraw/`: asks, then withdraws."""
    issue = _issue(request, number)
    if request.method != "POST":
        if "withdraw" not in _actions(issue):
            return redirect("portal:my_issue", number=number)
        return render(request, "portal/my/withdraw.html", {"issue": issue})
    try:
        note = request.POST.get("note", "").strip()[:1000]
        operations.withdraw_issue(by=By.author(_author(request)), issue=issue, note=note)
    except ActionRefusedError:
        messages.error(request, _("This message can not be withdrawn any more."))
    else:
        messages.success(request, _("The message is withdrawn."))
    return redirect("portal:my_issue", number=number)


@login_required
@require_POST
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/correct/`: opens a rejected message in the steps of filing."""
    issue = _issue(request, number)
    if issue.state != State.REJECTED:
        return redirect("portal:my_issue", number=number)
    Draft.of_issue(issue).save(request.session)
    return redirect("portal:new_words")


def _page(request: HttpRequest, issue: Issue, form: VerdictForm | None = None) -> HttpResponse:
    answers = list(issue.answers.select_related("authority").prefetch_related("attachments"))
    ratings = {rating.answer_id: rating for rating in Rating.objects.filter(answer__in=answers)}
    rejection = None
    if issue.state == State.REJECTED:
        rejection = (
            issue.events.filter(action="reject").select_related("words").order_by("-seq").first()
        )
    actions = _actions(issue)
    context = {
        "issue": issue,
        "kind_label": KINDS[Kind(issue.kind)],
        "next_step": next_step(issue),
        "answer_day": issue.answer_due_at and clock.last_day(issue.answer_due_at),
        "attachments": issue.attachments.filter(purpose=Attachment.Purpose.REPORT),
        "answers": [(answer, ratings.get(answer.pk)) for answer in answers],
        "rejection": rejection,
        "actions": actions,
        "form": (form or VerdictForm()) if "rate" in actions else None,
    }
    return render(request, "portal/my/issue.html", context, status=400 if form else 200)


def _actions(issue: Issue) -> set[str]:
    found = available(State(issue.state), actor=Actor.AUTHOR, hidden=issue.is_hidden)
    return {action.name for action in found}


def _mine(request: HttpRequest) -> "QuerySet[Issue]":
    return Issue.objects.filter(author=_author(request)).select_related(
        "topic__category", "authority", "municipality"
    )


def _issue(request: HttpRequest, number: str) -> Issue:
    return get_object_or_404(_mine(request), number=number)


def _author(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
