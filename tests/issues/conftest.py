"""Many messages of all sorts, for whatever counts them."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection

from accounts.models import User
from authorities.models import Authority, Category, Kind, Topic
from geo.models import Municipality
from issues.models import Answer, Issue, Rating
from issues.workflow import State

EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
# A merged message names another one, which here is not in the table yet; the public reads neither.
ALONE = [state for state in State if state != State.MERGED]


@pytest.fixture
def many(resident: User, topic: Topic, authority: Authority) -> list[Issue]:
    """150 messages put straight into the tables, public and not, in a transaction that is undone."""
    chance = random.Random(3)
    roads = [topic, Topic(category=topic.category, code="kerb", name="Бордюр", term_days=8)]
    yard = Category.objects.create(code="yard", name="Двор", name_en="Yard")
    Category.objects.filter(pk=topic.category_id).update(position=5)
    yards = [Topic(category=yard, code=code, name=code, term_days=8) for code in ("lamp", "bench")]
    for number, new in enumerate([roads[1], *yards]):
        new.kinds, new.level = ["problem", "thanks"], "municipal"
        new.classifier_code = f"0005.0005.0056.{number:04}"
        new.save()
    topics = [*roads, *yards]
    other = Authority.objects.create(
        slug="other", name="Другая", level="municipal", exchange="cabinet"
    )
    places = [
        Municipality.objects.create(
            code=code,
            name=code,
            oktmo="46700001",
            polygon=MultiPolygon(Polygon.from_bbox((37, 55, 38, 56)), srid=4326),
            centre=Point(37.5, 55.5, srid=4326),
            validity=validity,
        )
        for code, validity in (
            ("west", (date(2020, 1, 1), date(2026, 1, 1))),
            ("west", (date(2026, 1, 1), None)),
            ("east", (date(2020, 1, 1), None)),
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE issues_issue DISABLE TRIGGER issue_change_is_told")
    issues = []
    for serial in range(1, 151):
        state = chance.choice([*ALONE, State.CLOSED, State.CLOSED, State.ANSWERED])
        published = EPOCH + timedelta(seconds=chance.randrange(40 * 86400))
        # A few share a place and a moment: then only their numbers part them.
        lon, lat = chance.choice(
            [
                (37.5, 55.5),
                (37 + chance.randrange(10**6) / 10**6, 55 + chance.randrange(10**6) / 10**6),
                (37.5 + chance.randrange(5000) / 10**6, 55.5 + chance.randrange(5000) / 10**6),
            ]
        )
        issues.append(
            Issue(
                uid=uuid.UUID(int=serial),
                year=2000,
                serial=serial,
                number=f"2000-{serial}",
                kind=chance.choice(Kind.values),
                topic=chance.choice(topics),
                author=resident,
                address="Квадратный",
                point=Point(lon, lat, srid=4326),
                municipality=chance.choice([*places, None]),
                description="Яма",
                published_text="Яма",
                authority=chance.choice(
                    [authority, other] if state == State.DISPATCHED else [authority, other, None]
                ),
                state=state,
                is_hidden=chance.random() < 0.1,
                support_count=chance.randrange(4),
                filed_at=published - timedelta(hours=5),
                published_at=chance.choice([published, EPOCH]),
                answered_at=published + timedelta(days=5) if chance.random() < 0.5 else None,
                closed_at=published + timedelta(days=9) if state == State.CLOSED else None,
                moderation_due_at=published,
                answer_due_at=chance.choice([EPOCH + timedelta(days=chance.randrange(60)), None]),
                planned_date=date(2027, 1, 1),
                registration_number="1",
                registration_date=date(2026, 1, 1),
                event_count=1,
                head_hash="",
            )
        )
    Issue.objects.bulk_create(issues)
    answers = [
        Answer(
            issue=issue, authority=authority, decision="done", text="Сделано", published_at=EPOCH
        )
        for issue in issues
        for _ in range(chance.randrange(3))
    ]
    Answer.objects.bulk_create(answers)
    Rating.objects.bulk_create(
        Rating(
            answer=answer,
            stars=chance.randint(1, 5),
            solved=chance.random() < 0.5,
            rated_at=EPOCH,
        )
        for answer in answers
        if chance.random() < 0.8
    )
    return issues
