"""What may go wrong under way: the line is dead, the session has run out, the tab was closed."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from authorities.models import Topic
from issues.models import Issue
from tests.journeys.accessibility import findings
from tests.journeys.conftest import log_in
from tests.portal.filing import WORDS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_the_check(
    live_server: LiveServer, open_page: Callable[..., Page], confirmed: User, square: Topic
) -> Page:
    """A phone at the last step, ready to send."""
    page = open_page("phone")
    page.goto(f"{live_server.url}/accounts/login/?next=/new/")
    log_in(page)
    page.get_by_label("Ваше сообщение").fill(WORDS)
    page.get_by_role("button", name="Дальше: тема").click()
    page.get_by_role("button", name="Яма на дороге").click()
    # With its script: nothing is offered to what is typed before.
    page.wait_for_url("**/new/place/**")
    page.get_by_label("Адрес места").press_sequentially("квадратный мира 1")
    page.get_by_role("option", name="Квадратный, улица Мира, 1").click()
    page.get_by_role("button", name="Дальше: проверка").click()
    expect(page.get_by_role("button", name="Отправить")).to_be_visible()
    return page


def test_a_dead_line_loses_nothing(at_the_check: Page) -> None:
    page = at_the_check
    page.get_by_label("Не показывать моё имя всем").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Отправить").click()
    expect(page.get_by_text("Нет связи. Ничего не потеряно")).to_be_visible()
    assert not Issue.objects.exists()
    page.context.set_offline(False)
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/new/sent/**")
    assert Issue.objects.get().is_anonymous


def test_a_session_that_has_run_out_leads_back_through_the_log_in(at_the_check: Page) -> None:
    page = at_the_check
    Session.objects.all().delete()
    page.get_by_role("button", name="Отправить").click()
    log_in(page)
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/new/sent/**")
    assert Issue.objects.count() == 1


def test_a_closed_tab_is_found_again_in_my_messages(
    live_server: LiveServer,
    open_page: Callable[..., Page],
    confirmed: User,
    square: Topic,
) -> None:
    first = open_page("phone")
    first.goto(f"{live_server.url}/accounts/login/?next=/new/")
    log_in(first)
    first.get_by_label("Ваше сообщение").fill(WORDS)
    expect(first.get_by_text("Черновик сохранён")).to_be_visible()
    first.close()
    page = open_page("desk")
    page.goto(f"{live_server.url}/accounts/login/?next=/my/")
    log_in(page)
    expect(page.get_by_role("heading", name="Черновики")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("link", name="Продолжить").click()
    page.get_by_role("button", name="Яма на дороге").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Где это?")
