"""What a moderator decides beside yes and no: ask, merge, leave to the head, mark as urgent (R4.3)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import Role, User
from authorities.models import Authority
from common import clock, outbox
from issues import letters, operations, tasks
from issues.deadlines import QUESTION
from issues.models import Issue, Subscription, Support
from issues.operations.merging import separate_merged
from issues.operations.writer import lock
from issues.policies import By
from issues.timeline import verify
from issues.workflow import ActionRefusedError, State
from notifications.models import Letter


@pytest.fixture
def main(publish: Callable[..., Issue]) -> Issue:
    """A public message of the same resident's neighbour."""
    return publish()


def ask(issue: Issue, moderator: User, words: str = "У какого подъезда?") -> None:
    operations.ask_author(by=By.moderator(moderator), issue=issue, question=words)
    issue.refresh_from_db()


def told(template: str) -> list[str]:
    outbox.deliver_due(letters.CONSUMER)
    return list(Letter.objects.filter(key__contains=f":{template}:").values_list("to", flat=True))


def test_a_question_stops_the_clock_and_the_answer_gives_back_what_was_not_used(
    issue: Issue, moderator: User, resident: User
) -> None:
    due = issue.moderation_due_at
    now = clock.now()
    with clock.told(now):
        ask(issue, moderator)
    assert issue.moderation_due_at == due + QUESTION
    assert told("asked") == [resident.email]
    with clock.told(now + timedelta(hours=5)):
        operations.clarify_issue(by=By.author(resident), issue=issue, words="У второго.")
    issue.refresh_from_db()
    assert issue.asked_until is None
    assert issue.moderation_due_at == due + timedelta(hours=5)
    assert not verify(issue)
    with pytest.raises(ActionRefusedError, match="not_asked"):  # once a sending
        operations.ask_author(by=By.moderator(moderator), issue=issue, question="А дом?")


def test_without_an_answer_it_is_back_in_the_queue_after_three_days(
    issue: Issue, moderator: User, resident: User
) -> None:
    ask(issue, moderator)
    with clock.told(clock.now() + QUESTION - timedelta(minutes=1)):
        tasks.escalate_due.fn()
        assert issue.events.filter(seq=issue.event_count, action="ask").exists()
    with clock.told(clock.now() + QUESTION + timedelta(minutes=1)):
        tasks.escalate_due.fn()
        issue.refresh_from_db()
        assert issue.asked_until is None
        assert issue.events.filter(seq=issue.event_count, action="end_question").exists()
        assert issue.escalate_at
        with pytest.raises(ActionRefusedError, match="asked"):
            operations.clarify_issue(by=By.author(resident), issue=issue, words="Поздно")
        assert told("question_over") == [resident.email]


def test_the_letters_link_answers_once_and_without_a_login(
    issue: Issue, moderator: User, client: Client
) -> None:
    ask(issue, moderator)
    told("asked")
    letter = Letter.objects.get(key__contains=":asked:").text
    (token,) = re.findall(r"/clarify/([^/]+)/", letter)
    client.cookies["django_language"] = "en"
    page = client.get(f"/clarify/{token}/")
    assert "У какого подъезда?" in page.content.decode()
    assert issue.description not in page.content.decode()
    assert client.post(f"/clarify/{token}/", {"words": " "}).status_code == 400
    sent = client.post(f"/clarify/{token}/", {"words": "<script>У второго</script>"})
    assert sent.status_code == 302
    assert issue.events.get(action="clarify").words.note == "<script>У второго</script>"
    assert client.get(f"/clarify/{token}/").status_code == 404
    assert client.get(f"/clarify/{token}x/").status_code == 404


def test_the_author_sees_the_question_on_the_own_page(
    issue: Issue, moderator: User, resident: User, client: Client
) -> None:
    ask(issue, moderator)
    client.force_login(resident)
    client.cookies["django_language"] = "en"
    page = client.get(f"/my/{issue.number}/").content.decode()
    assert "У какого подъезда?" in page
    assert "/clarify/" in page


def test_a_message_that_is_decided_while_its_author_writes_is_not_answered(
    issue: Issue, moderator: User, resident: User
) -> None:
    ask(issue, moderator)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    with pytest.raises(ActionRefusedError, match="state"):
        operations.clarify_issue(by=By.author(resident), issue=issue, words="У второго.")


def merge(main: Issue, message: operations.Message, author: User, moderator: User) -> Issue:
    issue = operations.file_issue(by=By.author(author), message=message)
    return operations.merge_issue(by=By.moderator(moderator), issue=issue, main=main)


def test_who_is_merged_supports_and_follows_the_main_message(
    main: Issue,
    message: operations.Message,
    make_user: Callable[..., User],
    moderator: User,
    client: Client,
) -> None:
    neighbour = make_user(language="en")
    issue = merge(main, message, neighbour, moderator)
    assert issue.state == State.MERGED
    assert Support.objects.filter(issue=main, user=neighbour).exists()
    assert Subscription.objects.filter(issue=main, user=neighbour).exists()
    assert told("merged") == [neighbour.email]
    client.force_login(neighbour)
    client.cookies["django_language"] = "en"
    page = client.get(f"/my/{issue.number}/").content.decode()
    assert f"/issues/{main.number}/" in page
    operations.resubmit_issue(
        by=By.author(neighbour), issue=issue, message=replace(message, description="Это другое.")
    )
    issue.refresh_from_db()
    assert (issue.state, issue.merged_into) == (State.SUBMITTED, None)


@pytest.mark.parametrize("end", ["hide", "withdraw"])
def test_what_was_merged_into_a_message_that_goes_is_judged_for_itself(
    end: str,
    main: Issue,
    message: operations.Message,
    make_user: Callable[..., User],
    moderator: User,
    resident: User,
) -> None:
    neighbour = make_user()
    issue = merge(main, message, neighbour, moderator)
    if end == "hide":
        operations.hide_issue(by=By.moderator(moderator), issue=main, reason="Жалоба")
    else:
        operations.withdraw_issue(by=By.author(resident), issue=main)
    issue.refresh_from_db()
    assert (issue.state, issue.merged_into) == (State.SUBMITTED, None)
    assert issue.moderation_due_at > clock.now() + timedelta(hours=47)
    assert told("separated") == [neighbour.email]
    assert not verify(issue)
    separate_merged(lock(main))  # nothing more to do
    with pytest.raises(ActionRefusedError, match="main"):
        operations.merge_issue(by=By.moderator(moderator), issue=issue, main=main)


def test_ones_own_earlier_message_is_merged_into_without_support(
    main: Issue, message: operations.Message, resident: User, moderator: User
) -> None:
    assert merge(main, message, resident, moderator).state == State.MERGED
    assert not Support.objects.exists()


def test_nothing_is_merged_into_itself(issue: Issue, moderator: User) -> None:
    with pytest.raises(ActionRefusedError, match="main"):
        operations.merge_issue(by=By.moderator(moderator), issue=issue, main=issue)


def test_an_urgent_message_is_told_to_its_authority_as_soon_as_it_has_it(
    issue: Issue, moderator: User, authority: Authority
) -> None:
    operations.mark_urgent(by=By.moderator(moderator), issue=issue, reason="Открытый люк")
    assert told("urgent") == []  # nobody has judged it yet
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    assert told("urgent") == [authority.email]
    assert "Открытый люк" in Letter.objects.get(key__contains=":urgent:").text
    with pytest.raises(ActionRefusedError, match="not_urgent"):
        operations.mark_urgent(by=By.moderator(moderator), issue=issue, reason="Ещё раз")


def test_one_at_work_is_told_at_once(
    published: Issue, moderator: User, authority: Authority
) -> None:
    assert told("urgent") == []
    operations.mark_urgent(by=By.moderator(moderator), issue=published, reason="Открытый люк")
    assert told("urgent") == [authority.email]


def test_what_is_left_to_the_head_is_told_to_the_head(
    issue: Issue, moderator: User, make_user: Callable[..., User]
) -> None:
    head = make_user(Role.HEAD_MODERATOR)
    operations.refer_issue(by=By.moderator(moderator), issue=issue, reason="Жалоба на прокурора")
    assert told("referred") == [head.email]
    with pytest.raises(ActionRefusedError, match="not_referred"):
        operations.refer_issue(by=By.moderator(moderator), issue=issue, reason="Ещё раз")


@pytest.mark.parametrize("mark", ["is_urgent", "is_referred"])
def test_no_mark_is_set_beside_the_timeline(issue: Issue, mark: str) -> None:
    with pytest.raises(DatabaseError, match="only with an entry"), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(**{mark: True})
