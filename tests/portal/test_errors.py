"""Pages for what can not be done: each helps, and the one for our own mistakes needs nothing that may be broken."""

from collections.abc import Callable
from unittest import mock

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_on(client: Client) -> None:
    page = client.get("/nothing-here/")
    assert page.status_code == 404
    text = page.content.decode()
    assert 'role="search"' in text
    assert "среди ваших сообщений" in text


def test_a_page_for_staff_tells_a_resident_why_not(client: Client, resident: User) -> None:
    client.force_login(resident)
    page = client.get("/moderation/")
    assert page.status_code == 403
    assert "нет на это права" in page.content.decode()


@pytest.mark.django_db
def test_a_stranger_is_offered_to_log_in() -> None:
    text = render_to_string("403.html")
    assert "/accounts/login/?next=/" in text


@pytest.mark.django_db
def test_our_own_mistake_is_told_without_the_database(client: Client) -> None:
    client.raise_request_exception = False
    away = OperationalError("the connection is closed")
    with mock.patch("django.db.backends.utils.CursorWrapper.execute", side_effect=away):
        page = client.get("/issues/2026-1/")
    assert page.status_code == 500
    text = page.content.decode()
    assert "<h1>У нас что‑то сломалось</h1>" in text
    assert "css/tokens.css" in text


@pytest.mark.parametrize("address", ["/issues/", "/map/", "/feeds/issues/", "/"])
@pytest.mark.django_db
def test_thousands_of_parameters_get_a_clear_page(client: Client, address: str) -> None:
    page = client.get(f"{address}?{'&'.join(f'p{number}=1' for number in range(5000))}")
    text = page.content.decode()
    if page.status_code == 400:
        assert "<h1>Этот запрос нельзя прочитать</h1>" in text
        assert "css/tokens.css" in text
    else:  # a page that has no parameters heeds none
        assert (address, page.status_code) == ("/", 200)


def test_what_no_text_can_hold_is_not_our_mistake(
    client: Client, make_user: Callable[..., User]
) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get("/admin/portal/page/?kind=%00")
    assert page.status_code == 400
    assert "нельзя прочитать" in page.content.decode()


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"]
)
def test_each_has_one_heading_and_no_inline_style(name: str) -> None:
    text = render_to_string(name, {"footer_pages": []})
    assert text.count("<h1>") == 1
    assert " style=" not in text
    assert "noindex" in text
