"""What every test has: people, an authority, a square piece of ground, and a filed message."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as settings_of_trials
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import Role, RoleGrant, User
from authorities.models import Authority, Category, ServiceArea, Topic
from geo.models import Municipality
from issues import operations
from issues.models import Issue
from issues.policies import By
from tests import database

_numbers = count(1)

# A slow machine is no fault of what is tried.
settings_of_trials.register_profile(
    "portal", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings_of_trials.load_profile("portal")
# Nor does a Redis that is late count as away: what it had counted would be forgotten in the middle of a test.
_cache: Any = settings.CACHES["default"]
_cache["OPTIONS"] |= {"socket_connect_timeout": 30, "socket_timeout": 30}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Ends the sessions that nobody works in any more, so that the database can go.

    That of a killed process ends by itself a moment later; that of a server's thread stays as long as
    its client keeps the line open.
    """
    with django_db_blocker.unblock():
        database.remember()
    yield
    others = (
        "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    deadline = time.monotonic() + 60
    connection.close()  # a test may have had it killed with the others
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT pg_terminate_backend(pid) {others} AND state = 'idle' AND usename = user"
            )
            cursor.execute(f"SELECT application_name, state, query {others}")
            if not (left := cursor.fetchall()) or time.monotonic() > deadline:
                break
            time.sleep(0.1)
    assert not left, left


@pytest.fixture(scope="session", autouse=True)
def _as_migrated_again() -> Iterator[None]:
    """After a test that commits, the database is as it was: the tests may come in any order."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: database.restore())
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_found_once() -> Iterator[None]:
    """Each client has a handler of its own, which would read all of STATIC_ROOT before its first answer."""
    read = WhiteNoiseMiddleware.update_files_dictionary
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def read_once(self: WhiteNoiseMiddleware, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            before = dict(self.files)
            read(self, root, prefix)
            found[root, prefix] = {
                url: file for url, file in self.files.items() if url not in before
            }
        self.files.update(found[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "update_files_dictionary", read_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A thousandth of the work that a thief is given: the hashes are as before, and each tells its own rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", PBKDF2PasswordHasher.iterations // 1000)
        yield


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counters of one test (rate limits) do not reach the next, nor a test beside it.

    Nor does its clearing: Redis empties the whole database for it, of all tests that run at once.
    """
    for cache in caches.all(initialized_only=False):

        def forget(cache: BaseCache = cache) -> None:
            monkeypatch.setattr(cache, "key_prefix", uuid.uuid4().hex)

        forget()
        monkeypatch.setattr(cache, "clear", forget)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come first: they wait a lot, and what takes long must not be left for the end."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A request leaves its reader's language in the thread: the next test begins in the portal's own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Makes a person, with roles if asked."""

    def make(*roles: str, **fields: Any) -> User:
        fields = {"last_name": "Иванова", "first_name": "Анна"} | fields
        fields.setdefault("email", f"person{next(_numbers)}@example.org")
        user = User.objects.create_user(password=fields.pop("password", None), **fields)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
        return user

    return make


@pytest.fixture
def resident(make_user: Callable[..., User]) -> User:
    return make_user()


@pytest.fixture
def moderator(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Петров", first_name="Пётр")


@pytest.fixture
def municipality(db: None) -> Municipality:
    """One degree square from (37, 55) to (38, 56), WGS 84."""
    return Municipality.objects.create(
        code="square",
        name="Квадратный округ",
        name_en="Square district",
        oktmo="46700000",
        polygon=MultiPolygon(Polygon.from_bbox((37, 55, 38, 56)), srid=4326),
        centre=Point(37.5, 55.5, srid=4326),
        validity=(date(2020, 1, 1), None),
    )


@pytest.fixture
def topic(db: None) -> Topic:
    category = Category.objects.create(code="roads", name="Дороги", name_en="Roads")
    return Topic.objects.create(
        category=category,
        code="pothole",
        name="Яма на дороге",
        name_en="Pothole",
        kinds=["problem", "proposal", "thanks"],
        term_days=8,
        level="municipal",
        classifier_code="0005.0005.0056.1154",
    )


@pytest.fixture
def authority(municipality: Municipality) -> Authority:
    """Answers for any topic on the whole square."""
    authority = Authority.objects.create(
        slug="square",
        name="Администрация Квадратного округа",
        level="municipal",
        exchange="msed",
        msed_uid="11111111-1111-4111-8111-111111111111",
        email="square@example.org",
    )
    ServiceArea.objects.create(
        authority=authority, municipality=municipality, validity=(date(2020, 1, 1), None)
    )
    return authority


@pytest.fixture
def message(topic: Topic) -> operations.Message:
    """A message in the middle of the square."""
    return operations.Message(
        kind="problem",
        topic=topic,
        lon=37.5,
        lat=55.5,
        address="Квадратный, улица Мира, 1",
        description="У дома яма, машины объезжают её по тротуару.",
    )


@pytest.fixture
def issue(resident: User, authority: Authority, message: operations.Message) -> Issue:
    """A filed message that waits for moderation."""
    return operations.file_issue(by=By.author(resident), message=message)


@pytest.fixture
def published(issue: Issue, moderator: User) -> Issue:
    """An accepted message, sent to its authority."""
    return operations.accept_issue(by=By.moderator(moderator), issue=issue)


@pytest.fixture
def publish(
    resident: User, moderator: User, authority: Authority, message: operations.Message
) -> Callable[..., Issue]:
    """Files a message like `message`, changed as told, and accepts it."""

    def one(**changes: Any) -> Issue:
        filed = operations.file_issue(by=By.author(resident), message=replace(message, **changes))
        return operations.accept_issue(by=By.moderator(moderator), issue=filed)

    return one
