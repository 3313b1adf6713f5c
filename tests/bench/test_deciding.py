"""The measurement of deciding: what it would call lost, or nobody's."""

from accounts.models import User
from bench.deciding_inside import _compared
from issues import operations
from issues.models import Issue
from issues.policies import By


def test_a_decision_without_its_entry_and_an_entry_without_its_decision_are_found(
    issue: Issue, moderator: User
) -> None:
    told = [("accept", moderator.pk, issue.pk)]
    assert "lost" in _compared(told, 0)["faults"][0]
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    assert _compared(told, 0)["faults"] == []
    assert "nobody's" in _compared([("met", moderator.pk, issue.pk)], 0)["faults"][0]
