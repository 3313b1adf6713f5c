"""Kill the worker, Redis or МСЭД at any moment of the way: it arrives once all is back, and once only."""

from collections import Counter
from io import BytesIO

import pytest
import requests
from PIL import Image

from accounts.models import User
from authorities.models import Authority
from common import uploads
from common.models import Delivery
from issues import operations, timeline
from issues.models import Issue
from issues.operations.files import keep_issue_file
from issues.policies import By
from issues.workflow import State
from notifications.models import Letter
from notifications.operations import LEASE
from tests.journeys.parts import Parts, eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(420),
]


def state(issue: Issue) -> str:
    return Issue.objects.values_list("state", flat=True).get(pk=issue.pk)


def add_photo(issue: Issue) -> None:
    picture = BytesIO()
    Image.effect_noise((900, 700), 90).save(picture, "PNG")
    picture.seek(0)
    keep_issue_file(issue=issue, upload=uploads.examine(picture, name="яма.png"), purpose="report")


def assert_told_once(parts: Parts, issue: Issue, author: User) -> None:
    """The timeline is whole, МСЭД holds one appeal, and no letter came twice."""
    issue.refresh_from_db()
    assert timeline.verify(issue) == []
    counted = Counter(issue.events.values_list("action", flat=True))
    for action in ("submit", "accept", "publish", "dispatch", "register", "start", "answer"):
        assert counted[action] == 1, counted
    books = requests.get(f"{parts.msed_url}/control/state", timeout=5).json()
    assert len([a for a in books["appeals"] if a["uid"] == str(issue.uid)]) == 1
    eventually(lambda: not Delivery.objects.exists(), what="all deliveries are dealt with")
    # A letter in the hands of a worker that was killed is nobody's until its lease is over.
    eventually(
        lambda: not Letter.objects.filter(sent_at=None).exists(),
        seconds=LEASE.total_seconds() + 60,
        what="all letters are sent",
    )
    # A mail server that dies between keeping a letter and saying so is sent it again: SMTP knows
    # no better. The same Message-ID tells mailboxes that it is the same letter (RFC 5321, 4.2.5).
    letters = {letter["message_id"]: letter["subject"] for letter in parts.letters(author.email)}
    assert letters
    assert "" not in letters
    subjects = Counter(letters.values())
    assert max(subjects.values()) == 1, subjects


@pytest.mark.parametrize("victim", ["worker", "redis", "msed", "scheduler", "mail"])
def test_one_dies_on_the_way(
    parts: Parts, victim: str, issue: Issue, moderator: User, resident: User, authority: Authority
) -> None:
    add_photo(issue)
    parts.kill(victim)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    assert state(issue) == State.DISPATCHED
    parts.start(victim)
    eventually(lambda: state(issue) != State.DISPATCHED, seconds=60, what="МСЭД registers")
    parts.kill(victim)
    parts.start(victim)
    eventually(lambda: state(issue) == State.ANSWERED, seconds=90, what="the answer comes")
    assert_told_once(parts, issue, resident)


def test_all_die_at_once(parts: Parts, issue: Issue, moderator: User, resident: User) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    for name in ("worker", "redis", "msed", "web", "mail", "scheduler"):
        parts.kill(name)
    parts.start("scheduler", "worker", "web", "mail", "msed", "redis")
    eventually(lambda: state(issue) == State.ANSWERED, seconds=90, what="the answer comes")
    assert_told_once(parts, issue, resident)
