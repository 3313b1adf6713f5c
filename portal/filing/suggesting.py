"""The topics that may be meant by what was written: the one place where they are asked for (R2.2)."""

import re

from authorities.models import Topic
from authorities.topic_queries import MOST_WORDS, find_topics

SUGGESTED = 4
_WORD = re.compile(r"[^\W\d_]{3,}")


def suggest_topics(*, text: str, kind: str) -> list[Topic]:
    """Topics that may be meant, the likeliest first; the author chooses.

    Args:
        text: the message.
        kind: of the message; the topics take such.
    """
    words = list(dict.fromkeys(_WORD.findall(text.lower())))[: 2 * MOST_WORDS]
    # A search looks at so many words; what a message is about is mostly said at its beginning.
    halves = [words[:MOST_WORDS], words[MOST_WORDS:]]
    found = [
        topic
        for half in halves
        if half
        for topic in find_topics(text=" ".join(half), kind=kind, limit=SUGGESTED)
    ]
    return list({topic.pk: topic for topic in found}.values())[:SUGGESTED]
