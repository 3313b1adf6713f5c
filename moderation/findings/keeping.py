"""The consumer “findings” of the timeline: what is noticed is written down whenever a message is sent."""

from django.db import transaction

from issues.models import Issue, IssueEvent
from moderation import models
from moderation.findings.circumstances import circumstances
from moderation.findings.finding import Finding
from moderation.findings.topic import topic
from moderation.findings.wording import wording

CONSUMER = "findings"
ERASE = "erase"
ACTIONS = frozenset({"submit", "resubmit", "amend", ERASE})
"""The actions whose events this consumer wants."""


def handle(event_id: int) -> None:
    """Looks at the event's message anew; called by the outbox, in its transaction."""
    event = IssueEvent.objects.select_related("issue__topic").get(pk=event_id)
    # The words that findings point at are gone with their author.
    keep(event.issue, [] if event.action == ERASE else examine(event.issue))


def examine(issue: Issue) -> list[Finding]:
    """All that is noticed about a message: a hint for a person, never a decision."""
    return [*wording(issue.description), *topic(issue), *circumstances(issue)]


def keep(issue: Issue, findings: list[Finding]) -> None:
    """Writes down what was noticed instead of what had been before."""
    with transaction.atomic():
        # What is in the files is looked at by itself, later (`operations.looking`).
        models.Finding.objects.filter(issue=issue).exclude(code__in=models.OF_FILES).delete()
        models.Finding.objects.bulk_create(
            models.Finding(issue=issue, code=one.code, spans=one.spans, values=dict(one.values))
            for one in findings
        )


def kept(issue: Issue) -> list[Finding]:
    """What was written down about a message."""
    return [
        Finding(models.Code(row.code), tuple((start, end) for start, end in row.spans), row.values)
        for row in issue.findings.all()
    ]
