"""The second look that knows nothing of the first one, and what a head makes of both."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.operations import note_access
from authorities.questions import answers_in_words
from issues.models import Attachment
from issues.queries.appeals import may_take_up
from moderation import queries
from moderation.findings import keeping, marking
from moderation.forms.head import PeriodForm, SecondVerdictForm, SettleForm, SharesForm
from moderation.models import DoubleCheck, RejectionReason, Verdict
from moderation.operations import double_checks as operations
from moderation.operations import is_head
from moderation.operations.double_checks import CheckRefusedError
from moderation.queries import double_checks as checks
from moderation.views import figures
from moderation.views.access import DeskRequest, head_required, moderator_required

MOST_SHOWN = 50


@require_GET
@moderator_required
def next_check(request: DeskRequest) -> HttpResponse:
    """`/moderation/checks/`: the message that chance gives this moderator to judge once more."""
    return _next_page(request, operations.next_check(by=request.user))


@require_POST
@moderator_required
def say(request: DeskRequest, uid: str) -> HttpResponse:
    """`/moderation/checks/<uid>/say/`: the second verdict."""
    check = _check(uid)
    form = SecondVerdictForm(request.POST)
    if why := operations.why_not(request.user, check):
        messages.error(request, _refusal(CheckRefusedError(why)))
        return redirect("moderation:next_check")
    if not form.is_valid():
        return _next_page(request, check, form)
    reason: RejectionReason | None = form.cleaned_data["reason"]
    try:
        operations.say(
            by=request.user,
            check=check,
            verdict=form.cleaned_data["verdict"],
            reason=reason.code if reason else "",
        )
    except CheckRefusedError as error:
        messages.error(request, _refusal(error))
        return redirect("moderation:next_check")
    return redirect("moderation:check", uid)


@require_GET
@moderator_required
def check(request: DeskRequest, uid: str) -> HttpResponse:
    """`/moderation/checks/<uid>/`: both verdicts, for those who gave them and for heads."""
    found = _check(uid)
    second = getattr(found, "second", None)
    parties = {found.moderator_id, second.moderator_id} if second else set()
    if second is None or not (request.user.pk in parties or is_head(request.user)):
        raise PermissionDenied
    context = {
        "figures": queries.figures(request.user),
        "check": found,
        "second": second,
        "first_reason": _named(found.reason),
        "second_reason": _named(second.reason),
        "agree": second.verdict == found.verdict,
        # The author may have sent it again, or asked for a second look.
        "may_take_up": found.verdict == Verdict.REJECT
        and is_head(request.user)
        and may_take_up(found.issue),
    }
    return render(request, "moderation/check.html", context)


@require_GET
@head_required
def overview(request: DeskRequest) -> HttpResponse:
    """`/moderation/head/checks/?since=&until=`: agreement, disagreements and shares."""
    return _overview_page(request)


@require_POST
@head_required
def settle(request: DeskRequest, uid: str) -> HttpResponse:
    """`/moderation/head/checks/<uid>/`: which verdict is right."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose which verdict is right."))
        return redirect("moderation:checks")
    try:
        operations.settle(by=request.user, check=_check(uid), **form.cleaned_data)
    except CheckRefusedError as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(
            request, _("It is written down. The message itself changes by its own page alone.")
        )
    return redirect("moderation:checks")


@require_POST
@head_required
def set_shares(request: DeskRequest) -> HttpResponse:
    """`/moderation/head/checks/shares/`: how many decisions are checked from now on."""
    form = SharesForm(request.POST)
    if not form.is_valid():
        return _overview_page(request, form)
    operations.set_shares(
        by=request.user,
        of_people=form.cleaned_data["of_people"],
        of_the_rule=form.cleaned_data["of_the_rule"],
    )
    messages.success(request, _("The shares hold from now on."))
    return redirect("moderation:checks")


def _next_page(
    request: DeskRequest, found: DoubleCheck | None, form: SecondVerdictForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"figures": queries.figures(request.user), "check": found}
    if found is not None:
        issue = found.issue
        note_access(by=request.user, place="double check", subject=issue.number)
        findings = keeping.kept(issue)
        context |= {
            "issue": issue,
            "pieces": marking.marked(issue.description, findings),
            "findings": findings,
            "details": answers_in_words(issue.topic.questions, issue.details),
            "photos": issue.attachments.filter(purpose=Attachment.Purpose.REPORT, answer=None),
            "form": form or SecondVerdictForm(),
        }
    return render(request, "moderation/next_check.html", context, status=400 if form else 200)


def _overview_page(request: DeskRequest, shares: SharesForm | None = None) -> HttpResponse:
    period = PeriodForm(request.GET)
    since, until = period.period()
    reasons = dict(RejectionReason.objects.values_list("code", "name"))
    context = {
        "figures": queries.figures(request.user),
        "form": period,
        "table": figures.of_agreement(checks.agreements(since=since, until=until)),
        "chosen": request.GET.urlencode(),
        "waiting": checks.open_checks().count(),
        "rows": [
            {
                "check": found,
                "first_reason": reasons.get(found.reason, found.reason),
                "second_reason": reasons.get(found.second.reason, found.second.reason),
                "is_mine": request.user.pk in {found.moderator_id, found.second.moderator_id},
                "form": SettleForm(auto_id=f"id-{found.pk}-%s"),
            }
            for found in checks.disagreements()[:MOST_SHOWN]
        ],
        "settled": checks.settled(),
        "shares": shares or SharesForm(instance=checks.shares()),
    }
    status = 400 if shares or not period.is_valid() else 200
    return render(request, "moderation/checks.html", context, status=status)


def _check(uid: str) -> DoubleCheck:
    return get_object_or_404(
        DoubleCheck.objects.select_related(
            "issue__topic__category", "issue__municipality", "moderator", "second__moderator"
        ).defer("issue__municipality__polygon", "issue__municipality__centre"),
        uid=uid,
    )


def _named(reason: str) -> str:
    return str(RejectionReason.objects.filter(code=reason).first() or reason)


def _refusal(error: CheckRefusedError) -> str:
    match error.why:
        case "said":
            return _("Somebody else was quicker: one second verdict is enough.")
        case "seen":
            return _("You have opened this message at the desk and know what was decided.")
        case "lapsed":
            return _("The message has changed since it was judged: it is not checked any more.")
        case "party":
            return _("It is your own decision or your own message: somebody else judges.")
        case "same":
            return _("Both verdicts are the same: there is nothing to settle.")
    return _("This can not be done now.")
