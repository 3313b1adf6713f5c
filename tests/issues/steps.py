"""Steps of an issue's way that several tests take."""

from datetime import date

from issues import operations
from issues.models import Answer, Issue
from issues.policies import By

REPLY = operations.Reply(
    decision=Answer.Decision.DONE, text="Яма заделана 3 июня, акт № 5.", signatory="Сидоров С. С."
)


def register(issue: Issue) -> None:
    operations.register_issue(
        by=By.msed(), issue=issue, number="01-12/345", registered_on=date(2026, 6, 1)
    )


def again(issue: Issue) -> Issue:
    """The issue as the database has it now."""
    return Issue.objects.get(pk=issue.pk)


def state(issue: Issue) -> str:
    """Where the issue stands now."""
    return again(issue).state
