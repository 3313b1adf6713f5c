"""Two moderators at one message, and a rejection read before it is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db.models import F
from playwright.sync_api import Page, expect

from accounts.demo import PASSWORD
from accounts.models import Role, User
from common import outbox
from issues import timeline
from issues.models import Issue
from issues.workflow import State
from moderation.models import Claim, RejectionReason
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
    first.goto(f"{live_server.url}/moderation/")
    is_usable(first)
    form(first, "next").locator("button").click()
    expect(first).to_have_url(f"{live_server.url}/moderation/{issue.number}/")
    is_usable(first)
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
    expect(second.locator("#preview ~ .words")).to_have_text("У дома яма.")
    form(second, "accept").locator("button:not([name])").click()
    expect(second.locator(".notice--success")).to_be_visible()
    form(first, "accept").locator("button:not([name])").click()
    expect(first.locator(".notice--error")).to_be_visible()
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
    form(page, "claim").locator("button").click()
    page.select_option("[name=reason]", index=1)
    page.fill("[name=comment]", "Укажите номер дома.")
    form(page, "reject").locator("button").click()
    letter = page.locator(".letter .words").inner_text()
    assert "Укажите номер дома." in letter
    is_usable(page)
    form(page, "reject").locator("[name=send]").click()
    expect(page.locator(".notice--success")).to_be_visible()
    outbox.deliver_due("letters")
    sent = Letter.objects.get(to=resident.email, key__contains=":rejected:")
    assert " ".join(sent.text.split()) == " ".join(letter.split())
