"""What the workers are asked to look at now."""

from common.hints import Hint

send: Hint[[]] = Hint()
"""There is a message to send."""
poll: Hint[[]] = Hint()
"""A notification is missing: read the queue."""
fetch: Hint[[]] = Hint()
"""There are files to fetch."""
follow: Hint[[int]] = Hint()
"""Something was told of the issue with this key."""
