"""Who reads, and the message of an address: only for those who may see it."""

from django.http import Http404, HttpRequest

from accounts.models import User
from accounts.operations import note_access
from issues import queries, telling
from issues.models import Issue
from issues.policies import By, may_act, may_see


def reader(request: HttpRequest) -> User | None:
    """Who reads, None for somebody without an account."""
    return request.user if request.user.is_authenticated else None


def readable_issue(request: HttpRequest, number: str) -> Issue:
    """The message of a public number, with all that its page shows but the timeline.

    Raises:
        Http404: there is none, or none for this reader.
    """
    issue = queries.by_number(number).first()
    if issue is None or not may_see(reader(request), issue):
        raise Http404
    return issue


def timeline_of(request: HttpRequest, issue: Issue) -> list[telling.Entry]:
    """The timeline on the page of a message: public words, and before it is public what is the reader's own."""
    user = reader(request)
    if issue.is_public or user is None:
        return telling.entries(issue)
    return telling.entries(
        issue,
        to_author=user.pk == issue.author_id,
        to_moderator=may_act(By.moderator(user), issue),
        to_authority=may_act(By.officer(user), issue),
    )


def note_staff(request: HttpRequest, issue: Issue) -> None:
    """Notes that staff looked at what the public does not see (R13.1); its author may always."""
    if request.user.is_authenticated and request.user.pk != issue.author_id:
        note_access(by=request.user, place="portal", subject=issue.number)
