"""What journeys share: a browser, its pages as wide as a phone or a desk, and the portal's real processes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point
from django.db import connection
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from pytest_django import Settings

from accounts.models import User
from authorities.models import Authority, Topic
from geo.models import Municipality, Place
from tests.journeys.parts import Parts

PASSWORD = "long-enough-word"

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 360, "height": 760},
    "desk": {"width": 1280, "height": 900},
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system, headless."""
    # Playwright drives the browser from an event loop in this thread; the tests' queries are plain.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=60_000)  # machines are slow in turns
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def parts(tmp_path: Path, transactional_db: None, settings: Settings) -> Iterator[Parts]:
    """Every process of the portal, on the test's own database and files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    url = "postgis://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    parts = Parts(tmp_path, url)
    try:
        parts.start("redis", "mail", "msed", "web", "worker", "scheduler")
        yield parts
    finally:
        parts.kill_all()
        # The server notices late that they are dead; the database must be free for what comes next.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND usename = user"  # a cleaner of the server is not ours to end
            )


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page of a browser of one's own, as wide as a phone or a desk."""
    contexts = []

    def open_one(size: str) -> Page:
        context = browser.new_context(viewport=SIZES[size], locale="ru-RU")
        contexts.append(context)
        return context.new_page()

    yield open_one
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=tmp_path / f"end-{number}.png", full_page=True)
        context.close()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A page of a phone's browser that runs no scripts."""
    context = browser.new_context(
        viewport=SIZES["phone"], locale="ru-RU", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def square(
    settings: Settings,
    tmp_path: Path,
    municipality: Municipality,
    authority: Authority,
    topic: Topic,
) -> Topic:
    """A region where one can write about a pothole at one house."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ALLOWED_HOSTS = ["*"]
    topic.notice = "Если провал опасен, сначала позвоните 112."
    topic.save()
    Place.objects.create(
        kind="house",
        name="1",
        label="Квадратный, улица Мира, 1",
        point=Point(37.5, 55.5, srid=4326),
        source_id="1",
    )
    return topic


@pytest.fixture
def confirmed(make_user: Callable[..., User]) -> User:
    """A resident who can log in."""
    person = make_user(email="anna@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def log_in(page: Page) -> None:
    """Fills the form of the log-in for `confirmed`."""
    page.get_by_label("Электронная почта").fill("anna@example.org")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Войти").click()
