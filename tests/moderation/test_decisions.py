"""The desk's other decisions: by forms, by two at once, and what happens when it is too late."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from common import clock
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from moderation import operations, queries
from moderation.models import Claim
from moderation.operations import ClaimedError
from tests.moderation.test_operations import together


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.MODERATOR, last_name="Смирнова")


def text(response: Any) -> str:
    return str(response.content.decode())


def send(desk: Client, issue: Issue, verb: str, form: str, **fields: object) -> Any:
    data = {f"{form}-{name}": value for name, value in fields.items()}
    data.setdefault(f"{form}-seen", issue.event_count)
    return desk.post(f"/moderation/{issue.number}/{verb}/", data)


def test_a_message_whose_author_is_asked_leaves_the_queue_and_comes_back(
    desk: Client, issue: Issue, moderator: User, resident: User
) -> None:
    operations.claim(by=moderator, issue=issue)
    assert "Ask the author" in text(desk.get(f"/moderation/{issue.number}/"))
    assert send(desk, issue, "ask", "askform", words="").status_code == 400
    assert send(desk, issue, "ask", "askform", words="Какой дом?").status_code == 302
    assert not queries.waiting().exists()
    assert operations.claim_next(by=moderator) is None
    assert not Claim.objects.exists()
    page = text(desk.get(f"/moderation/{issue.number}/"))
    assert "The 48 hours stand still" in page
    issue_operations.clarify_issue(by=By.author(resident), issue=issue, words="Дом <b>5</b>")
    operations.claim(by=moderator, issue=issue)
    page = text(desk.get(f"/moderation/{issue.number}/"))
    assert "Дом &lt;b&gt;5&lt;/b&gt;" in page
    assert "Send the question" not in page  # once a sending
    assert queries.waiting().exists()


def test_a_message_is_merged_into_a_near_one(
    desk: Client,
    moderator: User,
    publish: Callable[..., Issue],
    message: issue_operations.Message,
    make_user: Callable[..., User],
) -> None:
    main = publish()
    issue = issue_operations.file_issue(by=By.author(make_user()), message=message)
    operations.claim(by=moderator, issue=issue)
    page = text(desk.get(f"/moderation/{issue.number}/"))
    assert f"Merge into {main.number}" in page
    wrong = send(desk, issue, "merge", "mergeform", main="2020-1")
    assert wrong.status_code == 400
    assert "no public message" in text(wrong)
    assert send(desk, issue, "merge", "mergeform", main=main.number).status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.merged_into) == (State.MERGED, main)
    assert f"№ {main.number}" in text(desk.get(f"/moderation/{issue.number}/"))


def test_what_is_left_to_the_head_is_taken_by_nobody_else(
    desk: Client, issue: Issue, moderator: User, second: User, make_user: Callable[..., User]
) -> None:
    operations.claim(by=moderator, issue=issue)
    assert send(desk, issue, "refer", "referform", words="О прокуроре").status_code == 302
    for other in (moderator, second):
        with pytest.raises(ActionRefusedError, match="referred"):
            operations.claim(by=other, issue=issue)
        assert operations.claim_next(by=other) is None
    assert operations.claim_next(by=make_user(Role.HEAD_MODERATOR)) == issue


def test_a_message_is_taken_over_with_a_reason_and_the_first_loses_no_word(
    desk: Client, issue: Issue, moderator: User, second: User
) -> None:
    operations.claim(by=second, issue=issue)
    assert send(desk, issue, "take-over", "takeoverform", words=" ").status_code == 400
    assert send(desk, issue, "take-over", "takeoverform", words="Она ушла").status_code == 302
    event = issue.events.get(action="take_over")
    assert event.words.private["held_by"] == second.pk
    assert Claim.objects.get().moderator == moderator
    late = Client()
    late.force_login(second)
    late.cookies["django_language"] = "en"
    refused = send(late, issue, "ask", "askform", words="Какой подъезд?", seen=1)
    assert refused.status_code == 409
    assert "is judging this message" in text(refused)
    assert "Какой подъезд?" in text(refused)


def test_a_lease_that_ran_out_while_a_form_was_open_costs_no_word(
    desk: Client, issue: Issue, moderator: User, second: User
) -> None:
    held = operations.claim(by=moderator, issue=issue)
    with clock.told(held.expires_at):
        operations.claim(by=second, issue=issue)
        form = {
            "seen": 1,
            "published_text": "Исправленный текст",
            "topic": issue.topic_id,
            "authority": issue.authority_id or "",
            "point": "55.50100, 37.50200",
        }
        refused = desk.post(f"/moderation/{issue.number}/accept/", form)
    assert refused.status_code == 409
    assert "55.50100, 37.50200" in text(refused)
    assert "is judging this message" in text(refused)
    assert "Исправленный текст" in text(refused)
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED


def test_a_message_withdrawn_while_it_is_judged_is_told_in_a_sentence(
    desk: Client, issue: Issue, moderator: User, resident: User
) -> None:
    operations.claim(by=moderator, issue=issue)
    issue_operations.withdraw_issue(by=By.author(resident), issue=issue)
    refused = send(desk, issue, "ask", "askform", words="Какой дом?")
    assert refused.status_code == 409
    assert "its author has withdrawn it" in text(refused)


def test_an_urgent_message_is_marked(desk: Client, issue: Issue) -> None:
    assert send(desk, issue, "urgent", "urgentform", words="Открытый люк").status_code == 302
    issue.refresh_from_db()
    assert issue.is_urgent
    assert send(desk, issue, "urgent", "urgentform", words="Ещё раз").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_decide_once(
    issue: Issue, publish: Callable[..., Issue], moderator: User, second: User
) -> None:
    main = publish()
    outcomes = together(
        lambda: operations.merge(by=moderator, issue=issue, seen=1, main=main),
        lambda: operations.ask(by=second, issue=issue, seen=1, words="Где?"),
    )
    done = [outcome for outcome in outcomes if isinstance(outcome, Issue)]
    refused = [one for one in outcomes if isinstance(one, ActionRefusedError | ClaimedError)]
    # After a question the message is nobody's again: the merge may follow it, never the other way round.
    assert len(done) + len(refused) == 2
    issue.refresh_from_db()
    assert issue.events.filter(action="merge").count() == (issue.state == State.MERGED)


@pytest.mark.django_db(transaction=True)
def test_a_merge_and_the_hiding_of_its_main_message_end_in_one_order_or_the_other(
    publish: Callable[..., Issue],
    message: issue_operations.Message,
    make_user: Callable[..., User],
    moderator: User,
    second: User,
) -> None:
    main = publish()
    issue = issue_operations.file_issue(by=By.author(make_user()), message=message)
    together(
        lambda: operations.merge(by=moderator, issue=issue, seen=1, main=main),
        lambda: issue_operations.hide_issue(by=By.moderator(second), issue=main, reason="Жалоба"),
    )
    issue.refresh_from_db()
    assert (issue.state, issue.merged_into) == (State.SUBMITTED, None)
