"""A resident files a message: on a phone with a photo, without a script, and as a newcomer by a letter."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point
from django.core import mail
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from authorities.models import Authority, Topic
from geo.models import Municipality, Place
from issues.models import Issue
from tests.journeys.accessibility import findings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORDS = "На повороте к школе яма, машины объезжают её по тротуару."
PASSWORD = "long-enough-word"


@pytest.fixture(autouse=True)
def _portal(
    settings: Settings,
    tmp_path: Path,
    municipality: Municipality,
    authority: Authority,
    topic: Topic,
) -> None:
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


@pytest.fixture
def confirmed(make_user: Callable[..., User]) -> User:
    person = make_user(email="anna@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(
        viewport={"width": 360, "height": 760}, locale="ru-RU", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def log_in(page: Page) -> None:
    page.get_by_label("Электронная почта").fill("anna@example.org")
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Войти").click()


def test_on_a_phone_with_a_photo(
    live_server: LiveServer,
    open_page: Callable[..., Page],
    confirmed: User,
    tmp_path: Path,
) -> None:
    Image.radial_gradient("L").resize((1200, 900)).convert("RGB").save(tmp_path / "яма.jpg")
    Image.linear_gradient("L").convert("RGB").save(tmp_path / "двор.jpg")
    (tmp_path / "ролик.jpg").write_bytes(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
    page = open_page("phone")
    page.goto(f"{live_server.url}/new/")
    page.get_by_label("Найти тему").fill("яма на дорге")
    page.get_by_role("link", name="Яма на дороге").click()

    expect(page.get_by_text("позвоните 112")).to_be_visible()
    expect(page.locator("#place-map .leaflet-tile-pane")).to_be_attached()
    assert findings(page) == []
    page.get_by_label("Адрес места").press_sequentially("квадратный мира 1")
    page.get_by_role("option", name="Квадратный, улица Мира, 1").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#responsible")).to_contain_text("Администрация Квадратного округа")
    assert findings(page) == []
    page.get_by_role("button", name="Дальше: сообщение").click()

    page.get_by_label("Ваше сообщение").fill(WORDS)
    assert findings(page) == []
    page.get_by_role("button", name="Дальше: проверка").click()
    page.get_by_role("button", name="Войти и отправить").click()
    log_in(page)

    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_label("Фотографии и документы").set_input_files(
        [tmp_path / "яма.jpg", tmp_path / "ролик.jpg"]
    )
    expect(page.get_by_role("alert")).to_contain_text("ролик.jpg: видео пока не принимаются")
    expect(page.locator(".file-list__item")).to_have_count(1)
    assert findings(page) == []
    # A second photo, and the button at once: the message waits for it.
    page.get_by_label("Фотографии и документы").set_input_files([tmp_path / "двор.jpg"])
    page.get_by_role("button", name="Отправить").dblclick()

    page.wait_for_url("**/new/sent/**")
    issue = Issue.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(issue.number)
    assert findings(page) == []
    assert issue.author == confirmed
    assert [file.name for file in issue.attachments.all()] == ["яма.jpg", "двор.jpg"]
    page.get_by_role("link", name="Следить за сообщением").click()
    expect(page.get_by_text("Модератор прочитает его до")).to_be_visible()
    assert findings(page) == []


def test_a_press_on_the_map_names_the_address(
    live_server: LiveServer, open_page: Callable[..., Page], topic: Topic
) -> None:
    page = open_page("desk")
    page.goto(f"{live_server.url}/new/place/?kind=problem&topic={topic.code}")
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


def test_without_a_script(live_server: LiveServer, plain_page: Page, confirmed: User) -> None:
    page = plain_page
    page.goto(f"{live_server.url}/accounts/login/?next=/new/")
    log_in(page)
    page.get_by_text("Дороги").click()
    page.get_by_role("link", name="Яма на дороге").click()
    page.get_by_label("Адрес места").fill("квадратный мира 1")
    page.keyboard.press("Enter")
    page.get_by_label("Квадратный, улица Мира, 1").check()
    page.get_by_role("button", name="Дальше: сообщение").click()
    expect(page.get_by_text("Администрация Квадратного округа")).to_be_visible()

    page.get_by_role("button", name="Дальше: проверка").click()
    expect(page.get_by_role("alert")).to_contain_text("Напишите, о чём речь")
    page.get_by_label("Ваше сообщение").fill(WORDS)
    page.get_by_role("button", name="Дальше: проверка").click()
    page.get_by_role("button", name="Отправить").click()
    issue = Issue.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(issue.number)
    assert (issue.point.x, issue.point.y) == (37.5, 55.5)


def test_a_newcomer_registers_by_a_letter_and_goes_on(
    live_server: LiveServer, open_page: Callable[..., Page], topic: Topic
) -> None:
    page = open_page("phone")
    page.goto(f"{live_server.url}/new/place/?kind=problem&topic={topic.code}")
    page.get_by_label("Адрес места").fill("Квадратный, у школы")
    page.get_by_text("Указать координаты").click()
    page.get_by_label("Широта").fill("55,5")
    page.get_by_label("Долгота").fill("37,5")
    page.get_by_role("button", name="Дальше: сообщение").click()
    page.get_by_label("Ваше сообщение").fill(WORDS)
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
