"""What the tests of the desk share: an authority of the cabinet, its officer, and the forms as they are drawn."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, User
from authorities.models import Authority, Official
from issues.models import Issue
from tests.cabinet.desk import do, today


@pytest.fixture
def authority(authority: Authority) -> Authority:
    """The authority of the square works in the cabinet."""
    authority.exchange = Authority.Exchange.CABINET
    authority.save()
    return authority


@pytest.fixture
def officer(authority: Authority, make_user: Callable[..., User]) -> User:
    user = make_user(Role.OFFICER, last_name="Громов", first_name="Илья", middle_name="Олегович")
    Official.objects.create(user=user, authority=authority, post="главный специалист")
    return user


@pytest.fixture
def desk(officer: User, client: Client) -> Client:
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def at_work(desk: Client, published: Issue) -> Issue:
    """A registered message in work."""
    do(desk, published, "register", number="", registered_on=today())
    do(desk, published, "start", executor="Отдел дорог")
    return published
