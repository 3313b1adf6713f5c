"""A decision that is held outlives the worker that would have sent it."""

import pytest
from pytest_django import Settings

from accounts.models import User
from common import clock
from issues import timeline
from issues.models import Issue
from issues.workflow import State
from moderation import operations
from moderation.models import HeldDecision
from tests.journeys.parts import Parts, eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]


def test_the_worker_is_killed_and_the_decision_goes_out_when_it_is_back(
    parts: Parts, settings: Settings, issue: Issue, moderator: User
) -> None:
    settings.MODERATION_UNDO_SECONDS = 600
    operations.accept(by=moderator, issue=issue, seen=1, published_text=issue.description)
    parts.kill("worker")
    HeldDecision.objects.update(leaves_at=clock.now())  # its time has come with nobody there
    assert not issue.events.filter(action="accept").exists()
    parts.start("worker")
    eventually(
        lambda: Issue.objects.get(pk=issue.pk).state != State.SUBMITTED,
        what="the decision goes out",
    )
    assert issue.events.filter(action="accept").count() == 1
    assert not HeldDecision.objects.exists()
    issue.refresh_from_db()
    assert timeline.verify(issue) == []
