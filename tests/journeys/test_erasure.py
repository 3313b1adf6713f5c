"""A resident takes a copy of all that the portal has about her, and then has it erased."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from accounts.models import User
from authorities.models import Authority
from issues import operations, timeline
from issues.models import Issue, Subscription
from issues.operations import Message
from issues.policies import By
from tests.journeys.accessibility import findings
from tests.journeys.parts import Parts, eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]

PASSWORD = "пароль-для-Зои-2026"


@pytest.fixture
def citizen(make_user: Callable[..., User]) -> User:
    person = make_user(
        last_name="Уникова", first_name="Зоя", phone="+7 900 123-45-67", email="zoya@example.org"
    )
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def hers(citizen: User, moderator: User, authority: Authority, message: Message) -> Issue:
    filed = operations.file_issue(by=By.author(citizen), message=message)
    return operations.accept_issue(by=By.moderator(moderator), issue=filed)


@pytest.fixture
def neighbours(
    make_user: Callable[..., User], moderator: User, authority: Authority, message: Message
) -> Issue:
    said = replace(message, description="На детской площадке сломаны качели.")
    filed = operations.file_issue(by=By.author(make_user()), message=said)
    return operations.accept_issue(by=By.moderator(moderator), issue=filed)


def log_in(page: Page, parts: Parts, password: str) -> None:
    page.goto(f"{parts.url}/accounts/login/")
    page.get_by_label("почт").fill("zoya@example.org")
    page.get_by_label("Пароль").fill(password)
    page.get_by_role("main").get_by_role("button", name="Войти").click()


def test_a_copy_and_then_nothing(
    parts: Parts,
    open_page: Callable[[str], Page],
    hers: Issue,
    neighbours: Issue,
    tmp_path: Path,
) -> None:
    public = open_page("desk")
    public.goto(f"{parts.url}/issues/{hers.number}/")
    expect(public.get_by_role("main")).to_contain_text("Уникова")

    page = open_page("phone")
    log_in(page, parts, PASSWORD)
    page.goto(f"{parts.url}/issues/{neighbours.number}/")
    page.get_by_role("button", name="Следить за сообщением").click()
    expect(page.get_by_role("button", name="Вы следите")).to_be_visible()
    assert Subscription.objects.get().issue == neighbours

    page.goto(f"{parts.url}/my/")
    expect(page.get_by_role("link", name=str(hers.topic))).to_be_visible()
    page.get_by_role("link", name="Профиль").click()
    page.get_by_role("link", name="Мои данные").click()
    page.get_by_role("button", name="Сделать копию").click()
    letter = eventually(
        lambda: [one for one in parts.letters("zoya@example.org") if "Копия" in one["subject"]],
        what="the letter about the copy",
    )
    assert len(letter) == 1
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать").click()
    copy = tmp_path / "copy.zip"
    download.value.save_as(copy)
    with zipfile.ZipFile(copy) as package:
        assert hers.number in package.read("messages.json").decode()
        assert "+7 900 123-45-67" in package.read("profile.json").decode()

    page.get_by_role("link", name="Что исчезнет и что останется").click()
    expect(page.get_by_role("heading", name="Исчезнет навсегда")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Стереть мои данные навсегда").click()
    expect(page.get_by_role("alert")).to_contain_text("отменить это нельзя")
    page.get_by_label("Мне понятно").check()
    page.get_by_label("Ваш пароль").fill("не тот пароль")
    page.get_by_role("button", name="Стереть мои данные навсегда").click()
    expect(page.get_by_role("alert")).to_contain_text("Пароль неверный")
    expect(page.get_by_label("Мне понятно")).to_be_checked()
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ваши данные стёрты")
    assert findings(page) == []

    page.goto(f"{parts.url}/my/")
    expect(page).to_have_url(f"{parts.url}/accounts/login/?next=/my/")
    log_in(page, parts, PASSWORD)
    expect(page.get_by_role("alert")).to_be_visible()

    public.reload()
    expect(public.get_by_role("main")).not_to_contain_text("Уникова")
    expect(public.get_by_role("main")).to_contain_text("Личные данные автора стёрты")
    expect(public.get_by_role("main")).to_contain_text(hers.published_text)
    assert timeline.verify(Issue.objects.get(pk=hers.pk)) == []
    assert not User.objects.filter(email__icontains="zoya").exists()
    assert not Subscription.objects.exists()
