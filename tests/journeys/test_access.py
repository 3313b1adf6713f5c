"""Every page for everybody: axe in both themes and languages, 320 pixels, letters twice as large, no inline code.

One browser and one server walk all pages, so that a new page costs a line here and a second of time.
Each page is loaded once in each language: all of axe looks at it in one theme, the contrast in the other
as well, for only the colours differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from authorities.models import Authority, Official
from common import clock, uploads
from issues import operations
from issues.models import Attachment, Issue
from issues.operations.files import keep_issue_file
from issues.policies import By
from moderation.models import FileLook
from tests.journeys.accessibility import AXE, findings

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (Path(settings.BASE_DIR) / "frontend/dist/map.js").exists() or not AXE.exists(),
        reason="the frontend is not built (npm ci && npm run build)",
    ),
]

Theme = Literal["light", "dark"]
LOOKS: tuple[tuple[str, tuple[Theme, Theme]], ...] = (
    ("ru", ("light", "dark")),
    ("en", ("dark", "light")),
)


@dataclass(frozen=True)
class Walk:
    """Pages that one reader walks.

    Attributes:
        reader: the login, empty for somebody without an account.
        paths: addresses; `{name}` is the number of a message of `messages`.
    """

    reader: str
    paths: tuple[str, ...]


WALKS = (
    Walk(
        "",
        (
            "/",
            "/map/",
            "/issues/",
            "/issues/?kind=problem&state=open&sort=deadline",
            "/issues/?q=яма",
            "/issues/?q=такого нет",
            "/authorities/",
            "/authorities/square/",
            "/authorities/cabinet/",
            *(f"/issues/{{{name}}}/" for name in ("rated", "extended", "thanks", "hidden", "bare")),
            "/issues/{rated}/verify/",
            "/issues/{bare}/report/",
            "/pages/",
            "/pages/about/",
            "/pages/personal-data/",
            "/services/",
            "/pages/service-birth-certificate/",
            "/new/",
            "/new/text/",
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/password/reset/",
            "/nowhere/",
            "/moderation/",
        ),
    ),
    Walk(
        "author@example.org",
        (
            "/my/",
            "/my/supported/",
            "/my/subscriptions/",
            "/my/data/",
            "/my/erase/",
            "/my/{answered}/",
            "/my/{rejected}/",
            "/my/{bare}/withdraw/",
            "/my/{extended}/",
            "/my/{extended}/add/",
            "/issues/{answered}/",
            "/issues/{waiting}/",
            "/accounts/profile/",
            "/accounts/password/change/",
            "/new/text/",
            "/new/topic/",
            "/new/place/",
            "/new/check/",
            "/moderation/",
        ),
    ),
    Walk(
        "moderator@example.org",
        (
            "/moderation/",
            "/moderation/{waiting}/",
            "/moderation/{waiting}/photos/{photo}/",
            "/moderation/{hidden}/",
            "/moderation/answers/",
            "/moderation/routing/",
            "/moderation/residents/",
            "/moderation/words/",
            "/moderation/checks/",
        ),
    ),
    Walk("head@example.org", ("/moderation/head/", "/moderation/head/checks/")),
    Walk(
        "officer@example.org",
        (
            "/cabinet/",
            "/cabinet/{desk}/",
            "/cabinet/{desk}/answer/",
            "/cabinet/templates/",
            "/cabinet/templates/new/",
        ),
    ),
    Walk("administrator@example.org", ("/msed/",)),
)


def photo(colour: str) -> uploads.Upload:
    """A small photo of one colour."""
    file = BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    return uploads.examine(BytesIO(file.getvalue()), name="photo.jpg")


@pytest.fixture
def people(make_user: Callable[..., User], authority: Authority) -> dict[str, User]:
    """Whoever walks, by e-mail."""
    desk = Authority.objects.create(
        slug="cabinet", name="Управление дорог", level="municipal", exchange="cabinet"
    )
    author = make_user(email="author@example.org")
    moderator = make_user(Role.MODERATOR, email="moderator@example.org", last_name="Петров")
    head = make_user(Role.HEAD_MODERATOR, email="head@example.org", last_name="Зимина")
    officer = make_user(Role.OFFICER, email="officer@example.org", last_name="Громов")
    Official.objects.create(user=officer, authority=desk, post="инженер")
    administrator = make_user(Role.ADMINISTRATOR, email="administrator@example.org")
    return {user.email: user for user in (author, moderator, head, officer, administrator)}


@pytest.fixture
def messages(
    people: dict[str, User], message: operations.Message, settings: Settings, tmp_path: Path
) -> dict[str, str]:
    """Numbers of messages in the states that look different, by what they are."""
    settings.MEDIA_ROOT = tmp_path
    by, moderator = By.author(people["author@example.org"]), people["moderator@example.org"]
    judge, msed = By.moderator(moderator), By.msed()
    today = clock.region_date(clock.now())
    filed = 0

    def issue(*, photos: int = 0, accept: bool = True, **changes: object) -> Issue:
        nonlocal filed
        filed += 1
        changes = {"lon": 37.3 + filed / 30, "lat": 55.4 + filed / 50} | changes
        found = operations.file_issue(by=by, message=replace(message, **changes))  # type: ignore[arg-type]
        for n in range(photos):
            keep_issue_file(
                issue=found,
                upload=photo(("olive", "gray", "navy")[n % 3]),
                purpose=Attachment.Purpose.REPORT,
            )
        return operations.accept_issue(by=judge, issue=found) if accept else found

    def answer(found: Issue) -> Issue:
        operations.register_issue(by=msed, issue=found, number="ПГ-1", registered_on=today)
        after = keep_issue_file(
            issue=found, upload=photo("green"), purpose=Attachment.Purpose.AFTER
        )
        reply = operations.Reply(
            decision="done", text="Яма заделана.", signatory="Громов", attachments=[after.uid]
        )
        operations.answer_issue(by=msed, issue=found, reply=reply)
        return found

    waiting = issue(accept=False, photos=2)
    pictured = operations.photos_to_judge(waiting)[0]
    face = {"kind": "face", "x": 0.1, "y": 0.2, "width": 0.2, "height": 0.3, "sure": 0.9}
    FileLook.objects.create(attachment=pictured, regions=[face])
    rated = answer(issue(photos=10, is_anonymous=True))
    operations.rate_issue(by=by, issue=rated, stars=4, solved=True, comment="")
    extended = issue(description="Яма " + "ы" * 300, photos=1)
    operations.register_issue(by=msed, issue=extended, number="ПГ-2", registered_on=today)
    extended.refresh_from_db()
    assert extended.answer_due_at
    until = clock.last_day(extended.answer_due_at) + timedelta(days=7)
    operations.extend_term(by=msed, issue=extended, until=until, reason="Ждём асфальт")
    operations.add_to_issue(by=by, issue=extended, words="Яма растёт.", files=[photo("maroon")])
    hidden = issue()
    operations.hide_issue(by=judge, issue=hidden, reason="Назван сосед")
    rejected = issue(accept=False)
    operations.reject_issue(by=judge, issue=rejected, reason="Где это?", code="unclear")
    desk = issue(accept=False)
    operations.assign_authority(
        by=judge, issue=desk, authority=Authority.objects.get(slug="cabinet")
    )
    found = {
        "rated": rated,
        "answered": answer(issue()),
        "extended": extended,
        "hidden": hidden,
        "rejected": rejected,
        "thanks": issue(kind="thanks"),
        "waiting": waiting,
        "desk": operations.accept_issue(by=judge, issue=desk),
        "bare": issue(),
    }
    call_command("import_pages", verbosity=0)
    return {name: one.number for name, one in found.items()} | {"photo": str(pictured.uid)}


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="ru-RU",
        base_url=live_server.url,
        reduced_motion="reduce",
    )
    yield context
    context.close()


def log_in(context: BrowserContext, reader: User | None, language: str) -> None:
    """Makes the browser somebody's, in a language, without a form each time."""
    client = Client()
    if reader:
        client.force_login(reader)
    cookies = {settings.LANGUAGE_COOKIE_NAME: language} | {
        name: morsel.value for name, morsel in client.cookies.items()
    }
    context.clear_cookies()
    for name, value in cookies.items():
        context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])


def faults(page: Page, path: str, *, themes: tuple[Theme, Theme]) -> list[str]:
    """What is wrong with the page at `path`, in words; the first of the themes is looked at in full."""
    first, second = themes
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme=first)
    page.goto(path)
    # The map draws what it shows when its data have come.
    if path.startswith("/map/"):
        page.wait_for_load_state("networkidle")
    found = [f"{first}: {one}" for one in findings(page)]
    page.emulate_media(color_scheme=second)
    found += [f"{second}: {one}" for one in findings(page, only=["color-contrast"])]
    for width, letters in ((320, "100%"), (640, "200%")):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", letters)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} pixels wide at {width}, letters {letters}")
    return [f"{path}: {one}" for one in found]


@pytest.mark.timeout(900)
def test_every_page_is_for_everybody(
    context: BrowserContext, people: dict[str, User], messages: dict[str, str]
) -> None:
    context.add_init_script(path=AXE)
    page, said = context.new_page(), []
    page.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    found = []
    for walk, (language, themes) in product(WALKS, LOOKS):
        log_in(context, people.get(walk.reader), language)
        for path in walk.paths:
            address = path.format(**messages)
            found += faults(page, address, themes=themes)
            if page.locator("html").get_attribute("lang") != language:
                found.append(f"{address}: not in {language}")
    # A page that is not there or not allowed is asked for on purpose.
    found += [text for text in said if "404 (" not in text and "403 (" not in text]
    assert not found, "\n".join(found)


def test_photos_and_the_proof_work_by_keyboard(
    context: BrowserContext, messages: dict[str, str]
) -> None:
    page = context.new_page()
    page.goto(f"/issues/{messages['rated']}/")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "55 процентов")
    first = page.locator("a[data-photo]").first
    first.focus()
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog")
    expect(viewer).to_contain_text("Фото 1 из 12")
    page.keyboard.press("ArrowLeft")
    expect(viewer).to_contain_text("Фото 12 из 12")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(first).to_be_focused()
    page.get_by_role("link", name="Проверить, что здесь ничего не подменили").press("Enter")
    expect(page.locator("#verify-status")).to_contain_text("Ход работы цел.")
    assert page.locator(".verify__entry--whole").count() == page.locator(".verify__entry").count()
