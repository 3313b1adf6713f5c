"""The worker that sends letters, on a hint or by the clock."""

import dramatiq

from notifications import operations


@dramatiq.actor(max_age=60_000)
def send_letters() -> None:
    """Sends the letters that are due."""
    operations.send_due()
