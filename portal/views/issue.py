"""The page of one message: what was asked, who answers by when, what came of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issues import queries, telling
from issues.models import Issue, Rating
from issues.policies import may_see
from issues.queries import Box, news, voices
from issues.workflow import State
from portal.reputation import record_of, survey_of
from portal.views.access import note_staff, reader, timeline_of
from portal.voice_forms import RepairForm


@require_safe
def issue_page(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/`."""
    issue = queries.by_number(number).first()
    if issue is None:
        raise Http404
    if not may_see(reader(request), issue):
        return _not_shown(request, issue)
    if not issue.is_public:
        note_staff(request, issue)
    outcome = _outcome(issue)
    issue.is_unsolved = outcome is not None and not outcome.solved
    told = timeline_of(request, issue)
    is_mine = request.user.pk is not None and request.user.pk == issue.author_id
    context = {
        "issue": issue,
        "replies": [
            (answer, telling.paired(answer.attachments.all(), reported=issue.attachments.all()))
            for answer in issue.answers.all()
        ],
        "voices": voices.of_issue(issue, reader(request)),
        "repair_form": RepairForm(auto_id="repair-%s"),
        "follow": news.follow_of(request.user.pk, issue),
        "entries": told,
        "stages": telling.stages(issue),
        "outcome": outcome,
        "next": telling.next_step(issue),
        "term": telling.term(issue),
        "record": record_of(issue.authority),
        "survey": survey_of(issue.authority),
        "moves": telling.deadline_moves(told),
        "holder": telling.holder_unknown_to_us(told),
        "why": telling.why_this_authority(issue, told),
        "around": _around(issue),
        "is_mine": is_mine,
        "may_judge": is_mine and issue.state == State.ANSWERED,
        "address": request.build_absolute_uri(request.path),
    }
    response = render(request, "portal/issue.html", context)
    if not issue.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


def _outcome(issue: Issue) -> Rating | None:
    """What the author said last of a message that is closed."""
    if issue.state != State.CLOSED:
        return None
    said = [answer.rating for answer in issue.answers.all() if hasattr(answer, "rating")]
    return said[-1] if said else None


def _around(issue: Issue) -> Box:
    lon, lat, across = issue.point.x, issue.point.y, 0.012
    return Box(lon - across, lat - across / 2, lon + across, lat + across / 2)


def _not_shown(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Nothing of the message; the reason where a moderator hid it, since that is public."""
    if not issue.is_hidden:
        raise Http404
    hiding = issue.events.filter(action="hide").select_related("words").order_by("-seq").first()
    found = getattr(hiding, "words", None)
    context = {"number": issue.number, "reason": found.note if found else "", "hiding": hiding}
    return render(request, "portal/issue_hidden.html", context, status=404)
