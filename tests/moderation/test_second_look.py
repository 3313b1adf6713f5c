"""The second look at the desk: a kind of its own in the queue, never for the one who rejected."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Role, User
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from moderation import operations
from tests.moderation.test_operations import accept, reject


@pytest.fixture
def appealed(issue: Issue, moderator: User, resident: User) -> Issue:
    reject(moderator, issue)
    issue_operations.appeal_rejection(
        by=By.author(resident), issue=issue, words="Адрес есть, <b>прочтите</b>."
    )
    issue.refresh_from_db()
    return issue


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Смирнова")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_who_rejected_it_can_not_take_it(appealed: Issue, moderator: User, second: User) -> None:
    with pytest.raises(ActionRefusedError, match="another_moderator"):
        operations.claim(by=moderator, issue=appealed)
    with pytest.raises(ActionRefusedError, match="another_moderator"):
        accept(moderator, appealed, seen=appealed.event_count)
    assert operations.claim_next(by=moderator) is None
    page = client_of(moderator).get(f"/moderation/{appealed.number}/")
    assert "the second look is another moderator" in page.content.decode()
    assert "Take it" not in page.content.decode()
    page = client_of(moderator).post(f"/moderation/{appealed.number}/claim/", follow=True)
    assert "the second look is another moderator" in page.content.decode()
    assert operations.claim_next(by=second) == appealed


def test_the_second_one_reads_both_sides_and_upholds(appealed: Issue, second: User) -> None:
    desk = client_of(second)
    shown = desk.get("/moderation/?standing=appealed").content.decode()
    assert "second look" in shown
    assert appealed.number in shown
    operations.claim(by=second, issue=appealed)
    page = desk.get(f"/moderation/{appealed.number}/").content.decode()
    assert "Непонятно, где." in page
    assert "&lt;b&gt;прочтите&lt;/b&gt;" in page
    assert "Read the letter" not in page  # it is upheld or accepted, not rejected anew
    sent = {"upholdform-seen": appealed.event_count, "upholdform-words": ""}
    url = f"/moderation/{appealed.number}/uphold/"
    assert desk.post(url, sent).status_code == 400
    assert desk.post(url, sent | {"upholdform-words": "Дома нет на карте."}).status_code == 302
    appealed.refresh_from_db()
    assert (appealed.state, appealed.is_appealed) == (State.REJECTED, False)


def test_or_accepts(appealed: Issue, second: User) -> None:
    assert accept(second, appealed, seen=appealed.event_count).state == State.DISPATCHED


def test_what_nobody_appealed_is_not_upheld(issue: Issue, second: User) -> None:
    with pytest.raises(ActionRefusedError, match="appealed"):
        operations.uphold(by=second, issue=issue, seen=1, words="Нет")


def test_a_head_takes_a_rejected_message_up_from_its_page(
    issue: Issue, moderator: User, second: User, make_user: Callable[..., User]
) -> None:
    reject(moderator, issue)
    url = f"/moderation/{issue.number}/"
    sent = {"takeupform-seen": 3, "takeupform-words": "Адрес <b>есть</b>."}
    desk = client_of(moderator)
    assert 'id="take-up"' not in desk.get(url).content.decode()
    assert desk.post(f"{url}take-up/", sent).status_code == 403
    head = client_of(make_user(Role.HEAD_MODERATOR))
    assert 'id="take-up"' in head.get(url).content.decode()
    assert head.post(f"{url}take-up/", sent | {"takeupform-words": " "}).status_code == 400
    page = head.post(f"{url}take-up/", sent, follow=True).content.decode()
    assert "The message waits again" in page
    assert "Адрес &lt;b&gt;есть&lt;/b&gt;." in page
    # What another head has written meanwhile is not lost.
    late = head.post(f"{url}take-up/", sent | {"takeupform-words": "Моя причина"})
    assert late.status_code == 409
    assert "not rejected any more" in late.content.decode()
    assert "Моя причина" in late.content.decode()
    assert operations.claim_next(by=moderator) is None
    assert operations.claim_next(by=second) == issue
