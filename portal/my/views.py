"""`/my/`: own messages, and the tools of an author; nobody sees another's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from authorities.models import Kind
from common import clock, unsent
from issues import operations
from issues.models import Attachment, Issue, Rating
from issues.policies import By
from issues.queries import own as queries
from issues.queries import voices
from issues.queries.additions import additions
from issues.queries.appeals import last_appeal, may_appeal
from issues.queries.edits import edits
from issues.queries.filters import tell_unsolved
from issues.telling import paired
from issues.workflow import MAX_ADDITIONS, ActionRefusedError, Actor, State, available
from portal.filing import keeping
from portal.filing.draft import Draft
from portal.filing.forms import KINDS
from portal.my.clarifying import question_to
from portal.my.forms import VerdictForm
from portal.my.next_step import next_step

STAGES = {
    "mine": gettext_lazy("You have to act"),
    "waiting": gettext_lazy("On moderation"),
    "work": gettext_lazy("In progress"),
    "over": gettext_lazy("Over"),
}
"""What the stages of `queries.OWN_STATES` are called to their author."""


@login_required
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """`/my/`: the newest first, each with its stage, its deadline and what is next."""
    author = resident_of(request)
    stage = request.GET.get("stage", "")
    try:
        page = queries.own(author, stage=stage, after=request.GET.get("after", ""))
    except ValueError:
        return redirect("portal:my")
    counts = queries.count_own(author)
    asked = queries.corrections(page.issues)
    context = {
        "page": page,
        "rows": [(issue, next_step(issue), asked.get(issue.pk)) for issue in page.issues],
        "stages": [(name, words, counts[name]) for name, words in STAGES.items()],
        "stage": stage if stage in STAGES else "",
        "total": sum(counts.values()),
        "is_first": "after" not in request.GET,
        "drafts": keeping.kept_by(author) if "after" not in request.GET else [],
    }
    return render(request, "portal/my/own.html", context)


@login_required
@require_GET
def supported(request: HttpRequest) -> HttpResponse:
    """`/my/supported/`: messages of others that one supports."""
    try:
        page = queries.supported(resident_of(request), after=request.GET.get("after", ""))
    except ValueError:
        return redirect("portal:supported")
    context = {"page": page, "is_first": "after" not in request.GET}
    return render(request, "portal/my/supported.html", context)


@login_required
@require_GET
def own_issue(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/`: one message with everything its author sees and can do."""
    return _page(request, issue_of(request, number))


@unsent.login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/rate/`: the verdict on the answer."""
    issue = issue_of(request, number)
    if request.method != "POST":  # back from the log-in
        return redirect("portal:my_issue", number=number)
    form = VerdictForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, issue, form)
    verdict = form.cleaned_data
    try:
        issue = operations.rate_issue(
            by=By.author(resident_of(request)),
            issue=issue,
            stars=verdict["stars"],
            solved=verdict["solved"] == "yes",
            comment=verdict["comment"].strip(),
            photo=verdict["photo"],
        )
    except ActionRefusedError:
        messages.error(request, _("This answer can not be rated now: perhaps it is rated already."))
    else:
        if issue.state != State.CLOSED:
            words = _("Thank you. The message goes back to the authority with your words.")
        elif verdict["solved"] == "yes":
            words = _("Thank you. The message is closed.")
        else:
            words = _("Thank you. The head of the authority has it under control now.")
        messages.success(request, words)
    return redirect("portal:my_issue", number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/withdraw/`: asks, then withdraws."""
    issue = issue_of(request, number)
    if request.method != "POST":
        if "withdraw" not in actions_of(issue):
            return redirect("portal:my_issue", number=number)
        return render(request, "portal/my/withdraw.html", {"issue": issue})
    try:
        note = request.POST.get("note", "").strip()[:1000]
        operations.withdraw_issue(by=By.author(resident_of(request)), issue=issue, note=note)
    except ActionRefusedError:
        messages.error(request, _("This message can not be withdrawn any more."))
    else:
        messages.success(request, _("The message is withdrawn."))
    return redirect("portal:my_issue", number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """`/my/<number>/correct/`: opens a rejected or merged message in the steps of filing."""
    issue = issue_of(request, number)
    if request.method != "POST" or "resubmit" not in actions_of(issue):
        return redirect("portal:my_issue", number=number)
    keeping.keep(request, Draft.of_issue(issue))
    return redirect("portal:new_words")


def _page(request: HttpRequest, issue: Issue, form: VerdictForm | None = None) -> HttpResponse:
    answers = list(issue.answers.select_related("authority").prefetch_related("attachments"))
    ratings = {rating.answer_id: rating for rating in Rating.objects.filter(answer__in=answers)}
    reported = list(issue.attachments.filter(purpose=Attachment.Purpose.REPORT))
    was_rejected = issue.state == State.REJECTED or issue.is_appealed
    actions = actions_of(issue)
    question, question_token = question_to(issue) or (None, "")
    added = additions(issue)
    tell_unsolved([issue])
    _path, typed = unsent.given_back(request, reverse("portal:my_rate", args=[issue.number]).__eq__)
    context = {
        "issue": issue,
        "kind_label": KINDS[Kind(issue.kind)],
        "next_step": next_step(issue),
        "is_being_read": issue.state == State.SUBMITTED and operations.is_being_read(issue),
        "answer_day": issue.answer_due_at and clock.last_day(issue.answer_due_at),
        "attachments": reported,
        "answers": [
            (answer, paired(answer.attachments.all(), reported=reported), ratings.get(answer.pk))
            for answer in answers
        ],
        "looked_at": last_appeal(issue) if was_rejected else None,
        "may_appeal": may_appeal(issue),
        "edits": edits(issue) if issue.published_at else None,
        "question": question,
        "question_token": question_token,
        "actions": actions,
        "voices": voices.of_issue(issue, resident_of(request)),
        "additions": added,
        "may_add": "supplement" in actions and len(added) < MAX_ADDITIONS,
        "verdict_photos": issue.attachments.filter(purpose=Attachment.Purpose.VERDICT),
        "form": (form or VerdictForm(initial=typed)) if "rate" in actions else None,
    }
    return render(request, "portal/my/issue.html", context, status=400 if form else 200)


def actions_of(issue: Issue) -> set[str]:
    """Names of the actions that the workflow allows its author now."""
    found = available(State(issue.state), actor=Actor.AUTHOR, hidden=issue.is_hidden)
    return {action.name for action in found}


def _mine(request: HttpRequest) -> "QuerySet[Issue]":
    mine = Issue.objects.filter(author=resident_of(request)).select_related(
        "topic__category", "authority", "municipality", "merged_into"
    )
    return mine.defer("municipality__polygon", "municipality__centre")


def issue_of(request: HttpRequest, number: str) -> Issue:
    """A message of who is logged in; another's is not there."""
    return get_object_or_404(_mine(request), number=number)


def resident_of(request: HttpRequest) -> User:
    """Who is logged in."""
    assert isinstance(request.user, User)
    return request.user
