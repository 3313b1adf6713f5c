"""What happens by the clock: each app registers its tasks here, one scheduler process sends them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """A task that is sent every so often.

    Attributes:
        name: for logs and metrics.
        every_seconds: the period, seconds.
        send: puts the task's message into the queue.
    """

    name: str
    every_seconds: float
    send: Callable[[], object]


_jobs: dict[str, Job] = {}


def every(seconds: float, name: str, send: Callable[[], object]) -> None:
    """Registers a job; called from `AppConfig.ready`."""
    _jobs[name] = Job(name, seconds, send)


def jobs() -> tuple[Job, ...]:
    """All registered jobs."""
    return tuple(_jobs.values())
