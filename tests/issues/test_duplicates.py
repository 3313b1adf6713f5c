"""Like messages near by: found by place, topic and words, and why they are offered."""

from dataclasses import replace

import pytest

from accounts.models import User
from authorities.models import Authority, Category, Topic
from issues import operations
from issues.models import Issue
from issues.operations import Message
from issues.policies import By
from issues.queries.duplicates import REACH, Duplicate, near_duplicates

pytestmark = pytest.mark.django_db

METRES = 1 / 63_000  # degrees of longitude at this latitude, about


@pytest.fixture
def lamp(topic: Topic) -> Topic:
    """A topic of another category."""
    category = Category.objects.create(code="light", name="Свет", name_en="Light")
    return Topic.objects.create(
        category=category,
        code="lamp",
        name="Фонарь",
        name_en="Lamp",
        kinds=["problem"],
        term_days=8,
        level="municipal",
    )


def found(message: Message, **other: object) -> list[Duplicate]:
    mine = replace(message, **other)  # type: ignore[arg-type]
    return near_duplicates(
        topic=mine.topic, kind=mine.kind, lon=mine.lon, lat=mine.lat, text=mine.description
    )


def test_it_tells_how_far_it_is_and_what_is_the_same(published: Issue, message: Message) -> None:
    (one,) = found(
        message, lon=37.5 + 150 * METRES, description="Огромная яма у дома, страшно ехать."
    )
    assert one.issue == published
    assert 145 <= one.metres <= 155
    assert one.has_topic
    assert one.words == ("яма", "дома")


def test_next_to_it_the_topic_is_enough_farther_off_words_must_be_the_same(
    published: Issue, message: Message
) -> None:
    other = "Совершенно посторонний текст."
    assert found(message, lon=37.5 + 80 * METRES, description=other)
    assert not found(message, lon=37.5 + 200 * METRES, description=other)
    assert found(message, lon=37.5 + 200 * METRES)
    assert not found(message, lon=37.5 + (REACH + 20) * METRES)


def test_under_another_topic_it_must_say_the_same(
    published: Issue, message: Message, lamp: Topic
) -> None:
    assert found(message, topic=lamp)
    assert not found(message, topic=lamp, description="У дома не горит фонарь вторую неделю.")


def test_typing_mistakes_do_not_hide_it(published: Issue, message: Message) -> None:
    mistyped = "У дома яма, машыны обьезжают её по тратуару"
    assert found(message, lon=37.5 + 200 * METRES, description=mistyped)


def test_only_what_is_public_and_at_work_is_offered(
    issue: Issue, resident: User, moderator: User, message: Message
) -> None:
    assert not found(message)
    accepted = operations.accept_issue(by=By.moderator(moderator), issue=issue)
    assert found(message)
    assert not found(message, kind="proposal")
    operations.hide_issue(by=By.moderator(moderator), issue=accepted, reason="Личные данные.")
    assert not found(message)


def test_the_likeliest_comes_first_and_three_at_most(
    resident: User, moderator: User, authority: Authority, message: Message
) -> None:
    for metres in (90, 10, 60, 30):
        filed = operations.file_issue(
            by=By.author(resident), message=replace(message, lon=37.5 + metres * METRES)
        )
        operations.accept_issue(by=By.moderator(moderator), issue=filed)
    assert [round(one.metres, -1) for one in found(message)] == [10, 30, 60]


@pytest.mark.parametrize("text", ["", "!!!", "\\", "%", "ё" * 5000, "select 1; --"])
def test_any_text_will_do(published: Issue, message: Message, text: str) -> None:
    assert found(message, description=text)
