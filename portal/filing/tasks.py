"""What happens by the clock: old drafts are thrown away."""

import dramatiq

from portal.filing import keeping


@dramatiq.actor(max_age=3_600_000)
def throw_away_old_drafts() -> None:
    """Throws away the drafts that were begun more than thirty days ago, with their files."""
    keeping.throw_away_old()
