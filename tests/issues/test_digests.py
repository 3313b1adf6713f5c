"""Digests: what is new of all that somebody follows, each thing told once, nothing of what is hidden."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import Point, Polygon
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from authorities.models import Topic
from common import clock
from issues import digests, operations
from issues.models import Issue, Subscription
from issues.operations import Followed, follow_issue, follow_list
from issues.policies import By
from issues.queries.news import last_entry
from notifications.models import Letter

pytestmark = pytest.mark.django_db

Publish = Callable[..., Issue]
EVERYTHING = Followed()


@pytest.fixture
def reader(make_user: Callable[..., User]) -> User:
    return make_user(first_name="Вера")


@pytest.fixture
def tomorrow() -> datetime:
    """The next morning, when all that a test does now is settled."""
    morning = digests.next_digest_at("daily", timezone.now() + timedelta(minutes=15))
    assert morning is not None
    return morning + timedelta(seconds=1)


def around(lon: float, lat: float, across: float = 0.1) -> Polygon:
    area = Polygon.from_bbox((lon - across, lat - across, lon + across, lat + across))
    area.srid = 4326
    return area


def written(moment: datetime) -> list[Letter]:
    with clock.told(moment):
        while digests.write_due():
            pass
    return list(Letter.objects.filter(key__startswith="digest:").order_by("pk"))


def test_an_area_tells_what_was_published_in_it(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
) -> None:
    follow_list(by=reader, what=Followed(area=around(37.5, 55.5)), title="Мой двор")
    inside = publish(lon=37.52, lat=55.48)
    outside = publish(lon=37.8, lat=55.8)
    [letter] = written(tomorrow)
    assert letter.to == reader.email
    assert letter.subject == "Новости по вашим подпискам: 1 сообщение"
    assert "Мой двор" in letter.text
    assert f"/issues/{inside.number}/" in letter.text
    assert "опубликовано" in letter.text
    assert outside.number not in letter.text


def test_nothing_is_told_twice_and_nothing_makes_no_letter(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
) -> None:
    before = publish()
    follow_list(by=reader, what=EVERYTHING, title="Всё")
    first = publish()
    [letter] = written(tomorrow)
    assert first.number in letter.text
    assert before.number not in letter.text, "it was there before they followed"
    assert written(tomorrow + timedelta(days=1)) == [letter]


def test_a_message_of_two_subscriptions_is_told_once(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
) -> None:
    issue = publish()
    follow_list(by=reader, what=EVERYTHING, title="Весь регион")
    follow_issue(by=reader, issue=issue)
    operations.register_issue(
        by=By.msed(), issue=issue, number="В-1", registered_on=timezone.now().date()
    )
    operations.answer_issue(
        by=By.msed(),
        issue=issue,
        reply=operations.Reply(decision="done", text="Заделали.", signatory="Кравцов Д. Л."),
    )
    [letter] = written(tomorrow)
    assert letter.text.count(f"/issues/{issue.number}/") == 1
    assert "ведомство ответило" in letter.text
    assert "Весь регион" not in letter.text


def test_the_hidden_the_own_and_the_unpublished_are_not_told(
    reader: User,
    moderator: User,
    publish: Publish,
    message: operations.Message,
    tomorrow: datetime,
) -> None:
    follow_list(by=reader, what=EVERYTHING, title="Всё")
    hidden = publish()
    operations.hide_issue(by=By.moderator(moderator), issue=hidden, reason="Личные данные.")
    operations.file_issue(by=By.author(reader), message=message)
    mine = operations.file_issue(by=By.author(reader), message=message)
    operations.accept_issue(by=By.moderator(moderator), issue=mine)
    assert written(tomorrow) == []


@pytest.mark.parametrize(
    ("what", "is_told"),
    [
        ({"kind": "problem"}, True),
        ({"kind": "thanks"}, False),
        ({"municipality": "square"}, True),
        ({"municipality": "elsewhere"}, False),
    ],
)
def test_the_members_of_a_list_narrow(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
    what: dict[str, Any],
    is_told: bool,
) -> None:
    follow_list(by=reader, what=Followed(**what), title="Список")
    publish()
    assert bool(written(tomorrow)) is is_told


def test_topic_category_and_authority_narrow(
    reader: User,
    publish: Publish,
    topic: Topic,
    tomorrow: datetime,
) -> None:
    issue = publish()
    fitting = Followed(category=topic.category, topic=topic, authority=issue.authority)
    other = Topic.objects.create(
        category=topic.category,
        code="other",
        name="Другое",
        kinds=["problem"],
        term_days=8,
        level="municipal",
    )
    follow_list(by=reader, what=fitting, title="Ямы")
    follow_list(by=reader, what=replace(fitting, topic=other), title="Другое")
    publish()
    [letter] = written(tomorrow)
    assert "Ямы" in letter.text
    assert "Другое" not in letter.text


def test_weekly_letters_come_on_mondays_at_seven_of_the_region() -> None:
    zone = ZoneInfo("Europe/Moscow")
    wednesday = datetime(2026, 3, 4, 12, tzinfo=zone)
    assert digests.next_digest_at("daily", wednesday) == datetime(2026, 3, 5, 7, tzinfo=zone)
    assert digests.next_digest_at("weekly", wednesday) == datetime(2026, 3, 9, 7, tzinfo=zone)
    assert digests.next_digest_at("never", wednesday) is None
    early = datetime(2026, 3, 9, 6, 59, tzinfo=zone)
    assert digests.next_digest_at("weekly", early) == datetime(2026, 3, 9, 7, tzinfo=zone)


def test_what_is_not_settled_waits_for_the_next_letter(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
) -> None:
    """Entries are numbered before they are committed: the last minutes are left alone."""
    follow_list(by=reader, what=EVERYTHING, title="Всё")
    with clock.told(tomorrow - timedelta(minutes=2)):
        late = publish()
    assert written(tomorrow) == []
    [letter] = written(tomorrow + timedelta(days=1))
    assert late.number in letter.text


def test_a_death_in_the_middle_leaves_all_as_it_was(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    follow_list(by=reader, what=EVERYTHING, title="Всё")
    publish()
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(digests, "Greatest", lambda *_: (_ for _ in ()).throw(RuntimeError))
        written(tomorrow)
    assert not Letter.objects.filter(key__startswith="digest:").exists()
    assert len(written(tomorrow)) == 1


def test_many_subscribers_cost_as_many_queries_as_few(
    make_user: Callable[..., User],
    publish: Publish,
    tomorrow: datetime,
) -> None:
    def subscribe(many: int) -> None:
        chance = random.Random(7)
        people = User.objects.bulk_create(
            User(email=f"many{many}-{n}@example.org", password="!") for n in range(many)
        )
        due = digests.next_digest_at("daily", timezone.now())
        Subscription.objects.bulk_create(
            Subscription(
                user=person,
                title="Двор",
                area=around(37.5 + chance.uniform(-0.05, 0.05), 55.5),
                told_up_to=last_entry(),
                next_digest_at=due,
            )
            for person in people
        )

    subscribe(3)
    publish()
    with CaptureQueriesContext(connection) as few, clock.told(tomorrow):
        assert digests.write_due() == 3
    subscribe(60)
    publish()
    Subscription.objects.update(next_digest_at=tomorrow)
    with CaptureQueriesContext(connection) as many, clock.told(tomorrow):
        assert digests.write_due() == 63
    assert len(many) == len(few)
    assert Letter.objects.filter(key__startswith="digest:").count() == 66


def test_the_area_is_found_by_its_index(published: Issue) -> None:
    assert isinstance(published.point, Point)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'issues_subscription'"
            " AND indexdef LIKE '%USING gist (area)%'"
        )
        assert cursor.fetchone()


def test_a_letter_tells_how_to_leave_and_leaving_ends_it(
    reader: User,
    publish: Publish,
    tomorrow: datetime,
) -> None:
    follow_list(by=reader, what=EVERYTHING, title="Всё")
    publish()
    [letter] = written(tomorrow)
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter.headers["List-Unsubscribe"].strip("<>")
    assert address in letter.text
    assert digests.user_of(address.rstrip("/").rpartition("/")[2]) == reader.pk
    operations.leave_letters(user_id=reader.pk)
    publish()
    assert written(tomorrow + timedelta(days=1)) == [letter]
