"""The page of one message, and its timeline to take home."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.operations import note_access
from issues import queries, telling, timeline
from issues.models import Issue
from issues.policies import may_see
from issues.queries import Box


@require_safe
def issue_page(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/`."""
    issue = queries.by_number(number).first()
    if issue is None:
        raise Http404
    if not may_see(_reader(request), issue):
        return _not_shown(request, issue)
    if not issue.is_public:
        note_staff(request, issue)
    told = telling.entries(issue)
    context = {
        "issue": issue,
        "entries": told,
        "moves": telling.deadline_moves(told),
        "holder": telling.holder_unknown_to_us(told),
        "why": telling.why_this_authority(issue, told),
        "around": _around(issue),
        "is_mine": request.user.pk == issue.author_id,
    }
    response = render(request, "portal/issue.html", context)
    if not issue.is_public:
        response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def issue_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/timeline.json`: the chain of entries with their hashes (R1.4)."""
    issue = queries.by_number(number).first()
    if issue is None or not may_see(_reader(request), issue):
        raise Http404
    response = JsonResponse(
        timeline.public_form(issue), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="timeline-{issue.number}.json"'
    return response


def note_staff(request: HttpRequest, issue: Issue) -> None:
    """Notes that staff looked at what the public does not see (R13.1); its author may always."""
    if request.user.is_authenticated and request.user.pk != issue.author_id:
        note_access(by=request.user, place="portal", subject=issue.number)


def _around(issue: Issue) -> Box:
    lon, lat, across = issue.point.x, issue.point.y, 0.012
    return Box(lon - across, lat - across / 2, lon + across, lat + across / 2)


def _reader(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _not_shown(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Nothing of the message; the reason where a moderator hid it, since that is public."""
    if not issue.is_hidden:
        raise Http404
    hiding = issue.events.filter(action="hide").select_related("words").order_by("-seq").first()
    found = getattr(hiding, "words", None)
    context = {"number": issue.number, "reason": found.note if found else "", "hiding": hiding}
    return render(request, "portal/issue_hidden.html", context, status=404)
