"""A resident files a message on a phone: from a photo that knows its place, and by words alone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from issues.models import Issue
from tests.journeys.accessibility import findings
from tests.journeys.conftest import PASSWORD, log_in
from tests.portal.filing import VIDEO, WORDS, photo

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("square"),
]


def is_narrow_enough(page: Page) -> bool:
    """Whether nothing sticks out to the right."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_a_photo_brings_its_place_along(
    live_server: LiveServer, open_page: Callable[..., Page], confirmed: User, tmp_path: Path
) -> None:
    (tmp_path / "яма.jpg").write_bytes(
        photo(lon=37.50003, lat=55.50002, taken="2026:03:01 14:05:00", zone="+03:00").read()
    )
    (tmp_path / "ролик.jpg").write_bytes(VIDEO)
    page = open_page("phone")
    page.goto(f"{live_server.url}/new/")
    assert findings(page) == []
    page.get_by_role("button", name="Войти и добавить фото").click()
    log_in(page)
    page.context.set_offline(True)
    page.get_by_label("Фотографии и документы").set_input_files(
        [tmp_path / "яма.jpg", tmp_path / "ролик.jpg"]
    )
    expect(page.get_by_text("Файлы ждут здесь и отправятся")).to_be_visible()
    page.get_by_role("button", name="Дальше: тема").click()
    expect(page.get_by_role("alert")).to_contain_text("Нет связи. Ничего не потеряно")
    page.context.set_offline(False)  # which is noticed without a press
    expect(page.get_by_role("alert")).to_contain_text("ролик.jpg: видео пока не принимаются")
    expect(page.locator(".file-list__item")).to_have_count(1)
    expect(page.get_by_text("В снимке записано место")).to_be_visible()
    page.get_by_label("Ваше сообщение").fill(WORDS)
    expect(page.get_by_text("Черновик сохранён")).to_be_visible()
    assert findings(page) == []
    assert is_narrow_enough(page)
    page.get_by_role("button", name="Дальше: тема").click()

    assert findings(page) == []
    assert is_narrow_enough(page)
    page.get_by_role("button", name="Яма на дороге").click()

    expect(page.get_by_role("heading", name="Снято здесь?")).to_be_visible()
    expect(page.locator("#place-map .leaflet-tile-pane")).to_be_attached()
    assert findings(page) == []
    assert is_narrow_enough(page)
    page.get_by_role("button", name="Да, это здесь").click()

    expect(page.locator(".responsible")).to_contain_text("Администрация Квадратного округа")
    expect(page.get_by_text("позвоните 112")).to_be_visible()
    page.get_by_label("Добавить в сообщение: «Фото снято 1 марта 2026, 14:05.»").check()
    page.get_by_label("Не показывать моё имя всем").check()
    assert findings(page) == []
    assert is_narrow_enough(page)
    page.get_by_role("button", name="Отправить").dblclick()

    page.wait_for_url("**/new/sent/**")
    issue = Issue.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(issue.number)
    assert findings(page) == []
    assert (issue.author, issue.is_anonymous) == (confirmed, True)
    assert issue.description == f"{WORDS}\n\nФото снято 1 марта 2026, 14:05."
    assert (issue.point.x, issue.point.y) == (37.50003, 55.50002)
    assert [file.name for file in issue.attachments.all()] == ["яма.jpg"]
    page.get_by_role("link", name="Следить за сообщением").click()
    expect(page.get_by_text("Модератор прочитает его до")).to_be_visible()
    expect(page.get_by_role("button", name="Изменить сообщение")).to_be_visible()
    assert findings(page) == []


def test_a_press_on_the_map_names_the_address(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page("desk")
    to_the_place(page, live_server.url)
    page.get_by_text("Указать координаты").click()
    page.locator("#place-map").click(position={"x": 5, "y": 200})
    expect(page.locator("#responsible")).to_contain_text("За пределами региона")
    # Coordinates typed by hand bring the map there; then a press is exact to some metres.
    page.get_by_label("Широта").fill("55,5003")
    page.get_by_label("Долгота").fill("37,5003")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Адрес места")).to_have_value("Квадратный, улица Мира, 1")
    page.get_by_label("Адрес места").fill("")
    page.locator("#place-map").click()
    expect(page.get_by_label("Адрес места")).to_have_value("Квадратный, улица Мира, 1")
    expect(page.locator("#responsible")).to_contain_text("Администрация Квадратного округа")


def test_the_phone_knows_where_it_is(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page("phone")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 37.5002, "latitude": 55.5001})
    to_the_place(page, live_server.url)
    page.get_by_role("button", name="Где я сейчас").click()
    expect(page.get_by_label("Адрес места")).to_have_value("Квадратный, улица Мира, 1")
    expect(page.locator("#responsible")).to_contain_text("Администрация Квадратного округа")


def test_a_newcomer_registers_by_a_letter_and_goes_on(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page("phone")
    to_the_place(page, live_server.url)
    page.get_by_label("Адрес места").fill("Квадратный, у школы")
    page.get_by_text("Указать координаты").click()
    page.get_by_label("Широта").fill("55,5")
    page.get_by_label("Долгота").fill("37,5")
    page.get_by_role("button", name="Дальше: проверка").click()
    page.get_by_role("link", name="Зарегистрироваться").click()

    assert findings(page) == []
    page.get_by_label("Электронная почта").fill("vera@example.org")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Откройте письмо")
    link = re.search(r"/accounts/confirm-email/\S+/", str(mail.outbox[-1].body))
    assert link
    page.goto(live_server.url + link[0])
    page.get_by_role("button", name="Да, подтвердить").click()

    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_label("Фамилия").fill("Кузнецова")
    page.get_by_label("Имя", exact=True).fill("Вера")
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/new/sent/**")
    assert str(Issue.objects.get().author) == "Кузнецова Вера"


def to_the_place(page: Page, url: str) -> None:
    """Words and topic, as far as the place."""
    page.goto(f"{url}/new/")
    page.get_by_label("Ваше сообщение").fill(WORDS)
    page.get_by_role("button", name="Дальше: тема").click()
    page.get_by_role("button", name="Яма на дороге").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Где это?")
