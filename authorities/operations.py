"""What can be done to topics."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max

from authorities import queries
from authorities.models import Category, Topic, TopicModel
from authorities.topic_files import CategoryFile
from authorities.topic_learning import fitting
from authorities.topic_learning.learned import dump
from common import clock

Row = TypeVar("Row", Category, Topic)

_CATEGORY = ("name", "name_en", "icon", "position", "is_active")
_TOPIC = (
    "category",
    "name",
    "name_en",
    "kinds",
    "term_days",
    "level",
    "classifier_code",
    "keywords",
    "notice",
    "notice_en",
    "questions",
    "examples",
    "position",
    "is_active",
)


@dataclass
class Imported:
    """How many categories and topics an import made, changed, left as they were, switched off."""

    made: int = 0
    changed: int = 0
    same: int = 0
    switched_off: int = 0


def import_topics(*, catalogue: Sequence[CategoryFile]) -> Imported:
    """Makes the stored topics say what the catalogue says.

    A topic that is no longer in it is switched off and stays with its issues; the same catalogue
    again changes nothing.
    """
    result = Imported()
    with transaction.atomic():
        categories = {row.code: row for row in Category.objects.select_for_update()}
        topics = {row.code: row for row in Topic.objects.select_for_update()}
        for file in catalogue:
            known = categories.get(file.category.code)
            category = _store(file.category, known, _CATEGORY, result)
            for topic in file.topics:
                topic.category = category
                _store(topic, topics.get(topic.code), _TOPIC, result)
        for model, codes in (
            (Category, [file.category.code for file in catalogue]),
            (Topic, [topic.code for file in catalogue for topic in file.topics]),
        ):
            result.switched_off += (
                model.objects.filter(is_active=True).exclude(code__in=codes).update(is_active=False)
            )
    return result


def _store(row: Row, there: Row | None, fields: tuple[str, ...], result: Imported) -> Row:
    if there is None:
        row.save()
        result.made += 1
        return row
    names = ["category_id" if name == "category" else name for name in fields]
    if all(getattr(there, name) == getattr(row, name) for name in names):
        result.same += 1
        return there
    for name in fields:
        setattr(there, name, getattr(row, name))
    there.save()
    result.changed += 1
    return there


KEPT = 5
"""Models that are kept to go back to."""


def train_topics(*, texts: Sequence[fitting.Example], unless_worse: bool = False) -> TopicModel:
    """Learns the topics anew from the catalogue and from texts, and uses what was learned.

    Args:
        texts: messages whose topics are known.
        unless_worse: whether a model that puts the right topic first less often, each judged by texts
            that it has not seen, is only kept beside the one in use.

    Raises:
        ValueError: when neither the catalogue nor the texts have a message.
    """
    learned, figures = fitting.fit(
        [*queries.catalogue_examples(), *texts], queries.topic_subjects()
    )
    with transaction.atomic():
        # Of two trainings at once the later one waits here, and then counts on.
        models = TopicModel.objects.select_for_update().filter(is_active=True)
        used = models.defer("learned").first()
        last = TopicModel.objects.aggregate(last=Max("version"))["last"] or 0
        model = TopicModel.objects.create(
            version=last + 1,
            created_at=clock.now(),
            figures={name: round(value, 4) for name, value in asdict(figures).items()},
            learned=dump(learned),
        )
        if not (unless_worse and used and _first(model) < _first(used)):
            use_topic_model(version=model.version)
            model.is_active = True
        TopicModel.objects.filter(version__lte=model.version - KEPT, is_active=False).delete()
    return model


def _first(model: TopicModel) -> float:
    return float(model.figures["right_first"])


def use_topic_model(*, version: int) -> None:
    """Lets a model of those kept be asked, in place of the present one.

    Raises:
        TopicModel.DoesNotExist: when there is no such version.
    """
    with transaction.atomic():
        model = TopicModel.objects.select_for_update().defer("learned").get(version=version)
        TopicModel.objects.filter(is_active=True).exclude(pk=model.pk).update(is_active=False)
        TopicModel.objects.filter(pk=model.pk).update(is_active=True)
