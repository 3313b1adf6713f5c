"""The demo region, loaded once for all the tests of a file and rolled back after them."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from geo.demo import load_region


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_region()
        yield
        transaction.set_rollback(True)
