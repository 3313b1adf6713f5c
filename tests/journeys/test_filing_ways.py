"""The same way without a script, and by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from authorities.models import Topic
from issues.models import Issue
from tests.journeys.conftest import log_in
from tests.portal.filing import WORDS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_without_a_script(
    live_server: LiveServer, plain_page: Page, confirmed: User, square: Topic
) -> None:
    square.questions = [
        {
            "code": "size",
            "type": "choice",
            "required": True,
            "label": "Какого размера яма?",
            "choices": [{"code": "small", "name": "Малая"}, {"code": "large", "name": "Большая"}],
        }
    ]
    square.save()
    page = plain_page
    page.goto(f"{live_server.url}/accounts/login/?next=/new/")
    log_in(page)
    page.get_by_role("button", name="Дальше: тема").click()
    expect(page.get_by_role("alert")).to_contain_text("Напишите, о чём речь")
    page.get_by_label("Ваше сообщение").fill(WORDS)
    page.get_by_role("button", name="Дальше: тема").click()
    page.get_by_label("найдите другую тему").fill("дорога")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("button", name="Яма на дороге").click()
    page.get_by_label("Адрес места").fill("квадратный мира 1")
    page.keyboard.press("Enter")
    page.get_by_label("Квадратный, улица Мира, 1").check()
    page.get_by_role("button", name="Дальше: проверка").click()

    expect(page.get_by_text("Администрация Квадратного округа")).to_be_visible()
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_role("alert")).to_contain_text("Какого размера яма?")
    page.get_by_label("Большая").check()
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/new/sent/**")
    issue = Issue.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(issue.number)
    assert (issue.point.x, issue.point.y, issue.details) == (37.5, 55.5, {"size": "large"})


def test_by_keyboard_alone(
    live_server: LiveServer, open_page: Callable[..., Page], confirmed: User, square: Topic
) -> None:
    page = open_page("desk")
    page.goto(f"{live_server.url}/accounts/login/?next=/new/")
    log_in(page)
    tab_to(page, "textarea")
    page.keyboard.type(WORDS)
    tab_to(page, "#next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new/topic/")
    tab_to(page, ".suggested__one")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new/place/")
    tab_to(page, "#id_address")
    page.keyboard.type("квадратный мира 1")
    page.get_by_role("option", name="Квадратный, улица Мира, 1").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#responsible")).to_contain_text("Администрация Квадратного округа")
    tab_to(page, "main .button--large")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new/check/")
    tab_to(page, "#id_is_anonymous")
    page.keyboard.press("Space")
    tab_to(page, ".send")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new/sent/**")
    issue = Issue.objects.get()
    assert (issue.is_anonymous, issue.topic) == (True, square)


def tab_to(page: Page, selector: str) -> None:
    """Presses the tab key until the focus is on the element, and sees that it is seen."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
    raise AssertionError(f"the tab key does not lead to {selector}")
