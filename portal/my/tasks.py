"""The worker that makes copies of people's data, and deletes them when their time is over."""

import dramatiq

from accounts.operations import EXPORT_KEPT, forget_exports
from common import clock
from portal.my import exporting


@dramatiq.actor(max_age=60_000, time_limit=1_800_000)
def make_exports() -> None:
    """Makes the copies that were asked for."""
    exporting.make_due()


@dramatiq.actor(max_age=3_600_000)
def forget_old_exports() -> None:
    """Deletes the copies that could be downloaded long enough."""
    forget_exports(before=clock.now() - EXPORT_KEPT)
