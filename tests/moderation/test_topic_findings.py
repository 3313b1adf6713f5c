"""A topic that does not fit is named at the desk with the words that counted, and taken over by a button."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from accounts.models import User
from authorities.models import Authority, Topic, TopicModel
from authorities.topic_learning.fitting import fit
from authorities.topic_learning.learned import NEVER, Bar, dump
from common import outbox
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation import operations
from moderation.findings import keeping
from moderation.models import Code
from tests.authorities.test_topic_learning import EXAMPLES, SUBJECTS

pytestmark = pytest.mark.django_db

RUBBISH = "Не вывозят мусор, баки полные"


@pytest.fixture
def rubbish(topic: Topic) -> Topic:
    """A second topic, beside the pothole that messages are filed about."""
    other = Topic.objects.get(pk=topic.pk)
    other.pk, other.code, other.name = None, "rubbish", "Не вывозят мусор"
    other.save()
    return other


@pytest.fixture
def trained(rubbish: Topic) -> Callable[..., None]:
    """Puts a model in use that is sure enough, or that never contradicts."""

    def train(*, is_sure: bool) -> None:
        learned = replace(
            fit(EXAMPLES, SUBJECTS)[0],
            likelier=Bar(2.0, 0.0),
            wrong=Bar(2.0, 0.0) if is_sure else NEVER,
        )
        TopicModel.objects.create(version=1, is_active=True, figures={}, learned=dump(learned))

    return train


@pytest.fixture
def file(
    resident: User, message: issue_operations.Message, authority: Authority
) -> Callable[[str], Issue]:
    def one(description: str) -> Issue:
        issue = issue_operations.file_issue(
            by=By.author(resident), message=replace(message, description=description)
        )
        outbox.deliver_due(keeping.CONSUMER)
        return issue

    return one


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


def test_a_topic_that_is_as_good_as_impossible_is_noticed(
    trained: Callable[..., None], file: Callable[[str], Issue], rubbish: Topic
) -> None:
    trained(is_sure=True)
    (found,) = keeping.kept(file(RUBBISH))
    assert found.code == Code.WRONG_TOPIC
    assert found.values == {"topic": rubbish.name}
    assert "мусор" in {RUBBISH[start:end] for start, end in found.spans}
    assert rubbish.name in found.sentence
    assert keeping.kept(file("Глубокая яма на дороге, пробил колесо")) == []


@pytest.mark.parametrize("is_trained", [False, True])
def test_without_a_model_or_without_certainty_nothing_is_noticed(
    is_trained: bool, trained: Callable[..., None], file: Callable[[str], Issue]
) -> None:
    if is_trained:
        trained(is_sure=False)
    assert keeping.kept(file(RUBBISH)) == []


def test_the_desk_names_the_likelier_topic_and_takes_it_over_with_all_else_as_typed(
    trained: Callable[..., None],
    file: Callable[[str], Issue],
    rubbish: Topic,
    moderator: User,
    desk: Client,
) -> None:
    trained(is_sure=False)
    issue = file(RUBBISH)
    address = f"/moderation/{issue.number}/"
    assert "rather about" not in desk.get(address).content.decode()
    operations.claim(by=moderator, issue=issue)
    page = desk.get(address).content.decode()
    assert f"{rubbish.category} · {rubbish}" in page
    assert "Words that counted:" in page
    typed = {
        "seen": issue.event_count,
        "published_text": "Мои правки",
        "topic": issue.topic_id,
        "authority": "",
    }
    answer = desk.post(f"{address}accept/", typed | {"instead": rubbish.pk})
    form = answer.context["accept_form"]
    assert form["topic"].value() == str(rubbish.pk)
    assert form["published_text"].value() == "Мои правки"
    assert "rather about" not in answer.content.decode()
    issue.refresh_from_db()
    assert issue.published_at is None
    assert desk.post(f"{address}accept/", typed | {"instead": "<script>"}).status_code == 400
