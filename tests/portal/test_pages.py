"""What every page has: language, help when something fails, nothing that the policy forbids."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from issues.models import Issue

PAGES = [
    *("/", "/map/", "/issues/", "/authorities/", "/authorities/square/", "/pages/", "/services/"),
    *("/issues/{number}/", "/issues/{number}/verify/"),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_are_sound(
    client: Client, publish: Callable[..., Issue], page: str, language: str
) -> None:
    number = publish().number
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    text = client.get(page.format(number=number)).content.decode()
    assert f'<html lang="{language}">' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert " style=" not in text
    assert not re.findall(r"<script(?![^>]*(src=|application/json))", text)
    assert not re.findall(r"\son[a-z]+=", text)


@pytest.mark.django_db
def test_the_language_is_chosen_and_stays(client: Client) -> None:
    assert "Голос региона" in client.get("/").content.decode()
    went = client.post("/i18n/setlang/", {"language": "en", "next": "/issues/?kind=problem"})
    assert went["Location"] == "/issues/?kind=problem"
    assert "Voice of the Region" in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_there_helps(client: Client) -> None:
    page = client.get("/nothing-here/")
    assert page.status_code == 404
    assert "Такой страницы нет" in page.content.decode()


@pytest.mark.django_db
def test_a_form_that_has_expired_helps() -> None:
    page = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"})
    assert page.status_code == 403
    assert "Форма устарела" in page.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "429.html", "500.html"])
def test_error_pages_need_no_request(name: str) -> None:
    assert "<h1>" in render_to_string(name)


@pytest.mark.django_db
def test_robots_stay_out_of_what_is_private(client: Client) -> None:
    told = client.get("/robots.txt").content.decode()
    assert all(f"Disallow: {path}" in told for path in ("/my/", "/new/", "/moderation/"))


def test_every_icon_that_a_template_names_is_drawn() -> None:
    root = Path(settings.BASE_DIR)
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (root / "common/static/icons.svg").read_text()))
    named = {
        name
        for page in root.glob("*/templates/**/*.html")
        for name in re.findall(r'{% icon "([^"]+)" %}', page.read_text())
    }
    assert named <= drawn
