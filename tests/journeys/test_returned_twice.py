"""An answer is returned twice and then goes to the head; neighbours support, deny, and are asked again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.demo import PASSWORD
from accounts.models import Role, User
from authorities.models import Authority, Official
from common import clock
from issues import operations, timeline
from issues.models import FollowUp, Issue
from issues.policies import By
from issues.queries import voices
from issues.workflow import State
from tests.journeys.accessibility import AXE, findings

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (Path(settings.BASE_DIR) / "frontend/dist/issue.js").exists() or not AXE.exists(),
        reason="the frontend is not built (npm ci && npm run build)",
    ),
]
REPLY = operations.Reply("done", "Яма заделана.", "Громов И. П.")
THEMES = ("light", "dark")


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """A browser of one's own: a phone's width, no script unless asked for."""
    contexts = []

    def open_one(*, script: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": 360, "height": 760},
            locale="ru-RU",
            java_script_enabled=script,
            base_url=live_server.url,
            reduced_motion="reduce",
        )
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def person(make_user: Callable[..., User]) -> Callable[..., User]:
    """Makes somebody who can log in."""

    def make(*roles: str, **fields: object) -> User:
        user = make_user(*roles, password=PASSWORD, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


def log_in(page: Page, user: User) -> None:
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)


def answer(issue: Issue) -> None:
    if not Issue.objects.get(pk=issue.pk).registration_number:
        today = clock.region_date(clock.now())
        operations.register_issue(by=By.msed(), issue=issue, number="ПГ-1", registered_on=today)
    operations.answer_issue(by=By.msed(), issue=issue, reply=REPLY)


def is_usable(page: Page) -> None:
    """axe finds nothing in both themes, and nothing is wider than the screen."""
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        assert findings(page) == [], (page.url, theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_returned_twice_and_then_to_the_head(
    open_page: Callable[..., Page],
    person: Callable[..., User],
    authority: Authority,
    moderator: User,
    message: operations.Message,
    tmp_path: Path,
    settings: Settings,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    author = person()
    issue = operations.file_issue(by=By.author(author), message=message)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    photo = tmp_path / "яма.jpg"
    Image.effect_noise((320, 240), 60).convert("RGB").save(photo)
    page = open_page()
    answer(issue)
    page.goto(f"/accounts/login/?next=/my/{issue.number}/")
    log_in(page, author)
    for words in ("Яма на месте.", "Засыпали песком.", "Песок вымыло, яма снова там."):
        page.goto(f"/my/{issue.number}/")
        page.locator("[name=solved][value=no]").check(force=True)
        page.locator("[name=stars][value='1']").check(force=True)
        page.get_by_role("button", name="Отправить оценку").click()
        # The reason is missing: what was chosen stays.
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("[name=solved][value=no]")).to_be_checked()
        page.fill("[name=comment]", words)
        page.set_input_files("[name=photo]", photo)
        page.get_by_role("button", name="Отправить оценку").click()
        expect(page.locator("main")).to_contain_text(words)
        if Issue.objects.get(pk=issue.pk).state != State.CLOSED:
            answer(issue)
    expect(page.locator("#control")).to_contain_text("На контроле у главы")
    decides(open_page(script=True), person, authority, issue)
    guest = open_page()
    guest.goto(f"/issues/{issue.number}/")
    expect(guest.locator("#control")).to_contain_text("Подрядчик заменён")
    expect(guest.locator(".timeline")).to_contain_text("Ответ отклонён в третий раз")
    # The author's own words have been judged by nobody yet.
    expect(guest.locator("main")).not_to_contain_text("Песок вымыло")
    assert timeline.verify(Issue.objects.get(pk=issue.pk)) == []


def decides(page: Page, person: Callable[..., User], authority: Authority, issue: Issue) -> None:
    head = person(Role.OFFICER)
    Official.objects.create(user=head, authority=authority, post="глава", is_head=True)
    page.goto(f"/accounts/login/?next=/issues/{issue.number}/control/")
    log_in(page, head)
    is_usable(page)
    page.get_by_role("button", name="Опубликовать решение").click()
    expect(page.get_by_role("alert")).to_contain_text("Напишите, что решено")
    page.fill("[name=words]", "Подрядчик заменён, дорогу отремонтируют до августа.")
    page.get_by_role("button", name="Опубликовать решение").click()
    expect(page.locator("#control")).to_contain_text("Подрядчик заменён")
    is_usable(page)


def test_a_neighbour_supports_denies_and_is_asked_again(
    open_page: Callable[..., Page], person: Callable[..., User], published: Issue
) -> None:
    """By keyboard and without a script; the log-in leads back to the button."""
    neighbour = person()
    address = f"/issues/{published.number}/"
    page = open_page()
    page.goto(address)
    page.get_by_role("link", name="Войти и поддержать").press("Enter")
    log_in(page, neighbour)
    assert page.url.endswith(f"{address}#support")
    page.get_by_role("button", name="Меня это тоже касается").press("Enter")
    expect(page.locator("#support")).to_contain_text("1 житель поддерживает")
    answer(published)
    page.goto(address)
    page.get_by_role("button", name="Не исправлено").press("Enter")
    expect(page.locator("#repair")).to_contain_text("Вы сказали: не исправлено")
    page.get_by_role("link", name="Пожаловаться на сообщение").press("Enter")
    page.get_by_role("button", name="Отправить жалобу").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Выберите, что не так")
    page.locator("[name=reason][value=other]").check(force=True)
    page.fill("[name=words]", "На фото моя машина.")
    page.get_by_role("button", name="Отправить жалобу").press("Enter")
    expect(page.locator("#abuse")).to_contain_text("его посмотрит модератор")
    latest = voices.last_answer(Issue.objects.get(pk=published.pk))
    assert latest
    asked = FollowUp.objects.create(answer=latest, user=neighbour, asked_at=clock.now())
    guest = open_page()
    guest.goto(f"/still-fixed/{voices.follow_up_token(asked)}/")
    guest.get_by_role("button", name="Нет, проблема вернулась").press("Enter")
    expect(guest.get_by_role("status")).to_contain_text("проблема вернулась")


def test_the_pages_of_voices_are_usable_by_all(
    open_page: Callable[..., Page], person: Callable[..., User], published: Issue, resident: User
) -> None:
    neighbour = person(home_municipality="square")
    for _ in range(3):
        someone = person(home_municipality="square")
        operations.support_issue(by=someone, issue=published)
    answer(published)
    for supporter in User.objects.filter(supports__issue=published):
        operations.confirm_repair(by=supporter, issue=published, is_fixed=False)
    latest = voices.last_answer(Issue.objects.get(pk=published.pk))
    assert latest
    asked = FollowUp.objects.create(answer=latest, user=neighbour, asked_at=clock.now())
    operations.rate_issue(by=By.author(resident), issue=published, stars=5, solved=True)
    page = open_page(script=True)
    page.goto(f"/accounts/login/?next=/issues/{published.number}/")
    log_in(page, neighbour)
    for path in (
        f"/issues/{published.number}/",
        f"/issues/{published.number}/report/",
        f"/still-fixed/{voices.follow_up_token(asked)}/",
        "/still-fixed/nonsense/",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        is_usable(page)
