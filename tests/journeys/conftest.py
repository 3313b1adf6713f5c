"""What journeys share: a browser, its pages as wide as a phone or a desk, and the portal's real processes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from pytest_django import Settings

from tests.journeys.parts import Parts

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
