"""What a stranger may ask for without harm, and what stays out of every cache."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AccessRecord, Role, User
from common.cache import ForgivingRedisCache
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import ActionRefusedError
from notifications.models import Letter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zoom", ["99999999999999999999", "300000000", "19"])
def test_a_tile_of_an_endless_zoom_is_no_tile(client: Client, zoom: str) -> None:
    assert client.get(f"/tiles/base/{zoom}/0/0.svg").status_code == 404


def test_nobody_asks_for_more_than_a_screen(client: Client) -> None:
    whole_world = "/map/issues.json?bbox=-180,-90,180,90&zoom="
    assert client.get(whole_world + "18").status_code == 400
    assert client.get(whole_world + "4").status_code == 200


@pytest.mark.parametrize("words", ["-" * 300, "яма " + "-" * 300, "- - -", "--яма", "яма -дорога"])
def test_a_row_of_minuses_finds_nothing_and_breaks_nothing(client: Client, words: str) -> None:
    assert client.get("/issues/", {"q": words}).status_code == 200


def test_the_administration_has_no_door_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("table", ["account/emailaddress", "mfa/authenticator", "auth/group"])
def test_what_opens_accounts_is_not_entered_by_hand(client: Client, table: str) -> None:
    client.force_login(User.objects.create_superuser("admin@example.org"))
    assert client.get(f"/admin/{table}/").status_code == 404


def test_what_a_person_sees_stays_with_the_person(client: Client, resident: User) -> None:
    client.force_login(resident)
    for page in ("/my/", "/accounts/profile/"):
        assert client.get(page)["Cache-Control"] == "private, no-store"


def test_letters_lead_to_our_own_address(client: Client, make_user: Callable[..., User]) -> None:
    user = make_user(email="forgetful@example.org", password="a long old password")
    client.post(
        "/accounts/password/reset/",
        {"email": user.email},
        headers={"host": "127.0.0.1:6666"},
    )
    texts = [*(m.body for m in mail.outbox), *Letter.objects.values_list("text", flat=True)]
    assert any("/accounts/password/reset/key/" in str(text) for text in texts)
    assert not any(":6666" in str(text) for text in texts)


def test_nobody_judges_their_own_message(
    make_user: Callable[..., User], message: operations.Message
) -> None:
    moderator = make_user(Role.MODERATOR)
    issue = operations.file_issue(by=By.author(moderator), message=message)
    with pytest.raises(ActionRefusedError, match="actor"):
        operations.accept_issue(by=By.moderator(moderator), issue=issue)
    assert Issue.objects.get(pk=issue.pk).state == "submitted"


def test_limits_hold_while_redis_is_away() -> None:
    gone = ForgivingRedisCache(
        "redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}}
    )
    gone.set("attempts", [1, 2, 3])
    assert gone.get("attempts") == [1, 2, 3]


def test_staff_who_look_at_the_unpublished_are_noted(
    client: Client, issue: Issue, moderator: User, resident: User
) -> None:
    client.force_login(resident)
    assert client.get(f"/issues/{issue.number}/").status_code == 200
    assert not AccessRecord.objects.exists()
    client.force_login(moderator)
    assert client.get(f"/issues/{issue.number}/").status_code == 200
    seen = AccessRecord.objects.get()
    assert (seen.user, seen.subject) == (moderator, issue.number)
