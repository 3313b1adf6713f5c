"""What happens at the desk by the clock: held decisions go out when nobody has undone them, files are looked at."""

import dramatiq

from moderation import operations
from moderation.operations import alarms, looking


@dramatiq.actor(actor_name="moderation_send", max_age=60_000)
def send() -> None:
    """Carries out the decisions whose time has come."""
    operations.send_due()


# What people wait for goes first: a look takes a second of the processor.
@dramatiq.actor(actor_name="moderation_look", max_age=60_000, priority=10)
def look_at_files() -> None:
    """Looks at the files of messages that nobody has looked at."""
    looking.look_at_due()


@dramatiq.actor(actor_name="moderation_tell_alarms", max_age=60_000)
def tell_alarms() -> None:
    """Tells the moderators of messages whose 48 hours run out or have passed."""
    alarms.tell()
