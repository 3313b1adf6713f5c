"""Two moderators at one message, undoing, several at once, a second look, and letters read before they go."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db.models import F
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from accounts.demo import PASSWORD
from accounts.models import Role, User
from common import clock, outbox
from issues import operations, timeline
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from moderation.models import Claim, HeldDecision, RejectionReason
from notifications.models import Letter
from tests.journeys.accessibility import findings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def log_in(page: Page, server: Any, user: User) -> Page:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page.goto(f"{server.url}/accounts/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def is_usable(page: Page) -> None:
    """Nothing sticks out at the side, and axe finds nothing against WCAG 2.2 AA."""
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) == 0, page.url
    assert findings(page, only=RULES) == []


def form(page: Page, verb: str) -> Any:
    return page.locator(f"form[action$='/{verb}/']")


def accept(page: Page) -> None:
    form(page, "accept").locator(".actions button:not([name])").click()


def refused_by_policy(page: Page) -> list[str]:
    """Fills with what the content security policy refuses."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Policy" in said.text else None)
    return found


def test_two_moderators_open_one_message_and_one_decides(
    live_server: Any,
    open_page: Callable[..., Page],
    make_user: Callable[..., User],
    issue: Issue,
) -> None:
    first = log_in(open_page("desk"), live_server, make_user(Role.MODERATOR, password=PASSWORD))
    second = log_in(
        open_page("phone"), live_server, make_user(Role.HEAD_MODERATOR, password=PASSWORD)
    )
    against_policy = [refused_by_policy(page) for page in (first, second)]
    first.goto(f"{live_server.url}/moderation/")
    is_usable(first)
    # The filters change the list, and the page stays.
    first.evaluate("window.stays = true")
    first.locator(".filters summary").click()
    first.locator("[name=kind]").focus()
    first.keyboard.press("ArrowDown")
    expect(first.locator("#found")).to_have_text("Найдено 1 сообщение")
    expect(first).to_have_url(f"{live_server.url}/moderation/?kind=problem")
    expect(first.locator("[name=kind]")).to_be_focused()
    assert first.evaluate("window.stays")
    is_usable(first)
    # What one takes, the other sees in the queue that stands open, where it is read.
    second.goto(f"{live_server.url}/moderation/")
    row = second.locator("#list > .queue > li").first
    row.get_by_role("checkbox").check()
    row.get_by_role("button", name="Взять").focus()
    form(first, "next").locator("button").click()
    expect(first).to_have_url(f"{live_server.url}/moderation/{issue.number}/")
    is_usable(first)
    # A decision takes one screen: the button is in reach beside the message, and the key leads to it.
    first.evaluate("scrollTo(0, 0)")
    first.keyboard.press("a")
    expect(form(first, "accept").locator(".actions button:not([name])")).to_be_focused()
    assert first.evaluate("scrollY") == 0
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(row.get_by_role("button", name="Взять")).to_have_count(0)
    expect(row.locator(".chip--work")).to_be_visible()
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(row.get_by_role("link")).to_be_focused()
    is_usable(second)
    second.goto(f"{live_server.url}/moderation/{issue.number}/")
    expect(form(second, "accept")).to_have_count(0)
    expect(second.locator(".notice--warning")).to_be_visible()
    # The first one goes to lunch with the form open, and the claim runs out.
    Claim.objects.update(
        taken_at=F("taken_at") - timedelta(hours=1), expires_at=F("expires_at") - timedelta(hours=1)
    )
    second.reload()
    form(second, "claim").locator("button").click()
    is_usable(second)
    second.fill("[name=published_text]", "У дома яма.")
    form(second, "accept").locator("[name=preview]").click()
    expect(second.locator("#accept #preview ~ .words")).to_have_text("У дома яма.")
    is_usable(second)
    accept(second)
    expect(second.locator(".notice--success")).to_be_visible()
    first.fill("[name=published_text]", "Яма у дома 1, глубокая.")
    accept(first)
    expect(first.locator(".notice--error")).to_be_visible()
    expect(first.locator("#unsent ~ .words")).to_have_text("Яма у дома 1, глубокая.")
    assert against_policy == [[], []]
    issue.refresh_from_db()
    assert (issue.state, issue.published_text) == (State.DISPATCHED, "У дома яма.")
    assert issue.events.filter(action="accept").count() == 1
    assert timeline.verify(issue) == []


def test_the_letter_of_a_rejection_is_read_first(
    live_server: Any,
    open_page: Callable[..., Page],
    make_user: Callable[..., User],
    issue: Issue,
    resident: User,
) -> None:
    RejectionReason.objects.get_or_create(
        code="unclear",
        defaults={"name": "Непонятно", "letter": "Напишите, что случилось.", "is_active": True},
    )
    page = log_in(open_page("phone"), live_server, make_user(Role.MODERATOR, password=PASSWORD))
    page.goto(f"{live_server.url}/moderation/{issue.number}/")
    script, held = re.compile(r"/desk\.([\w]+\.)?js"), list[Route]()
    page.route(script, lambda route: held.append(route))
    with page.expect_request(script):
        form(page, "claim").locator("button").click()
    # What is chosen before the script has come is not lost to it.
    page.select_option("[name=reason]", index=1)
    page.fill("[name=comment]", "Укажите номер дома.")
    for route in held:
        route.continue_()
    # It stands beside the form as soon as there is a reason, and changes with the words.
    shown = page.locator("#reject .letter .words")
    expect(shown).to_contain_text("Укажите номер дома.")
    letter = shown.inner_text()
    is_usable(page)
    form(page, "reject").locator("[name=send]").click()
    expect(page.locator(".notice--success")).to_be_visible()
    outbox.deliver_due("letters")
    sent = Letter.objects.get(to=resident.email, key__contains=":rejected:")
    assert " ".join(sent.text.split()) == " ".join(letter.split())


def test_a_decision_is_undone_before_anything_has_left_the_house(
    live_server: Any,
    open_page: Callable[..., Page],
    make_user: Callable[..., User],
    issue: Issue,
    settings: Settings,
) -> None:
    settings.MODERATION_UNDO_SECONDS = 299  # a slow machine needs longer than a person
    first = log_in(open_page("phone"), live_server, make_user(Role.MODERATOR, password=PASSWORD))
    second = log_in(
        open_page("desk"), live_server, make_user(Role.HEAD_MODERATOR, password=PASSWORD)
    )
    page = f"{live_server.url}/moderation/{issue.number}/"
    first.goto(page)
    form(first, "claim").locator("button").click()
    second.goto(page)
    expect(form(second, "take-over")).to_have_count(1)
    first.fill("[name=published_text]", "У дома яма, её [скрыто].")
    accept(first)
    expect(first.locator(".pending__time")).to_contain_text("уйдёт через 2")  # it counts down
    is_usable(first)
    # Whoever has the page open yet, and whoever opens it now, can not decide a second time.
    second.locator("#take-over summary").click()
    second.fill("[name=takeoverform-words]", "Беру себе: срочно")
    form(second, "take-over").locator("button").click()
    expect(second.locator(".notice--error")).to_contain_text(
        "решение по сообщению уже есть: принято"
    )
    expect(second.locator("#unsent ~ .words")).to_have_text("Беру себе: срочно")
    first.keyboard.press("u")
    first.keyboard.press("Enter")
    expect(first.locator("[name=published_text]")).to_have_value("У дома яма, её [скрыто].")
    assert not issue.events.filter(action="accept").exists()
    accept(first)
    first.get_by_role("button", name="Отправить сейчас").click()
    expect(first.locator(".notice--success")).to_be_visible()
    issue.refresh_from_db()
    assert (issue.state, issue.published_text) == (State.DISPATCHED, "У дома яма, её [скрыто].")
    assert issue.events.filter(action="accept").count() == 1


def test_several_are_chosen_by_keyboard_shown_and_decided_each_for_itself(
    live_server: Any,
    open_page: Callable[..., Page],
    make_user: Callable[..., User],
    issue: Issue,
    message: operations.Message,
    settings: Settings,
) -> None:
    settings.MODERATION_UNDO_SECONDS = 299
    texts = ("Не горит фонарь у школы.", "Сломана скамейка в парке.", "Течёт труба в подвале.")
    for words in texts:
        author = By.author(make_user())
        operations.file_issue(by=author, message=replace(message, description=words))
    page = log_in(open_page("desk"), live_server, make_user(Role.MODERATOR, password=PASSWORD))
    page.goto(f"{live_server.url}/moderation/")
    for key in ("j", "x", "j", "j", "Shift+x"):  # the first to the third
        page.keyboard.press(key)
    expect(page.locator(".bulk__count")).to_have_text("выбрано: 3")
    is_usable(page)
    # Before it is looked at the author takes one of them back.
    operations.withdraw_issue(by=By.author(issue.author), issue=issue)  # type: ignore[arg-type]
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.locator(".previewed > li")).to_have_count(3)
    expect(page.locator(".previewed .chip--alert")).to_have_count(1)
    expect(page.locator(".previewed > li").first).to_contain_text("автор его отозвал")
    is_usable(page)
    assert not HeldDecision.objects.exists()
    page.get_by_role("button", name="Принять 2 сообщения").click()
    expect(page.locator(".pending__list > li")).to_have_count(2)
    is_usable(page)
    HeldDecision.objects.update(leaves_at=clock.now())
    page.goto(f"{live_server.url}/moderation/")  # the next look sends what is due
    expect(page.locator(".pending__list")).to_have_count(0)
    assert Issue.objects.filter(state=State.DISPATCHED).count() == 2


def test_an_author_withdraws_while_the_decision_is_held(
    live_server: Any,
    open_page: Callable[..., Page],
    make_user: Callable[..., User],
    issue: Issue,
    settings: Settings,
) -> None:
    settings.MODERATION_UNDO_SECONDS = 299
    page = log_in(open_page("phone"), live_server, make_user(Role.MODERATOR, password=PASSWORD))
    page.goto(f"{live_server.url}/moderation/{issue.number}/")
    form(page, "claim").locator("button").click()
    page.locator("#ask summary").click()
    page.fill("[name=askform-words]", "У какого подъезда яма?")
    form(page, "ask").locator("button").click()
    expect(page.locator(".pending__list")).to_be_visible()
    operations.withdraw_issue(by=By.author(issue.author), issue=issue)  # type: ignore[arg-type]
    HeldDecision.objects.update(leaves_at=clock.now())
    page.reload()
    told = page.locator(".notice--error")
    expect(told).to_contain_text("не ушло")
    expect(told).to_contain_text("автор его отозвал")
    told.locator("summary").click()
    expect(told.locator(".words")).to_have_text("У какого подъезда яма?")
    is_usable(page)
    told.get_by_role("button", name="Понятно").click()
    expect(page.locator(".notice--error")).to_have_count(0)
    assert not issue.events.filter(action="ask").exists()


def test_a_rejection_gets_a_second_look_by_somebody_else(
    live_server: Any,
    open_page: Callable[..., Page],
    plain_page: Page,
    make_user: Callable[..., User],
    authority: object,
    message: operations.Message,
    moderator: User,
) -> None:
    author = make_user(password=PASSWORD, email="author@example.org")
    issue = operations.file_issue(by=By.author(author), message=message)
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Непонятно, где яма.", code="unclear"
    )
    mine = log_in(plain_page, live_server, author)  # without any script
    mine.goto(f"{live_server.url}/my/{issue.number}/")
    mine.get_by_role("link", name="Попросить рассмотреть повторно").click()
    mine.get_by_role("button", name="Попросить рассмотреть повторно").click()
    expect(
        mine.get_by_text("Напишите, почему сообщение следует опубликовать.").first
    ).to_be_visible()
    mine.fill("[name=words]", "Дом указан в адресе.")
    mine.get_by_role("button", name="Попросить рассмотреть повторно").click()
    expect(mine.locator(".notice--success")).to_be_visible()
    second = log_in(open_page("desk"), live_server, make_user(Role.MODERATOR, password=PASSWORD))
    second.goto(f"{live_server.url}/moderation/?standing=appealed")
    second.locator(".queue .card__link").click()
    form(second, "claim").locator("button").click()
    expect(second.locator("#second-look ~ .words").nth(1)).to_have_text("Дом указан в адресе.")
    is_usable(second)
    second.fill("[name=upholdform-words]", "В адресе нет номера дома.")
    form(second, "uphold").locator("button").click()
    expect(second.locator(".notice--success")).to_be_visible()
    mine.reload()
    expect(mine.get_by_text("В адресе нет номера дома.")).to_be_visible()
    expect(mine.get_by_role("link", name="Попросить рассмотреть повторно")).to_have_count(0)
