"""Messages whose topics a moderator has confirmed, for the learning of topics."""

from collections import Counter

from authorities.topic_learning.fitting import Example
from issues.models import Issue

LOOKED_AT = 50_000
"""The newest messages that are looked at, however many there are."""
MOST = 3_000
MOST_OF_A_TOPIC = 40
"""More of a topic teaches little, and the time of the learning grows with the cube of the texts."""


def accepted_texts(most: int = MOST) -> list[Example]:
    """The newest accepted messages as everybody reads them, masked; not too many of one topic."""
    accepted = (
        Issue.objects.filter(published_at__isnull=False, is_hidden=False)
        .order_by("-id")
        .values_list("published_text", "topic__code", "kind")
    )
    of_topic: Counter[str] = Counter()
    seen: set[str] = set()
    found: list[Example] = []
    for text, code, kind in accepted[:LOOKED_AT].iterator():
        if of_topic[code] == MOST_OF_A_TOPIC or text in seen:
            continue
        of_topic[code] += 1
        seen.add(text)
        found.append(Example(text, code, kind, is_invented=False))
        if len(found) == most:
            break
    return found
