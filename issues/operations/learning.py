"""Topics are learned anew: by a command, and once a week from what was accepted meanwhile (ADR 21)."""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from authorities import operations as authorities
from authorities.models import TopicModel
from authorities.topic_files import read_texts
from common import clock
from issues.queries.learning import MOST, accepted_texts

logger = logging.getLogger(__name__)

TEXTS = Path(settings.BASE_DIR) / "fixtures" / "topics" / "texts"
WEEK = timedelta(days=7)


def learn_topics(
    *, folder: Path = TEXTS, most: int = MOST, unless_worse: bool = False
) -> TopicModel:
    """Learns the topics from the catalogue, from written texts and from accepted messages.

    Args:
        folder: texts by topic.
        most: accepted messages that are taken at most.
        unless_worse: whether what is worse than the model in use is only kept.

    Raises:
        authorities.topic_files.CatalogueError: a file of texts can not be read.
        ValueError: there is nothing to learn from.
    """
    texts = [*read_texts(folder), *accepted_texts(most)]
    return authorities.train_topics(texts=texts, unless_worse=unless_worse)


def learn_weekly() -> TopicModel | None:
    """Learns the topics anew a week after they were learned last; None before, and where they never were.

    To begin is the set-up's or an administrator's: ten seconds of the processor are not spent unasked.
    """
    last = TopicModel.objects.defer("learned").order_by("version").last()
    if last is None or last.created_at > clock.now() - WEEK:
        return None
    model = learn_topics(unless_worse=True)
    if not model.is_active:
        logger.warning(
            "version %s of the topics is worse than the one in use, and only kept: first %.1f %%",
            model.version,
            model.figures["right_first"] * 100,
        )
    return model
