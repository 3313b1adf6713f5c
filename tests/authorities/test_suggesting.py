"""Topics are suggested by what was learned, or by keywords where nothing was; versions can be gone back to."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from authorities import operations
from authorities.models import Category, Kind, Topic, TopicModel
from authorities.suggesting import likelier_topic, suggest_topics
from tests.authorities.test_topic_learning import EXAMPLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics() -> dict[str, Topic]:
    made = {}
    for code, (category, name, kinds) in {
        "pothole": ("roads", "Яма на дороге", [Kind.PROBLEM]),
        "light": ("roads", "Освещение дороги", [Kind.PROBLEM, Kind.PROPOSAL]),
        "rubbish": ("waste", "Не вывозят мусор", [Kind.PROBLEM, Kind.THANKS]),
    }.items():
        upper, _ = Category.objects.get_or_create(code=category, defaults={"name": category})
        made[code] = Topic.objects.create(
            category=upper,
            code=code,
            name=name,
            kinds=kinds,
            term_days=8,
            level="municipal",
            classifier_code="0003.0009.0099.0742",
            keywords=[name.lower()],
        )
    return made


@pytest.fixture
def train(topics: dict[str, Topic]) -> Callable[[], TopicModel]:
    return lambda: operations.train_topics(texts=EXAMPLES)


def test_before_anything_was_learned_keywords_help(topics: dict[str, Topic]) -> None:
    found = suggest_topics(text="Не вывозят мусор третий день", kind="problem")
    assert found[0].topic == topics["rubbish"]
    assert found[0].confidence is None
    assert found[0].percent is None
    assert likelier_topic(text="мусор", kind="problem", chosen=topics["light"]) is None


def test_what_was_learned_says_how_sure_it_is(
    topics: dict[str, Topic], train: Callable[[], TopicModel]
) -> None:
    train()
    found = suggest_topics(text="фонари погасли, лампа перегорела", kind="problem")
    assert found[0].topic == topics["light"]
    assert 0 < (found[0].confidence or 0) <= 1
    sure = [one.confidence or 0 for one in found]
    assert sure == sorted(sure, reverse=True)
    assert suggest_topics(text="Hello 12345", kind="problem") == []


def test_only_topics_that_take_the_kind_and_are_on_offer(
    topics: dict[str, Topic], train: Callable[[], TopicModel]
) -> None:
    train()
    text = "яма на дороге, колесо пробил"
    assert [one.topic.code for one in suggest_topics(text=text, kind="thanks")] in ([], ["rubbish"])
    Topic.objects.filter(code="pothole").update(is_active=False)
    assert "pothole" not in {one.topic.code for one in suggest_topics(text=text, kind="problem")}


def test_a_topic_that_is_newer_than_the_model_is_left_alone(
    topics: dict[str, Topic], train: Callable[[], TopicModel]
) -> None:
    train()
    light = topics["light"]
    light.code = "renamed"
    light.save()
    text = "яма на дороге, колесо пробил"
    assert likelier_topic(text=text, kind="problem", chosen=light) is None


def test_another_topic_is_named_with_the_words_that_speak_for_it(
    topics: dict[str, Topic], train: Callable[[], TopicModel]
) -> None:
    train()
    text = "Не вывозят мусор, баки полные"
    likelier = likelier_topic(text=text, kind="problem", chosen=topics["light"])
    assert likelier is not None
    assert likelier.suggestion.topic == topics["rubbish"]
    assert "мусор" in {text[start:end] for start, end in likelier.spans}
    assert likelier_topic(text=text, kind="problem", chosen=topics["rubbish"]) is None


def test_each_learning_is_a_version_and_one_is_asked(train: Callable[[], TopicModel]) -> None:
    versions = [train().version for _ in range(operations.KEPT + 2)]
    assert versions == [1, 2, 3, 4, 5, 6, 7]
    kept = list(TopicModel.objects.values_list("version", "is_active"))
    assert kept == [(7, True), (6, False), (5, False), (4, False), (3, False)]
    operations.use_topic_model(version=4)
    assert TopicModel.objects.get(is_active=True).version == 4
    train()
    assert TopicModel.objects.get(is_active=True).version == 8
    with pytest.raises(TopicModel.DoesNotExist):
        operations.use_topic_model(version=1)


def test_two_models_in_use_are_impossible(train: Callable[[], TopicModel]) -> None:
    first = train()
    train()
    with pytest.raises(IntegrityError), transaction.atomic():
        TopicModel.objects.filter(pk=first.pk).update(is_active=True)


def test_a_model_that_can_not_be_read_leaves_the_keywords(topics: dict[str, Topic]) -> None:
    TopicModel.objects.create(version=1, is_active=True, figures={}, learned=b"spoilt")
    found = suggest_topics(text="Не вывозят мусор", kind="problem")
    assert found[0].topic == topics["rubbish"]
    assert found[0].confidence is None
