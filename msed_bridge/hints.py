"""How operations ask the workers to look now; lost hints do no harm, the sweep looks anyway.

The functions are set once at start, so that operations know no queue.
"""

from collections.abc import Callable

from django.db import transaction

_send: Callable[[], None] = lambda: None  # noqa: E731
_poll: Callable[[], None] = lambda: None  # noqa: E731
_fetch: Callable[[], None] = lambda: None  # noqa: E731
_follow: Callable[[int], None] = lambda issue_id: None  # noqa: E731


def install(
    *,
    send: Callable[[], None],
    poll: Callable[[], None],
    fetch: Callable[[], None],
    follow: Callable[[int], None],
) -> None:
    """Sets what is called after a commit; each may fail without harm."""
    global _send, _poll, _fetch, _follow
    _send, _poll, _fetch, _follow = send, poll, fetch, follow


def send() -> None:
    """There is a message to send."""
    transaction.on_commit(lambda: _send(), robust=True)


def poll() -> None:
    """A notification is missing: read the queue."""
    transaction.on_commit(lambda: _poll(), robust=True)


def fetch() -> None:
    """There are files to fetch."""
    transaction.on_commit(lambda: _fetch(), robust=True)


def follow(issue_id: int) -> None:
    """МСЭД has told something of an issue."""
    transaction.on_commit(lambda: _follow(issue_id), robust=True)
