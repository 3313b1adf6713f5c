"""One message from the map to a rated answer, by hand in a real browser, through every real part."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.demo import PASSWORD
from accounts.models import User
from authorities.models import Authority
from issues import timeline
from issues.models import Issue
from issues.workflow import State
from tests.journeys.parts import Parts, eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]
EMAIL = "novosel@example.org"


def photo_with_place(path: Path) -> Path:
    """A JPEG that names a place in its metadata, as telephones write them."""
    image = Image.effect_noise((1600, 1200), 60).convert("RGB")
    exif = image.getexif()
    exif[0x010F] = "Telephone of a resident"
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 30.0, 0.0), 3: "E", 4: (37.0, 30.0, 0.0)})
    image.save(path, "JPEG", exif=exif)
    return path


def test_from_the_map_to_a_rated_answer(
    parts: Parts,
    open_page: Callable[..., Page],
    make_user: Callable[..., User],
    authority: Authority,
    topic: Any,
    tmp_path: Path,
) -> None:
    moderator = make_user("moderator", email="moderator@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=moderator, email=moderator.email, verified=True, primary=True)
    resident = open_page("phone")
    register(resident, parts)
    number = file_message(resident, parts, photo_with_place(tmp_path / "яма.jpg"))
    moderate(open_page("desk"), parts, number)
    issue = Issue.objects.get(number=number)
    eventually(lambda: state(issue) == State.ANSWERED, seconds=120, what="the answer comes")
    reads_in_public(open_page("phone"), parts, number)
    rate(resident, parts, number)
    issue.refresh_from_db()
    assert issue.state == State.CLOSED
    assert timeline.verify(issue) == []
    told(parts)


def state(issue: Issue) -> str:
    return Issue.objects.values_list("state", flat=True).get(pk=issue.pk)


def register(page: Page, parts: Parts) -> None:
    """By e-mail, confirmed by the link in the letter."""
    page.goto(f"{parts.url}/accounts/signup/")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password1]", PASSWORD)
    for name, value in (("last_name", "Новосёлова"), ("first_name", "Дарья")):
        if page.locator(f"[name={name}]").count():
            page.fill(f"[name={name}]", value)
    page.locator("main form button").last.click()
    letter = eventually(lambda: parts.letters(EMAIL), what="the letter of confirmation")[0]
    link = re.search(r"https?://\S+/accounts/confirm-email/\S+", letter["text"])
    assert link, letter["text"]
    page.goto(link.group(0))
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/confirm-email/" not in url)


def file_message(page: Page, parts: Parts, photo: Path) -> str:
    """In steps; the page says who answers and by when before anything is sent."""
    page.goto(f"{parts.url}/new/")
    page.set_input_files("[name=photos]", photo)
    expect(page.locator(".file-list__item")).to_have_count(1)
    page.fill("[name=description]", "У дома яма, машины объезжают её по тротуару.")
    page.get_by_role("button", name="Дальше").click()
    page.get_by_role("button", name="Яма на дороге").click()
    page.fill("[name=address]", "Квадратный, улица Мира, 1")
    page.locator("details.coordinates summary").click()
    page.fill("[name=lat]", "55.5")
    page.fill("[name=lon]", "37.5")
    page.get_by_role("button", name="Дальше").click()
    expect(page.locator(".responsible")).to_contain_text("Администрация Квадратного округа")
    page.locator("button[data-once]").click()
    page.wait_for_url(re.compile(r"/new/sent/"))
    number = re.search(r"\d{4}-\d+", page.url)
    assert number
    return number.group(0)


def moderate(page: Page, parts: Parts, number: str) -> None:
    """A moderator takes the message, reads it and accepts it."""
    page.goto(f"{parts.url}/accounts/login/?next=/moderation/")
    page.fill("[name=login]", "moderator@example.org")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/moderation/$"))
    page.goto(f"{parts.url}/moderation/{number}/")
    page.locator(f"form[action$='/{number}/claim/'] button").click()
    photo = page.locator("section[aria-labelledby=photos] img")
    expect(photo).to_have_count(1)
    assert page.request.get(parts.url + str(photo.get_attribute("src"))).ok
    page.locator(f"form[action$='/{number}/accept/'] .actions button").first.click()
    page.wait_for_url(re.compile(r"/moderation/$"))


def reads_in_public(page: Page, parts: Parts, number: str) -> None:
    """Anybody reads the message, its answer with a photo and its timeline; a photo tells no place."""
    page.goto(f"{parts.url}/issues/?q={number}")
    page.goto(f"{parts.url}/issues/{number}/")
    expect(page.locator("body")).to_contain_text("У дома яма")
    expect(page.locator("body")).not_to_contain_text(EMAIL)
    photos = page.locator("main img[src*='/media/']")
    assert photos.count() >= 2, "the resident's photo and the authority's"
    shown = page.request.get(parts.url + str(photos.first.get_attribute("src")))
    assert shown.ok
    assert not Image.open(BytesIO(shown.body())).getexif()
    entries = page.request.get(f"{parts.url}/issues/{number}/timeline.json").json()["entries"]
    assert timeline.faults(entries) == []
    page.goto(f"{parts.url}/map/")
    expect(page.locator("body")).to_contain_text("Яма на дороге")
    # The message lies in the middle of the municipality, and so does its sign on the map.
    expect(page.locator(".sign")).to_have_count(1)
    sign, ground = page.locator(".sign").bounding_box(), page.locator("#map").bounding_box()
    assert sign
    assert ground
    aside = sign["x"] + sign["width"] / 2 - ground["x"] - ground["width"] / 2
    above = ground["y"] + ground["height"] / 2 - sign["y"] - sign["height"]
    assert abs(aside) < 5, (sign, ground)
    assert abs(above) < 25, (sign, ground)


def rate(page: Page, parts: Parts, number: str) -> None:
    """The author says: solved."""
    page.goto(f"{parts.url}/my/{number}/")
    page.locator("[name=stars][value='5']").check(force=True)
    page.locator("[name=solved]").first.check(force=True)
    page.locator(f"form[action$='/{number}/rate/'] button").click()
    expect(page.locator("main")).to_contain_text("Сообщение закрыто")


def told(parts: Parts) -> None:
    """A letter at each step, none twice."""
    letters = eventually(
        lambda: len(came := parts.letters(EMAIL)) >= 6 and came, what="the letters of each step"
    )
    subjects = [letter["subject"] for letter in letters]
    assert len(subjects) == len(set(subjects)), subjects
