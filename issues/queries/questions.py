"""The signed link of a moderator's question: who opens it needs no log-in."""

from django.core import signing

from issues import deadlines
from issues.models import Issue, IssueEvent

_SALT = "moderator-question"


def question_token(event: IssueEvent) -> str:
    """What the link of the letter carries: signed, and nothing that tells of the person."""
    return signing.dumps(event.pk, salt=_SALT)


def question_by_token(token: str) -> IssueEvent | None:
    """The question of a link while it waits for its answer; None for a forged, used or expired one."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=deadlines.QUESTION)
    except signing.BadSignature:
        return None
    event = (
        IssueEvent.objects.select_related("issue__author", "issue__topic", "words")
        .filter(pk=pk, action="ask")
        .first()
    )
    return event if event and open_question(event) else None


def open_question(event: IssueEvent) -> bool:
    """Whether the author still has to answer this very question."""
    issue = event.issue
    return (
        issue.state == "submitted"
        and issue.asked_until == event.at + deadlines.QUESTION
        and issue.author is not None
    )


def last_question(issue: Issue) -> tuple[IssueEvent | None, IssueEvent | None]:
    """What was asked about the message as it was sent last, and what its author has answered."""
    question = answer = None
    told = ("submit", "resubmit", "separate", "ask", "clarify")
    for event in issue.events.filter(action__in=told).select_related("words").order_by("seq"):
        question = event if event.action == "ask" else question
        answer = event if event.action == "clarify" else answer
        if event.action not in {"ask", "clarify"}:
            question = answer = None
    return question, answer
