"""The topics that may be meant by what was written: the one place where they are asked for (R2.2)."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache

from authorities import queries
from authorities.models import Topic, TopicModel
from authorities.topic_learning.learned import Learned, UnreadableError, load
from authorities.topic_queries import MOST_WORDS, find_topics

log = logging.getLogger(__name__)

SUGGESTED = 4
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic that may be meant.

    Attributes:
        topic: with its category.
        confidence: the part of such suggestions that are right, 0–1; None where it is not known.
    """

    topic: Topic
    confidence: float | None

    @property
    def percent(self) -> int | None:
        """The confidence in steps of five, and never all: more it does not tell."""
        return None if self.confidence is None else min(95, 5 * round(20 * self.confidence))


@dataclass(frozen=True, slots=True)
class Likelier:
    """A topic that fits a message better than the one that was chosen.

    Attributes:
        suggestion: the topic.
        spans: where the words stand that speak for it rather than for the chosen one.
        words: the same words, each once.
        is_contradiction: whether it is so much likelier that the choice is a mistake.
    """

    suggestion: Suggestion
    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    is_contradiction: bool


def suggest_topics(*, text: str, kind: str, limit: int = SUGGESTED) -> list[Suggestion]:
    """Topics that may be meant, the likeliest first; none where that would be a guess. The author chooses.

    Args:
        text: the message.
        kind: of the message; the topics take such.
        limit: the most that are wanted.
    """
    learned = _in_use()
    if learned is None:
        return [Suggestion(topic, None) for topic in _by_keywords(text, kind, limit)]
    offered = queries.offered_topics(kind)
    found = learned.judge(text, offered).best(limit)
    topics = Topic.objects.select_related("category").in_bulk([offered[code] for code, _ in found])
    return [Suggestion(topics[offered[code]], sure) for code, sure in found]


def likelier_topic(*, text: str, kind: str, chosen: Topic) -> Likelier | None:
    """The topic that fits a message rather than the chosen one; None where the choice may stand.

    Args:
        text: the message.
        kind: of the message.
        chosen: its topic; of one that no model has learned nothing is said.
    """
    learned = _in_use()
    if learned is None:
        return None
    offered = queries.offered_topics(kind)
    judged = learned.judge(text, offered.keys() | {chosen.code})
    best = judged.best(1)
    if not best or not judged.contradicts(chosen.code, learned.likelier):
        return None
    code, sure = best[0]
    topic = Topic.objects.select_related("category").get(code=code)
    spans = tuple(judged.words_for(code, chosen.code))
    return Likelier(
        suggestion=Suggestion(topic, sure),
        spans=spans,
        words=tuple(dict.fromkeys(text[start:end].lower() for start, end in spans)),
        is_contradiction=judged.contradicts(chosen.code, learned.wrong),
    )


def _in_use() -> Learned | None:
    key = queries.topic_model_in_use()
    return None if key is None else _loaded(key)


@lru_cache(maxsize=2)
def _loaded(key: int) -> Learned | None:
    """What was learned, some 15 MB in a process; rows are never changed."""
    try:
        return load(bytes(TopicModel.objects.values_list("learned", flat=True).get(pk=key)))
    except (UnreadableError, TopicModel.DoesNotExist):
        log.exception("the model of topics %s can not be read; topics are found by keywords", key)
        return None


def _by_keywords(text: str, kind: str, limit: int) -> list[Topic]:
    words = list(dict.fromkeys(_WORD.findall(text.lower())))[: 2 * MOST_WORDS]
    # A search looks at so many words; what a message is about is mostly said at its beginning.
    halves = [words[:MOST_WORDS], words[MOST_WORDS:]]
    found = [
        topic
        for half in halves
        if half
        for topic in find_topics(text=" ".join(half), kind=kind, limit=limit)
    ]
    return list({topic.pk: topic for topic in found}.values())[:limit]
