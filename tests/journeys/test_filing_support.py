"""What was reported already is found and supported instead of a second message."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from authorities.models import Topic
from issues.models import Issue
from tests.journeys.accessibility import findings
from tests.journeys.conftest import log_in
from tests.portal.filing import WORDS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_like_message_is_supported_with_one_press(
    live_server: LiveServer,
    open_page: Callable[..., Page],
    publish: Callable[..., Issue],
    confirmed: User,
    square: Topic,
) -> None:
    theirs = publish(lon=37.5005)
    page = open_page("phone")
    page.goto(f"{live_server.url}/new/")
    page.get_by_label("Ваше сообщение").fill(WORDS)
    page.get_by_role("button", name="Дальше: тема").click()
    page.get_by_role("button", name="Яма на дороге").click()
    # With its script: nothing is offered to what is typed before.
    page.wait_for_url("**/new/place/**")
    page.get_by_label("Адрес места").press_sequentially("квадратный мира 1")
    page.get_by_role("option", name="Квадратный, улица Мира, 1").click()
    page.get_by_role("button", name="Дальше: проверка").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Не об этом ли?")
    expect(page.get_by_text("в 31 метре от вас")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Это оно: поддержать").click()
    log_in(page)
    # Back at the question: a log-in is no consent to anything.
    page.get_by_role("button", name="Это оно: поддержать").click()
    page.wait_for_url(f"**/issues/{theirs.number}/")
    expect(page.get_by_text("Ваш голос учтён")).to_be_visible()
    theirs.refresh_from_db()
    assert theirs.support_count == 1
    assert Issue.objects.count() == 1

    # Another one, all the same near by: it is asked once.
    page.goto(f"{live_server.url}/new/")
    page.get_by_label("Ваше сообщение").fill("Совсем другая яма, у самой остановки.")
    page.get_by_role("button", name="Дальше: тема").click()
    page.get_by_role("button", name="Яма на дороге").click()
    # With its script: nothing is offered to what is typed before.
    page.wait_for_url("**/new/place/**")
    page.get_by_label("Адрес места").press_sequentially("квадратный мира 1")
    page.get_by_role("option", name="Квадратный, улица Мира, 1").click()
    page.get_by_role("button", name="Дальше: проверка").click()
    page.get_by_role("button", name="Моё – другое").click()
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/new/sent/**")
    assert Issue.objects.count() == 2
