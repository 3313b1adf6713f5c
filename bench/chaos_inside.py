"""One run of the long chaos, in a process whose database is the run's own: prints what came of it as JSON."""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from accounts.models import User
    from authorities.models import Authority
    from issues.operations import Message


def run(folder: Path, *, seed: int, count: int, harms: int) -> dict[str, object]:
    """Files, accepts and harms; then waits until all has arrived and compares the books.

    Args:
        folder: for the processes' own files; uploads are in its `media`.
        seed: of the harm.
        count: messages.
        harms: how many.
    """
    from django.conf import settings

    from issues import operations
    from issues.policies import By
    from msed_bridge.models import Exchange, FileTransfer, Notice
    from tests.journeys.chaos import Chaos, add_photo, differences, settled
    from tests.journeys.parts import Parts, eventually

    author, moderator, authority, message = _cast()
    database = settings.DATABASES["default"]
    url = "postgis://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    parts, begun = Parts(folder, url), time.monotonic()
    try:
        parts.start("redis", "mail", "msed", "web", "worker", "scheduler")
        issues = []
        for number in range(count):
            issue = operations.file_issue(by=By.author(author), message=message)
            add_photo(issue, seed=number)
            issues.append(issue)
        # Longer between two harms than in the short form: somewhat has to be done meanwhile.
        chaos, begun = Chaos(parts, seed=seed, most_seconds_between=5), time.monotonic()
        for issue in issues:
            operations.accept_issue(by=By.moderator(moderator), issue=issue, authority=authority)
        eventually(lambda: len(chaos.killed) >= harms, seconds=harms * 20, what="harm is done")
        chaos.stop()
        ended = time.monotonic()
        eventually(lambda: settled(parts), seconds=60 + 5 * count, what="all has arrived")
        arrived = time.monotonic()
        return {
            "harm": Counter(chaos.killed),
            "harm_seconds": ended - begun,
            "after_seconds": arrived - ended,
            "messages": Exchange.objects.filter(direction="out").count(),
            "notifications": Notice.objects.count(),
            "files": FileTransfer.objects.count(),
            "differences": differences(parts.msed_books(), issues),
        }
    finally:
        parts.kill_all()


def _cast() -> tuple["User", "User", "Authority", "Message"]:
    """Author, moderator, an authority that works in МСЭД, and a message for it."""
    from accounts.models import Role, User
    from authorities.models import Authority, Topic
    from geo.models import Municipality
    from issues.operations import Message

    author = User.objects.filter(role_grants=None, is_superuser=False).order_by("pk").first()
    moderator = User.objects.filter(role_grants__role=Role.MODERATOR).order_by("pk").first()
    authority = Authority.objects.filter(exchange="msed", is_active=True).order_by("pk").first()
    topic = Topic.objects.filter(kinds__contains=["problem"], questions=[]).order_by("pk").first()
    ground = Municipality.objects.order_by("pk").first()
    assert author is not None
    assert moderator is not None
    assert authority is not None
    assert topic is not None
    assert ground is not None
    message = Message(
        kind="problem",
        topic=topic,
        lon=ground.centre.x,
        lat=ground.centre.y,
        address="Улица Мира, 1",
        description="У дома яма, машины объезжают её по тротуару.",
    )
    return author, moderator, authority, message


if __name__ == "__main__":
    django.setup()
    _program, where, seed, count, harms = sys.argv
    print(json.dumps(run(Path(where), seed=int(seed), count=int(count), harms=int(harms))))
