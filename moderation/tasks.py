"""What happens at the desk by the clock: held decisions go out when nobody has undone them."""

import dramatiq

from moderation import operations


@dramatiq.actor(actor_name="moderation_send", max_age=60_000)
def send() -> None:
    """Carries out the decisions whose time has come."""
    operations.send_due()
