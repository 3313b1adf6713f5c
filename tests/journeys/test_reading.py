"""A reader without an account: from the home page over the map to an answered message, and without a script."""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from playwright.sync_api import Browser, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from authorities.models import Authority
from common import clock
from geo.models import Place
from issues import operations
from issues.models import Issue
from issues.operations.indexing import fold_words
from issues.policies import By
from tests.journeys.accessibility import AXE
from tests.journeys.parts import eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (Path(settings.BASE_DIR) / "frontend/dist/map.js").exists() or not AXE.exists(),
        reason="the frontend is not built (npm ci && npm run build)",
    ),
]

READING_KILOBYTES = 15
MAP_KILOBYTES = 120


@pytest.fixture
def answered(
    resident: User, moderator: User, authority: Authority, message: operations.Message
) -> Issue:
    """One answered message among a dozen, in the middle of the square."""
    filed = [
        operations.file_issue(
            by=By.author(resident), message=replace(message, lon=37.3 + n / 30, lat=55.4 + n / 50)
        )
        for n in range(12)
    ]
    for issue in filed:
        operations.accept_issue(by=By.moderator(moderator), issue=issue)
    last = filed[-1]
    today = clock.region_date(clock.now())
    operations.register_issue(by=By.msed(), issue=last, number="ПГ-1", registered_on=today)
    operations.answer_issue(
        by=By.msed(),
        issue=last,
        reply=operations.Reply(decision="done", text="Яма заделана.", signatory="Громов И. П."),
    )
    Place.objects.create(
        kind="settlement",
        name="Квадратный",
        label="Квадратный",
        point=Point(last.point.x, last.point.y, srid=4326),
        population=90000,
        source_id="1",
    )
    return last


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens a page; a message in its console fails the test."""
    contexts, said = [], []

    def open_one(path: str, *, width: int = 1280, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale="ru-RU",
            java_script_enabled=script,
            base_url=live_server.url,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_one
    for context in contexts:
        context.close()
    # A page that is not there is asked for on purpose.
    assert [text for text in said if "404 (Not Found)" not in text] == []


def test_from_the_home_page_over_the_map_to_an_answer(
    open_page: Callable[..., Page], answered: Issue
) -> None:
    page = open_page("/", width=360)
    page.get_by_role("searchbox", name="Что происходит рядом с вами").fill("Квадратный")
    page.get_by_role("button", name="Показать").click()
    expect(page).to_have_url(re.compile("/map/.*bbox="))
    sign = page.locator(".sign--answered")
    expect(sign).to_have_role("link")
    expect(sign).to_have_accessible_name(re.compile("Яма на дороге, .*улица Мира, 1"))
    sign.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/issues/{answered.number}/"))
    expect(page.get_by_role("heading", name="Ответ")).to_be_visible()
    expect(page.get_by_text("Яма заделана.")).to_be_visible()


def test_map_list_filter_and_address_tell_the_same(
    open_page: Callable[..., Page], answered: Issue
) -> None:
    page = open_page("/map/")
    heading = page.locator("#beside h2")
    expect(heading).to_have_text("12 сообщений на карте")

    def counted() -> int:
        many = (int(text) for text in page.locator(".sign").all_inner_texts() if text.strip())
        return sum(many) + page.locator(".sign--one").count()

    eventually(lambda: counted() == 12, what="each message is in one sign")
    page.locator(".map-filters summary").click()
    page.locator("#map-filter").get_by_label("ждёт оценки автора").check()
    expect(heading).to_have_text("1 сообщение на карте")
    expect(page).to_have_url(re.compile("state=answered"))
    expect(page.locator(".sign")).to_have_count(1)
    page.reload()
    expect(heading).to_have_text("1 сообщение на карте")
    page.go_back()  # undoes the filter and does not leave the map
    expect(heading).to_have_text("12 сообщений на карте")
    expect(page.locator("#filter-state input:checked")).to_have_count(0)


def test_a_cluster_opens_by_keyboard(open_page: Callable[..., Page], answered: Issue) -> None:
    page = open_page("/map/", width=360)
    before = page.locator(".sign").count()
    cluster = page.locator(".map").get_by_role("button", name=re.compile("сообщени")).first
    cluster.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("zoom="))
    expect(page.locator(".sign")).not_to_have_count(before)


def test_a_cluster_that_opens_leaves_the_focus_on_the_map(
    open_page: Callable[..., Page], answered: Issue
) -> None:
    page = open_page("/map/")
    page.locator(".map").get_by_role("button", name=re.compile("сообщени")).first.focus()
    with page.expect_response(re.compile("issues.json")):
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#map :focus, #map:focus")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"zoom=\d+(\.25|\.5|\.75)?(&|$)"))


def test_the_place_that_was_looked_for_is_marked(
    open_page: Callable[..., Page], answered: Issue
) -> None:
    page = open_page("/map/?q=Квадратный")
    expect(page.locator(".found")).to_have_count(1)
    expect(page.locator("#map-status")).to_contain_text("Квадратный")
    page = open_page("/map/")
    page.locator("#place").fill("Квадратный")
    page.locator("#place").press("Enter")
    expect(page.locator(".found")).to_have_count(1)
    expect(page).to_have_url(re.compile("&at="))
    expect(page.locator("#map-status")).to_contain_text("Квадратный")


def test_near_me_says_why_not_or_goes_there(
    open_page: Callable[..., Page], answered: Issue
) -> None:
    page = open_page("/map/")
    near = page.get_by_role("button", name="Рядом со мной")
    near.click()
    expect(page.locator("#map-status")).to_contain_text("Браузер не сообщает, где вы")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 55.5, "longitude": 37.5})
    near.click()
    expect(page.locator(".found")).to_have_count(1)
    expect(page).to_have_url(re.compile("zoom=15(&|$)"))
    expect(page.locator("#map-status")).to_contain_text("Вы здесь")
    assert "at=" not in page.url


def test_a_word_without_end_makes_no_page_wider(
    open_page: Callable[..., Page],
    answered: Issue,
    resident: User,
    moderator: User,
    message: operations.Message,
) -> None:
    endless = replace(message, description="Яма " + "ы" * 300, lat=55.6)
    issue = operations.file_issue(by=By.author(resident), message=endless)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    page = open_page("/", width=360)
    for path in ("/map/", "/issues/", "/authorities/square/", f"/issues/{issue.number}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_searching_on_a_phone_by_keyboard_alone(
    open_page: Callable[..., Page],
    answered: Issue,
    resident: User,
    moderator: User,
    message: operations.Message,
) -> None:
    lamp = operations.file_issue(
        by=By.author(resident),
        message=replace(message, description="У школы не горит фонарь.", lat=55.7),
    )
    operations.accept_issue(by=By.moderator(moderator), issue=lamp)
    fold_words()
    page = open_page("/issues/", width=360)
    words = page.get_by_role("searchbox")
    cards = page.locator(".cards .card__link")
    tabs = page.get_by_role("navigation", name="Виды сообщений")

    def look_for(text: str) -> None:
        words.focus()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    # A mistake in typing, the wrong layout of the keyboard: what was meant is said and found.
    for typed in ("фонрь", "ajyfhm"):
        look_for(typed)
        expect(page.locator(".notice")).to_contain_text(typed)
        expect(page.locator(".notice")).to_contain_text("«фонарь»")
        expect(cards).to_have_count(1)
        expect(cards).to_have_attribute("href", f"/issues/{lamp.number}/")
        expect(page.locator("mark")).to_have_text("фонарь")
    look_for(f"№ {answered.number}")
    expect(cards).to_have_attribute("href", f"/issues/{answered.number}/")
    look_for("яма")
    expect(page.locator(".found")).to_contain_text("12 сообщений")
    expect(tabs.get_by_role("link", name="Решения")).to_have_text(re.compile(r"\b1$"))
    page.locator("summary", has_text="Фильтры").focus()
    page.keyboard.press("Enter")
    page.get_by_label("ждёт оценки автора").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(1)
    expect(page).to_have_url(re.compile("state=answered"))
    page.go_back()
    expect(page.locator(".found")).to_contain_text("12 сообщений")
    expect(words).to_have_value("яма")
    tabs.get_by_role("link", name="Решения").focus()
    page.keyboard.press("Enter")
    expect(cards).to_have_count(1)
    look_for("бегемот")
    expect(page.get_by_role("heading", name="Ничего не нашлось")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_reading_needs_no_script(open_page: Callable[..., Page], answered: Issue) -> None:
    page = open_page("/map/", width=320, script=False)
    expect(page.get_by_role("heading", name="12 сообщений на карте")).to_be_visible()
    page.locator(".map-filters summary").click()
    page.locator("#map-filter").get_by_label("ждёт оценки автора").check()
    page.locator("#map-filter").get_by_role("button", name="Показать").click()
    expect(page.get_by_role("heading", name="1 сообщение на карте")).to_be_visible()
    page.locator("#beside").get_by_role("link", name="Яма на дороге").click()
    page.get_by_text("Почему этот орган").click()
    expect(page.get_by_text("территория: Квадратный округ")).to_be_visible()


def test_scripts_are_small(browser: Browser, live_server: LiveServer, answered: Issue) -> None:
    """Compressed as the web server sends them, kilobytes."""
    loaded: dict[str, int] = {}

    def note(response: Response) -> None:
        if response.request.resource_type == "script":
            loaded[response.url] = len(gzip.compress(response.body())) // 1024

    issue = f"/issues/{answered.number}/"
    reading = dict.fromkeys(("/", "/issues/", issue, f"{issue}verify/"), READING_KILOBYTES)
    for path, most in {**reading, "/map/": MAP_KILOBYTES}.items():
        loaded.clear()
        page = browser.new_page()
        page.on("response", note)
        page.goto(live_server.url + path, wait_until="networkidle")
        page.close()
        assert sum(loaded.values()) <= most, loaded
