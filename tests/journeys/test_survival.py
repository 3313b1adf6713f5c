"""Kill the worker, Redis or МСЭД at any moment of the way: it arrives once all is back, and once only."""

from collections import Counter
from collections.abc import Collection

import pytest

from accounts.models import User
from authorities.models import Authority
from common.models import Delivery
from issues import operations, timeline
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from notifications.models import Letter
from tests.journeys.chaos import add_photo, end_leases
from tests.journeys.parts import Parts, eventually

VICTIMS = ("worker", "redis", "msed", "scheduler", "mail")

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


def state(issue: Issue) -> str:
    return Issue.objects.values_list("state", flat=True).get(pk=issue.pk)


def kill(parts: Parts, name: str) -> None:
    parts.kill(name)
    if name == "worker":
        end_leases()


def all_answered(issues: Collection[Issue]) -> bool:
    waiting = Issue.objects.filter(pk__in=[issue.pk for issue in issues])
    return not waiting.exclude(state=State.ANSWERED).exists()


def assert_told_once(parts: Parts, issues: Collection[Issue], author: User) -> None:
    """The timelines are whole, МСЭД holds each appeal once, and no letter came twice."""
    appeals = Counter(appeal["uid"] for appeal in parts.msed_books()["appeals"])
    assert appeals == Counter(str(issue.uid) for issue in issues)
    for issue in issues:
        issue.refresh_from_db()
        assert timeline.verify(issue) == []
        counted = Counter(issue.events.values_list("action", flat=True))
        for action in ("submit", "accept", "publish", "dispatch", "register", "start", "answer"):
            assert counted[action] == 1, counted
    eventually(lambda: not Delivery.objects.exists(), what="all deliveries are dealt with")
    eventually(
        lambda: not Letter.objects.filter(sent_at=None).exists(),
        seconds=120,
        what="all letters are sent",
    )
    # A mail server that dies between keeping a letter and saying so is sent it again: SMTP knows
    # no better. The same Message-ID tells mailboxes that it is the same letter (RFC 5321, 4.2.5).
    letters = {letter["message_id"]: letter["subject"] for letter in parts.letters(author.email)}
    assert letters
    assert "" not in letters
    subjects = Counter(letters.values())
    assert max(subjects.values()) == 1, subjects


def test_one_after_the_other_dies_on_the_way(
    parts: Parts,
    moderator: User,
    resident: User,
    authority: Authority,
    message: operations.Message,
) -> None:
    issues = {}
    for seed, victim in enumerate(VICTIMS):
        issue = issues[victim] = operations.file_issue(by=By.author(resident), message=message)
        add_photo(issue, seed=seed)
        kill(parts, victim)
        operations.accept_issue(by=By.moderator(moderator), issue=issue)
        assert state(issue) == State.DISPATCHED
        parts.start(victim)
        eventually(
            lambda: state(issue) != State.DISPATCHED,  # noqa: B023  (called before the next turn)
            seconds=120,
            what=f"МСЭД registers though {victim} died",
        )
        kill(parts, victim)
        parts.start(victim)
    eventually(lambda: all_answered(issues.values()), seconds=120, what="the answers come")
    assert_told_once(parts, issues.values(), resident)


def test_all_die_at_once(parts: Parts, issue: Issue, moderator: User, resident: User) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    for name in ("worker", "redis", "msed", "web", "mail", "scheduler"):
        kill(parts, name)
    parts.start("scheduler", "worker", "web", "mail", "msed", "redis")
    eventually(lambda: all_answered([issue]), seconds=120, what="the answer comes")
    assert_told_once(parts, [issue], resident)
