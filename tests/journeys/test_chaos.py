"""Whatever dies and whatever goes wrong on the way: at the end both sides' books say the same.

`CHAOS_ISSUES` and `CHAOS_SEEDS` make the story longer: `make bench ARGS=chaos`.
"""

import os
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.models import User
from authorities.models import Authority
from common import clock, uploads
from common.models import Delivery
from issues import operations, timeline
from issues.models import Issue
from issues.operations.files import keep_issue_file
from issues.policies import By
from msed_bridge.models import Direction, Exchange, FileTransfer, Notice, Partner
from tests.journeys.chaos import Chaos
from tests.journeys.parts import Parts, eventually

ISSUES = int(os.environ.get("CHAOS_ISSUES", "6"))
SEEDS = range(int(os.environ.get("CHAOS_SEEDS", "3")))
MOST_SECONDS = 60 + ISSUES

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(120 + 2 * MOST_SECONDS),
]


@pytest.fixture
def write(
    resident: User, authority: Authority, message: operations.Message
) -> Callable[[int], Issue]:
    """Files a message with a photo of its own."""

    def one(number: int) -> Issue:
        issue = operations.file_issue(by=By.author(resident), message=message)
        picture = BytesIO()
        Image.effect_noise((120 + number % 50, 90), 90).save(picture, "PNG")
        picture.seek(0)
        upload = uploads.examine(picture, name=f"яма-{number}.png")
        keep_issue_file(issue=issue, upload=upload, purpose="report")
        return issue

    return one


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_of_both_sides_are_equal_at_the_end(
    parts: Parts, write: Callable[[int], Issue], moderator: User, seed: int
) -> None:
    issues = [write(number) for number in range(ISSUES)]
    chaos = Chaos(parts, seed=seed)
    for issue in issues:
        operations.accept_issue(by=By.moderator(moderator), issue=issue)
    eventually(lambda: len(chaos.killed) >= 6, seconds=MOST_SECONDS, what="enough harm is done")
    chaos.stop()

    eventually(lambda: settled(parts), seconds=MOST_SECONDS, what="all has arrived")
    assert_equal(parts.msed_books(), issues)


def settled(parts: Parts) -> bool:
    """Whether nothing is on its way; the pauses before further attempts are passed over."""
    now = clock.now()
    for rows in (
        Exchange.objects.filter(state="waiting"),
        FileTransfer.objects.filter(state="waiting"),
        Delivery.objects.all(),
    ):
        rows.filter(next_attempt_at__gt=now).update(next_attempt_at=now)
    Partner.objects.exclude(open_until=None).update(open_until=now)
    if (
        Delivery.objects.exists()
        or Exchange.objects.filter(state="waiting").exists()
        or FileTransfer.objects.filter(state="waiting").exists()
        or Notice.objects.filter(state="waiting").exists()
    ):
        return False
    books = parts.msed_books()
    return (
        bool(books["appeals"])
        and all(appeal["due_at"] is None for appeal in books["appeals"])
        and len(books["notifications"]) == Notice.objects.count()
    )


def assert_equal(books: dict[str, Any], issues: list[Issue]) -> None:
    """Each appeal once, each message the same, each notification once and in order, each file whole."""
    appeals = {appeal["uid"]: appeal for appeal in books["appeals"]}
    assert sorted(appeals) == sorted(str(issue.uid) for issue in issues)
    for appeal in appeals.values():
        kinds = Counter(message["kind"] for message in appeal["messages"])
        assert kinds["RegisterAppeal"] == 1, kinds

    sent = Exchange.objects.filter(direction=Direction.OUT)
    assert set(sent.values_list("state", flat=True)) == {"done"}
    assert {(str(uid), digest) for uid, digest in sent.values_list("uid", "digest")} == {
        (message["uid"], message["digest"])
        for appeal in appeals.values()
        for message in appeal["messages"]
    }

    told = sorted((n["appeal_uid"], n["seq"], n["uid"]) for n in books["notifications"])
    notices = Notice.objects.order_by("appeal_uid", "seq")
    assert [(str(n.appeal_uid), n.seq, str(n.uid)) for n in notices] == told
    refused = notices.exclude(state="applied").values_list("kind", "reason")
    assert not refused, list(refused)

    files = {file["uid"]: file["sha256"] for file in books["files"]}
    carried = FileTransfer.objects.all()
    assert carried.exists()
    for file in carried:
        assert file.state == "done", (file.direction, file.problem)
        assert files[str(file.uid)] == file.sha256

    for issue in issues:
        issue.refresh_from_db()
        assert timeline.verify(issue) == []
        actions = Counter(issue.events.values_list("action", flat=True))
        for action in ("publish", "dispatch", "register"):
            assert actions[action] == 1, actions
        in_order = notices.filter(appeal_uid=issue.uid).order_by("seq")
        moments = [notice.dealt_with_at for notice in in_order]
        assert moments == sorted(moments, key=lambda at: at or clock.now())
