"""`train_topics`: what it learns from, what it says, and what it refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from authorities.models import Topic, TopicModel
from authorities.suggesting import suggest_topics
from authorities.topic_learning.fitting import Example
from common import clock
from issues import tasks
from issues.models import Issue
from issues.operations import accept_issue, hide_issue, learning
from issues.policies import By
from issues.queries.learning import accepted_texts

pytestmark = pytest.mark.django_db


def test_accepted_messages_are_learned_as_the_public_reads_them(
    issue: Issue, moderator: User
) -> None:
    assert accepted_texts() == []
    by = By.moderator(moderator)
    masked = "Яма у ***, пробил колесо"
    accepted = accept_issue(by=by, issue=issue, published_text=masked)
    assert accepted_texts() == [Example(masked, issue.topic.code, issue.kind, is_invented=False)]
    hide_issue(by=by, issue=accepted, reason="личное")
    assert accepted_texts() == []


def test_what_was_learned_is_told_and_used(topic: Topic, tmp_path: Path) -> None:
    (tmp_path / "01.yaml").write_text(
        f"{topic.code}:\n  - Провал в асфальте\n  - Глубокая яма у остановки\n", encoding="utf-8"
    )
    said = StringIO()
    call_command("train_topics", "--texts", str(tmp_path), stdout=said)
    assert said.getvalue().startswith("version 1, from ")
    assert TopicModel.objects.get().is_active
    assert suggest_topics(text="яма у школы", kind="problem")[0].topic == topic
    call_command("train_topics", "--use", "1", stdout=said)
    assert said.getvalue().endswith("version 1 is in use\n")
    with pytest.raises(CommandError, match="not kept"):
        call_command("train_topics", "--use", "7")


@pytest.mark.parametrize(
    "content", ["[]", "a: [b: c]", "a: [1]", "a: [problem: x, thanks: y", "a: {}"]
)
def test_a_file_that_says_something_else_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "01.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=r"Nothing was learned:\n01\.yaml"):
        call_command("train_topics", "--texts", str(tmp_path))


def test_without_a_catalogue_nothing_is_learned(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is there a catalogue"):
        call_command("train_topics", "--texts", str(tmp_path))


def test_once_a_week_it_is_learned_anew_and_what_is_worse_is_kept_unused(
    topic: Topic, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [Example(f"Глубокая яма у дома {word}", topic.code, "problem") for word in "абвгд"]
    monkeypatch.setattr(learning, "read_texts", lambda _folder: texts)
    tasks.learn_topics.fn()
    assert not TopicModel.objects.exists()  # to begin is an administrator's
    learning.learn_topics()
    tasks.learn_topics.fn()
    assert TopicModel.objects.count() == 1
    with clock.told(clock.now() + learning.WEEK):
        tasks.learn_topics.fn()
        tasks.learn_topics.fn()
    assert list(TopicModel.objects.values_list("version", "is_active")) == [(2, True), (1, False)]
    # The one in use is told to be better than any can be.
    TopicModel.objects.filter(version=2).update(figures={"right_first": 1.1})
    with clock.told(clock.now() + 2 * learning.WEEK):
        tasks.learn_topics.fn()
        tasks.learn_topics.fn()
        assert TopicModel.objects.count() == 3
        assert TopicModel.objects.get(is_active=True).version == 2
        assert "version 3 of the topics is worse" in caplog.text
        assert learning.learn_topics().is_active  # by hand it is used in any case
