"""The workers that send letters and pushes, on a hint or by the clock, and forget what is old."""

import dramatiq

from notifications import operations, pushes


@dramatiq.actor(max_age=60_000)
def send_letters() -> None:
    """Sends the letters that are due."""
    operations.send_due()


@dramatiq.actor(max_age=60_000)
def send_pushes() -> None:
    """Sends the pushes that are due."""
    pushes.send_due()


@dramatiq.actor(max_age=3_600_000)
def forget_old_letters() -> None:
    """Deletes the letters that have been kept long enough."""
    while operations.forget_old_letters():
        pass
