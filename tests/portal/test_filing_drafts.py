"""Drafts: with their writer for thirty days, in whatever browser; nobody else's; gone when sent."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts.models import User
from authorities.models import Authority
from common import clock, schedule
from issues.models import Attachment, Issue
from portal.filing import keeping, tasks
from portal.models import FilingDraft
from portal.my.erasing import erase_resident
from tests.portal.filing import WORDS, photo

PASSWORD = "long-enough-word"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def begin(client: Client, words: str, **more: Any) -> str:
    """Begins a message; its uid."""
    uid = str(uuid.uuid4())
    client.post("/new/text/", {"uid": uid, "kind": "problem", "description": words} | more)
    return uid


def test_several_drafts_wait_in_my_messages_for_another_browser(
    logged_in: Client, resident: User, authority: Authority, whole: dict[str, Any]
) -> None:
    first = begin(logged_in, "У школы не горит фонарь.")
    begin(logged_in, WORDS)
    there = Client()
    there.force_login(resident)
    assert there.get("/new/").context["before"].description == WORDS
    text = there.get("/my/").content.decode()
    assert "У школы не горит фонарь." in text
    assert WORDS in text
    assert there.get(f"/new/resume/{first}/").headers["Location"] == "/new/topic/"
    assert "У школы не горит фонарь." in there.get("/new/text/").content.decode()
    logged_in.post("/new/", whole | {"uid": first})
    assert [kept.draft.description for kept in keeping.kept_by(resident)] == [WORDS]


def test_no_session_holds_the_words_of_somebody_who_has_signed_in(
    client: Client, logged_in: Client, resident: User
) -> None:
    """What an erasure takes away is nowhere else: sessions live on for two weeks."""
    elsewhere, visitor = Client(), Client()
    elsewhere.force_login(resident)
    for browser in (logged_in, elsewhere):
        begin(browser, WORDS)
        assert browser.session["draft"].keys() == {"uid"}
    begin(visitor, "Течёт крыша.")
    assert visitor.session["draft"]["description"] == "Течёт крыша."
    resident.set_password(PASSWORD)
    resident.save()
    EmailAddress.objects.create(user=resident, email=resident.email, verified=True, primary=True)
    visitor.post("/accounts/login/", {"login": resident.email, "password": PASSWORD})
    assert visitor.session["draft"].keys() == {"uid"}
    assert "Течёт крыша." in visitor.get("/new/text/").content.decode()
    erase_resident(by=resident)
    for session in Session.objects.all():
        assert WORDS not in str(session.get_decoded())
        assert "крыша" not in str(session.get_decoded())
    assert WORDS not in elsewhere.get("/new/text/").content.decode()


def test_a_script_keeps_what_is_being_typed(
    logged_in: Client, client: Client, resident: User, whole: dict[str, Any]
) -> None:
    assert logged_in.post("/new/save/", {"uid": whole["uid"]}).status_code == 204
    assert not FilingDraft.objects.exists()
    assert logged_in.post("/new/save/", whole).status_code == 204
    assert FilingDraft.objects.get(owner=resident).content["description"] == WORDS


def test_what_comes_late_does_not_bring_back_what_was_sent(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/", whole)
    logged_in.post("/new/save/", whole)
    assert Issue.objects.count() == 1
    assert not FilingDraft.objects.exists()


def test_what_a_visitor_has_typed_is_theirs_after_the_log_in(
    client: Client, make_user: Callable[..., User]
) -> None:
    anna = make_user(email="anna@example.org", password="long-enough-word")
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    begin(client, WORDS)
    client.post("/accounts/login/", {"login": anna.email, "password": "long-enough-word"})
    assert keeping.kept_by(anna)[0].draft.description == WORDS


def test_a_newcomer_finds_it_after_confirming_in_another_browser(client: Client) -> None:
    begin(client, WORDS)
    client.get("/new/check/")
    answer = client.post(
        "/accounts/signup/", {"email": "vera@example.org", "password1": "long-enough-word-7"}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert mail.outbox
    vera = User.objects.get(email="vera@example.org")
    assert keeping.kept_by(vera)[0].draft.description == WORDS


def test_a_strangers_draft_can_not_be_opened_or_thrown_away(
    logged_in: Client, make_user: Callable[..., User]
) -> None:
    uid = begin(logged_in, WORDS)
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(f"/new/resume/{uid}/").headers["Location"] == "/my/"
    assert WORDS not in stranger.get("/new/text/").content.decode()
    stranger.post("/new/forget/", {"uid": uid})
    assert FilingDraft.objects.count() == 1


@pytest.mark.parametrize("uid", ["", "x", "9" * 5000, "\0"])
def test_a_forged_identity_breaks_no_page(logged_in: Client, uid: str) -> None:
    assert logged_in.post("/new/forget/", {"uid": uid}).status_code == 302
    logged_in.post("/new/save/", {"uid": uid, "description": WORDS})
    assert uuid.UUID(FilingDraft.objects.get().content["uid"])
    for page in ("/new/", "/new/text/", "/my/"):
        assert logged_in.get(page).status_code == 200


def test_a_draft_that_is_thrown_away_takes_its_files_along(
    logged_in: Client, resident: User
) -> None:
    uid = begin(logged_in, WORDS, photos=[photo()])
    assert Attachment.objects.count() == 1
    answer = logged_in.post("/new/forget/", {"uid": uid, "my": "1"})
    assert answer.headers["Location"] == "/my/"
    assert not Attachment.objects.exists()
    assert not FilingDraft.objects.exists()


def test_the_eleventh_draft_drops_the_oldest(logged_in: Client, resident: User) -> None:
    for number in range(keeping.MOST + 1):
        begin(logged_in, f"Сообщение номер {number} начато.")
    kept = [one.draft.description for one in keeping.kept_by(resident)]
    assert len(kept) == keeping.MOST
    assert "Сообщение номер 0 начато." not in kept


def test_after_thirty_days_a_draft_and_its_files_are_gone(
    logged_in: Client, resident: User
) -> None:
    begin(logged_in, "Начато давно и забыто.", photos=[photo()])
    FilingDraft.objects.update(begun_at=clock.now() - keeping.KEPT_FOR - timedelta(minutes=1))
    begin(logged_in, WORDS)
    tasks.throw_away_old_drafts.fn()
    assert [one.draft.description for one in keeping.kept_by(resident)] == [WORDS]
    assert not Attachment.objects.exists()
    assert "old drafts" in {job.name for job in schedule.jobs()}
