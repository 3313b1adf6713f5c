"""What the portal's workers do, and what then lies in the folder."""

import time
import uuid
from pathlib import Path

from common import outbox
from issues.models import Issue
from msed_bridge import tasks
from tests.msed_bridge.medo.packages import Message
from tests.reference_servers.msed_process import wait_for


def look() -> None:
    """What the workers do at one look, without their queue."""
    outbox.deliver_due("msed")
    for task in (tasks.send, tasks.take, tasks.fetch, tasks.sweep):
        task.fn()


def reach(issue: Issue, state: str) -> Issue:
    def there() -> bool:
        look()
        issue.refresh_from_db()
        return issue.state == state

    wait_for(there, seconds=90)
    return issue


def settle() -> None:
    time.sleep(0.4)
    look()


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()


def receipt_of(root: Path, told: Message) -> Path:
    return root / "out" / str(uuid.uuid5(told.uid, "accepted"))
