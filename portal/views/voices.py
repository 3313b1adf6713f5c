"""What residents say of a message: “me too”, fixed or not, the survey, a report; and the head's word."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from issues import operations
from issues.models import Issue
from issues.operations import VoiceRefusedError
from issues.policies import By, is_head_of, may_conclude
from issues.queries import voices
from issues.queries.control import is_controlled
from issues.workflow import ActionRefusedError
from portal.views.access import readable_issue, reader
from portal.voice_forms import AbuseForm, ControlForm, RepairForm, SurveyForm

READ_OR_SEND = ("GET", "HEAD", "POST")


@require_http_methods(READ_OR_SEND)
def support(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/support/`: “me too”, or with `off` no more; a log-in comes back to the button."""
    issue = readable_issue(request, number)
    user = reader(request)
    if request.method != "POST":
        return _back(issue, "support")
    if user is None:
        return _to_login(issue, "support")
    if "off" in request.POST:
        operations.unsupport_issue(by=user, issue=issue)
        messages.success(request, _("You do not support this message any more."))
        return _back(issue, "support")
    try:
        operations.support_issue(by=user, issue=issue)
    except VoiceRefusedError as error:
        messages.error(request, _no_support(error))
        return _back(issue)
    messages.success(request, _("You support this message."))
    return _back(issue, "support")


@require_http_methods(READ_OR_SEND)
def repair(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/repair/`: fixed or not, as a supporter or a neighbour found it."""
    issue = readable_issue(request, number)
    user = reader(request)
    if request.method != "POST":
        return _back(issue, "repair")
    if user is None:
        return _to_login(issue, "repair")
    try:
        operations.say_of(user, issue)  # a photo is examined for those who have a say
        form = RepairForm(request.POST, request.FILES)
        if not form.is_valid():
            for wrong in form.errors.values():
                messages.error(request, str(wrong[0]))
            return _back(issue)
        operations.confirm_repair(
            by=user,
            issue=issue,
            is_fixed=form.cleaned_data["fixed"] == "yes",
            photo=form.cleaned_data["photo"],
        )
    except VoiceRefusedError as error:
        messages.error(request, _no_say(error))
        return _back(issue)
    has_photo = form.cleaned_data["photo"] is not None
    messages.success(
        request,
        _("Thank you. Your word is counted; a moderator looks at the photo.")
        if has_photo
        else _("Thank you. Your word is counted."),
    )
    return _back(issue, "repair")


@never_cache
@require_http_methods(READ_OR_SEND)
def still_fixed(request: HttpRequest, token: str) -> HttpResponse:
    """`/still-fixed/<token>/`: the question of a letter, four weeks later; no log-in is needed.

    The link only opens it and a button answers: programs that look at links in letters say nothing.
    """
    asked = voices.follow_up_by_token(token)
    if asked is None or not asked.answer.issue.is_public:
        return render(request, "portal/still_fixed_gone.html", status=404)
    if request.method == "POST" and (said := request.POST.get("fixed")) in {"yes", "no"}:
        operations.reply_to_follow_up(follow_up=asked, is_fixed=said == "yes")
        return redirect("portal:still_fixed", token=token)
    context = {"asked": asked, "issue": asked.answer.issue, "token": token}
    status = 400 if request.method == "POST" else 200
    return render(request, "portal/still_fixed.html", context, status=status)


@login_required
@require_http_methods(READ_OR_SEND)
def survey(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/survey/`: up to five questions to the author about the answer."""
    issue = readable_issue(request, number)
    if request.user.pk != issue.author_id:
        raise Http404
    questions = voices.survey_for(issue)
    if not questions:
        messages.info(request, _("There is nothing to ask: you have replied already."))
        return redirect("portal:my_issue", number=number)
    form = SurveyForm(request.POST if request.method == "POST" else None, questions=questions)
    if request.method != "POST" or not form.is_valid():
        context = {"issue": issue, "form": form}
        status = 400 if request.method == "POST" else 200
        return render(request, "portal/survey.html", context, status=status)
    assert isinstance(request.user, User)
    try:
        operations.reply_to_survey(by=request.user, issue=issue, replies=form.replies)
    except VoiceRefusedError:
        messages.info(request, _("There is nothing to ask: you have replied already."))
    else:
        messages.success(request, _("Thank you for your replies."))
    return redirect("portal:my_issue", number=number)


@require_http_methods(READ_OR_SEND)
def report(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/report/`: tells the moderators that something is wrong with a message."""
    issue = readable_issue(request, number)
    if not issue.is_public:
        raise Http404
    user = reader(request)
    form = AbuseForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        # Who is known reports a message once, and not without end either (ACCOUNT_RATE_LIMITS).
        is_too_much = form.is_valid() and not _may_report(request, user)
        if is_too_much:
            form.add_error(None, _("You have reported much within an hour: try again later."))
            status = 429
        if form.is_valid():
            return _reported(request, issue, user, form)
    context = {"issue": issue, "form": form}
    return render(request, "portal/report_abuse.html", context, status=status)


@login_required
@require_http_methods(READ_OR_SEND)
def control(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/control/`: the head's word on an answer that was refused three times."""
    issue = readable_issue(request, number)
    assert isinstance(request.user, User)
    if (by := _head(request.user, issue)) is None:
        raise Http404
    if not is_controlled(issue):
        messages.info(request, _("This message is not under control."))
        return _back(issue, "control")
    form = ControlForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.conclude_control(by=by, issue=issue, words=form.cleaned_data["words"])
        except ActionRefusedError:
            messages.error(request, _("This can not be done now."))
        else:
            messages.success(request, _("The decision is published."))
        return _back(issue, "control")
    status = 400 if request.method == "POST" else 200
    return render(request, "portal/control.html", {"issue": issue, "form": form}, status=status)


def _head(user: User, issue: Issue) -> By | None:
    if not may_conclude(user, issue):
        return None
    return By.officer(user) if is_head_of(user, issue.authority) else By.moderator(user)


def _reported(
    request: HttpRequest, issue: Issue, user: User | None, form: AbuseForm
) -> HttpResponse:
    try:
        operations.report_abuse(
            by=user,
            issue=issue,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["words"],
        )
    except VoiceRefusedError:
        messages.info(request, _("You have reported this message before; a moderator looks at it."))
    else:
        messages.success(request, _("Thank you. A moderator looks at it."))
    return _back(issue)


def _may_report(request: HttpRequest, user: User | None) -> bool:
    action = "report_abuse" if user is None else "report_abuse_known"
    return bool(ratelimit.consume(request, action=action, user=user))


def _no_support(error: VoiceRefusedError) -> str:
    match error.why:
        case "own":
            return _("This is your own message: it counts already.")
        case "much":
            return _("You have supported very many messages within a day: go on tomorrow.")
        case _:
            return _("This message has ended: it can not be supported any more.")


def _no_say(error: VoiceRefusedError) -> str:
    match error.why:
        case "own":
            return _("You are the author: rate the answer instead.")
        case "standing":
            return _("Those say it who supported the message before, or live in the municipality.")
        case _:
            return _("No answer says that it is done: there is nothing to confirm.")


def _back(issue: Issue, part: str = "") -> HttpResponseRedirect:
    """To the part where the button is; to the top, where messages stand, if something went wrong."""
    address = reverse("portal:issue", args=[issue.number])
    return HttpResponseRedirect(f"{address}#{part}" if part else address)


def _to_login(issue: Issue, part: str) -> HttpResponseRedirect:
    # What the button said is not kept: nobody is made to say what they did not press.
    back = reverse("portal:issue", args=[issue.number])
    return HttpResponseRedirect(f"{reverse('account_login')}?next={back}%23{part}")
