"""Who may come to the desk, which messages stand on it, and what was typed when the session had ended."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from authorities.models import Authority
from cabinet import forms, queries
from common import unsent
from issues import telling
from issues.models import Attachment, Issue, Rating
from issues.queries.additions import additions
from issues.telling import Entry
from issues.workflow import ActionRefusedError, Actor, Need, State, available

PLACE = "cabinet"

View = Callable[..., HttpResponse]


class CabinetRequest(HttpRequest):
    """A request whose user is known to be an officer of an authority."""

    user: User


def officer_required(view: View) -> View:
    """Lets an authority's officers in, sends others to the login, refuses the rest.

    What somebody sends whose session has ended is kept over the login: words, not files.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request)
        is_official = getattr(request.user, "official", None) is not None
        if not is_official or not request.user.has_role(Role.OFFICER):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except Http404:
            number = str(kwargs.get("number", ""))
            if (now := queries.handed_over(request.user.official.authority, number)) is None:
                raise
            # Everybody reads who has it: whoever had it before is told, not turned away.
            words = _("Message %(number)s is not with you any more. It is with: %(authority)s.")
            none = _("not found yet")
            messages.info(request, words % {"number": number, "authority": now.authority or none})
            return redirect("cabinet:queue")

    return guarded


def _to_login(request: HttpRequest) -> HttpResponse:
    path = request.get_full_path()
    if request.method == "POST":
        unsent.keep(request)
        match = request.resolver_match
        number = str(match.kwargs.get("number", "")) if match else ""
        path = reverse("cabinet:issue", args=[number]) if number else reverse("cabinet:queue")
        if number and _act(request.path) in {"answer", "send"}:
            path = reverse("cabinet:answer", args=[number])
    return redirect_to_login(path)


def typed_before(
    request: HttpRequest, number: str, acts: Sequence[str]
) -> tuple[str, dict[str, str]]:
    """What was typed for a message before the log-in: the act and the words; empty where nothing was."""
    path, words = unsent.given_back(
        request, lambda path: f"/{number}/" in path and _act(path) in acts
    )
    return _act(path), words


def _act(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def own_issue(request: CabinetRequest, number: str) -> Issue:
    """A message of the officer's own authority; a neighbour's is not refused but not there."""
    return get_object_or_404(
        _with_facts(queries.of(request.user.official.authority)), number=number
    )


def readable_issue(request: CabinetRequest, number: str) -> Issue:
    """The same, or a message of an authority right below it."""
    mine = queries.readable_issues(request.user.official.authority)
    return get_object_or_404(_with_facts(mine), number=number)


def _with_facts(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    facts = issues.select_related("topic__category", "municipality", "authority", "author")
    return facts.defer("municipality__polygon", "municipality__centre")


def must_answer_here(issue: Issue) -> None:
    """МСЭД or МЭДО would not know of what is done here.

    Raises:
        PermissionDenied: the authority works there.
    """
    if issue.authority is None or issue.authority.exchange != Authority.Exchange.CABINET:
        raise PermissionDenied


def possible(issue: Issue) -> frozenset[str]:
    """Names of the acts that the workflow allows now, as far as the registration decides it."""
    if issue.authority is None or issue.authority.exchange != Authority.Exchange.CABINET:
        return frozenset()
    names = {action.name for action in available(State(issue.state), actor=Actor.AUTHORITY)}
    before = {"register", "refuse_registration"}
    if issue.state == State.IN_PROGRESS or (
        issue.state == State.EXTENDED and issue.events.filter(action="start").exists()
    ):
        names.discard("start")  # allowed, for МСЭД names the executor anew, but of no use here
    return frozenset(names - before if issue.registration_number else names & before)


def seen(request: HttpRequest) -> int:
    """How many entries the timeline had when the form was drawn; -1 where the form does not say."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def news(issue: Issue, since: int) -> list[Entry]:
    """What has happened to a message after its first `since` entries."""
    return telling.entries(issue, to_authority=True)[max(since, 0) :]


def said_by_author(issue: Issue) -> dict[str, Any]:
    """What the author has written and shown, for `_message.html`."""
    files = issue.attachments.filter(answer=None)
    return {
        "files": files.filter(purpose=Attachment.Purpose.REPORT),
        "additions": additions(issue),
        "verdicts": Rating.objects.filter(answer__issue=issue).order_by("rated_at"),
        "verdict_photos": files.filter(purpose=Attachment.Purpose.VERDICT),
    }


def refusal(error: ActionRefusedError, issue: Issue) -> str:
    """Why it could not be done, in a sentence for the officer."""
    match error.why:
        case Need.NEW_TERM:
            if why := forms.why_no_extension(issue):
                return why
            return _(
                "The new day has to be later than the present one, and within what the law allows."
            )
        case Need.REGISTERED_BEFORE:
            return _("Register the message first.")
        case Need.PLANNED_DATE:
            return _("Say by which day it will be done.")
        case "actor":
            return _("The message is with another authority now.")
    return _("This can not be done any more: somebody else has changed the message meanwhile.")
