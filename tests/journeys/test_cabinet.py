"""An officer at the desk in a browser: takes, extends, answers against advice, hands over; also without scripts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from accounts.demo import PASSWORD
from accounts.models import Role, User
from authorities.models import Authority, Official
from common import clock
from issues import operations, timeline
from issues.models import Answer, Issue
from issues.policies import By
from issues.workflow import State
from tests.journeys.test_moderation import form, is_usable, log_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def picture(name: str, colour: str) -> Any:
    kept = BytesIO()
    Image.new("RGB", (800, 600), colour).save(kept, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def act(page: Page, name: str) -> Any:
    """The form of an act, opened."""
    details = page.locator(f"#act-{name}")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    return form(page, name)


@pytest.fixture
def officer(
    authority: Authority, make_user: Callable[..., User], settings: Settings, tmp_path: Path
) -> User:
    settings.MEDIA_ROOT = str(tmp_path)
    authority.exchange = Authority.Exchange.CABINET
    authority.save()
    officer = make_user(Role.OFFICER, password=PASSWORD, last_name="Громов", first_name="Илья")
    Official.objects.create(user=officer, authority=authority, post="главный специалист")
    return officer


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A phone's page without scripts, in the dark."""
    context = browser.new_context(
        viewport={"width": 360, "height": 760},
        locale="ru-RU",
        java_script_enabled=False,
        color_scheme="dark",
    )
    yield context.new_page()
    context.close()


def test_an_officer_takes_extends_and_answers_against_a_warning(
    live_server: Any,
    open_page: Callable[..., Page],
    officer: User,
    issue: Issue,
    moderator: User,
) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    issue.refresh_from_db()
    page = log_in(open_page("phone"), live_server, officer)
    page.goto(f"{live_server.url}/cabinet/")
    is_usable(page)
    page.locator(".card__link").click()
    is_usable(page)
    act(page, "register").locator("button").click()
    expect(page.locator(".notice--success")).to_be_visible()
    assert issue.answer_due_at
    until = clock.last_day(issue.answer_due_at) + timedelta(days=10)
    extending = act(page, "extend")
    expect(extending).to_contain_text("30 календарных дней")
    extending.locator("[name=until]").fill(until.isoformat())
    extending.locator("[name=reason]").fill("Ждём сухой погоды")
    is_usable(page)
    extending.locator("button").click()
    expect(page.locator(".notice--success")).to_be_visible()

    page.locator("a[href$='/answer/']").click()
    is_usable(page)
    page.locator("[name=text]").fill("Вопрос взят на контроль. Мастер: +7 916 123-45-67.")
    page.locator("[name=before]").set_input_files(picture("до.jpg", "brown"))
    page.locator("[name=after]").set_input_files(picture("после.jpg", "green"))
    # Enter in a field asks for the preview, and nothing else.
    page.locator("[name=due_date]").press("Enter")
    expect(page).to_have_url(f"{live_server.url}/cabinet/{issue.number}/answer/preview/")
    is_usable(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    is_usable(page)
    expect(page.locator(".compare img")).to_have_count(2)
    expect(page.locator(".findings")).to_contain_text("Не названо конкретное действие")
    send = page.locator("form[action$='/answer/send/']")
    send.locator("button").click()
    expect(page.locator(".notice--error")).to_be_visible()
    assert not Answer.objects.exists()
    is_usable(page)
    send.locator("[name=confirm-personal]").check()
    send.locator("button").click()
    expect(page.locator(".notice--success")).to_be_visible()
    is_usable(page)

    issue.refresh_from_db()
    assert issue.state == State.ANSWERED
    given = Answer.objects.get()
    assert {"personal", "no_action"} <= set(given.warnings)
    assert sorted(given.attachments.values_list("purpose", flat=True)) == ["after", "before"]
    assert timeline.verify(issue) == []
    public = open_page("desk")
    public.goto(f"{live_server.url}/issues/{issue.number}/")
    expect(public.locator(".answer")).to_contain_text("Вопрос взят на контроль")
    expect(public.locator(".findings")).to_have_count(0)


def test_without_scripts_in_the_dark_a_message_is_handed_over_and_a_bad_file_named(
    live_server: Any, plain_page: Page, officer: User, issue: Issue, moderator: User
) -> None:
    roads = Authority.objects.create(
        slug="roads", name="Дорожная служба области", level="contractor", exchange="cabinet"
    )
    Authority.objects.create(
        slug="rails", name="Дорожная инспекция", level="regional", exchange="cabinet"
    )
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    page = log_in(plain_page, live_server, officer)
    page.goto(f"{live_server.url}/cabinet/{issue.number}/")
    form(page, "register").locator("button").click()
    page.locator("a[href$='/answer/']").click()
    page.locator("[name=text]").fill("Яма заделана 5 мая, работы приняты по акту № 8.")
    page.locator("[name=after]").set_input_files(
        {"name": "смета.exe", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 64}
    )
    page.locator("[name=preview]").last.click()
    expect(page.locator(".notice--error")).to_contain_text("смета.exe")
    expect(page.locator("[name=text]")).to_have_value(
        "Яма заделана 5 мая, работы приняты по акту № 8."
    )

    page.goto(f"{live_server.url}/cabinet/{issue.number}/")
    handing = act(page, "redirect")
    handing.locator("[name=name]").fill("дорожная")
    handing.locator("[name=note]").fill("Дорога областная")
    handing.locator("button").click()
    # Two are called so: the officer chooses.
    handing = form(page, "redirect")
    expect(handing.locator("[name=to]")).to_have_count(2)
    handing.get_by_label("Дорожная служба области").check()
    handing.locator("button").click()
    expect(page.locator(".notice--success")).to_be_visible()
    issue.refresh_from_db()
    assert issue.authority == roads
    page.goto(f"{live_server.url}/issues/{issue.number}/")
    expect(page.locator("main")).to_contain_text("Дорожная служба области")
