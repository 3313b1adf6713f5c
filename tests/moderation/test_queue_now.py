"""What a page of the queue asks by its script: the list alone, and how shown messages stand now."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Role, User
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from moderation import operations
from moderation.models import RejectionReason

SCRIPT = {"HX-Request": "true"}
Ask = Callable[..., Any]


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def ask(desk: Client) -> Ask:
    """What the desk answers to its script."""

    def get(address: str, **fields: Any) -> Any:
        return desk.get(f"/moderation/{address}", fields, headers=SCRIPT)

    return get


@pytest.fixture
def other(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR)


def text(response: Any) -> str:
    return str(response.content.decode())


def cut(response: Any, start: str, end: str) -> str:
    """What stands between two words of an answer."""
    found = text(response).partition(start)[2].partition(end)[0]
    assert found
    return found


def test_the_filters_bring_the_list_alone_as_the_page_has_it(
    desk: Client, ask: Ask, issue: Issue, message: issue_operations.Message
) -> None:
    said = replace(message, kind="proposal")
    issue_operations.file_issue(by=By.author(issue.author), message=said)  # type: ignore[arg-type]
    part, whole = ask("", kind="proposal"), desk.get("/moderation/", {"kind": "proposal"})
    assert part.headers["Vary"].split(", ").count("HX-Request") == 1
    assert "<html" not in text(part)
    assert "1 message found" in text(part)
    start, end = '<ol class="queue">', "</ol>"
    assert (
        text(part).partition(start)[2].partition(end)[0]
        == (text(whole).partition(start)[2].partition(end)[0])
    )


def test_shown_messages_are_told_as_they_stand_now(
    ask: Ask, issue: Issue, message: issue_operations.Message, other: User, moderator: User
) -> None:
    by = By.author(issue.author)  # type: ignore[arg-type]
    taken, judged, asked, fresh = (
        issue_operations.file_issue(by=by, message=message) for _number in range(4)
    )
    operations.claim(by=other, issue=taken)
    issue_operations.accept_issue(by=By.moderator(other), issue=judged)
    issue_operations.ask_author(by=By.moderator(other), issue=asked, question="Где?")
    shown = [one.number for one in (issue, taken, judged, asked)]
    answer = ask("now/", shown=shown)
    rows = {row.issue.number: row for row in answer.context["rows"]}
    assert set(rows) == set(shown)
    assert not rows[issue.number].over
    assert rows[taken.number].claim.moderator == other
    assert rows[asked.number].over == "the author is asked"
    judged.refresh_from_db()
    assert rows[judged.number].over == judged.get_state_display()
    page = text(answer)
    # The counts of five tabs, the figures, the news and each row.
    assert page.count("hx-swap-oob=") == 7 + len(shown)
    assert '<span id="count-waiting" hx-swap-oob="true">&nbsp;(3)</span>' in page
    assert f"{issue.number}/claim/" in page
    assert f"{taken.number}/claim/" not in page
    assert str(other) in page
    assert "Show 1 more" in page  # the fresh one
    assert fresh.number not in page
    assert "Show" not in text(ask("now/", shown=[*shown, fresh.number]))
    assert "Show" not in text(ask("now/", shown=shown, kind="proposal"))


def test_what_became_of_held_decisions_is_told_in_their_lines(
    desk: Client,
    ask: Ask,
    issue: Issue,
    message: issue_operations.Message,
    moderator: User,
    settings: Settings,
) -> None:
    settings.MODERATION_UNDO_SECONDS = 30
    author = By.author(issue.author)  # type: ignore[arg-type]
    stays, leaves, fails, undone = (
        issue_operations.file_issue(by=author, message=message) for _number in range(4)
    )
    for one in (stays, leaves, fails, undone):
        operations.ask(by=moderator, issue=one, seen=one.event_count, words="Где?")
    whole = text(desk.get("/moderation/"))
    assert whole.count("data-held=") == 4
    operations.send_now(by=moderator, issue=leaves)
    issue_operations.withdraw_issue(by=author, issue=fails)
    operations.send_now(by=moderator, issue=fails)
    operations.undo(by=moderator, issue=undone)
    page = text(ask("now/", held=[one.number for one in (stays, leaves, fails, undone)]))
    assert f"held-{stays.number}" not in page  # it goes on counting
    said = {
        one: page.partition(f'id="held-{one.number}"')[2].partition("</span>")[0]
        for one in (leaves, fails, undone)
    }
    assert "has gone out" in said[leaves]
    assert "its author has withdrawn it" in said[fails]
    assert 'role="alert"' in said[fails]
    assert "undone" in said[undone]


def test_asking_again_costs_few_queries_however_many_wait(
    ask: Ask,
    issue: Issue,
    message: issue_operations.Message,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    by = By.author(issue.author)  # type: ignore[arg-type]
    numbers = [issue_operations.file_issue(by=by, message=message).number for _n in range(30)]
    ask("now/")  # the portal remembers what it needs
    with django_assert_num_queries(6):
        ask("now/", shown=numbers[:2])
    with django_assert_num_queries(6):
        ask("now/", shown=numbers)


def test_a_message_is_kept_and_let_go_in_its_place(
    desk: Client, issue: Issue, moderator: User, other: User
) -> None:
    address = f"/moderation/{issue.number}"
    kept = desk.post(f"{address}/claim/", headers=SCRIPT)
    assert 'data-seconds="900"' in text(kept)
    freed = text(desk.post(f"{address}/release/", headers=SCRIPT))
    assert f"{address}/claim/" in freed
    assert "<html" not in freed
    operations.claim(by=other, issue=issue)
    assert "is judging this message" in text(desk.post(f"{address}/claim/", headers=SCRIPT))


def test_what_would_be_read_is_shown_beside_the_form(
    desk: Client, issue: Issue, moderator: User
) -> None:
    RejectionReason.objects.update_or_create(code="unclear", defaults={"letter_en": "What?"})
    operations.claim(by=moderator, issue=issue)
    issue.refresh_from_db()
    reason = RejectionReason.objects.get(code="unclear")
    address = f"/moderation/{issue.number}"
    fields = {"seen": issue.event_count, "topic": issue.topic_id}
    accepting = fields | {"published_text": "Яма.", "preview": "1"}
    seen = desk.post(f"{address}/accept/", accepting, headers=SCRIPT)
    rejecting = fields | {"reason": reason.pk, "comment": '"Где?" <b>'}
    letter = desk.post(f"{address}/reject/", rejecting, headers=SCRIPT)
    for part, words in ((seen, "Яма."), (letter, "Где?")):
        assert part.status_code == 200
        assert "<html" not in text(part)
        assert words in text(part)
    # What is sent is what was read, to the letter.
    assert 'name="comment" value="&quot;Где?&quot; &lt;b&gt;"' in text(letter)
    whole = desk.post(f"{address}/reject/", rejecting)
    assert cut(letter, '<section class="letter"', "</section>") in text(whole)
    sent = desk.post(f"{address}/reject/", rejecting | {"send": "1"}, headers=SCRIPT)
    assert sent.headers["HX-Redirect"] == "/moderation/"


def test_a_script_without_a_session_is_told_so(client: Client, issue: Issue) -> None:
    answer = client.post(f"/moderation/{issue.number}/accept/", headers=SCRIPT)
    assert (answer.status_code, answer.content) == (401, b"")
