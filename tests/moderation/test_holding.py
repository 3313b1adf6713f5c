"""A decision can be undone for a while: nothing of it is told before, nothing is lost, nothing told twice."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Role, RoleGrant, User
from common import clock, outbox
from issues import operations as issue_operations
from issues import timeline
from issues.models import Issue
from issues.operations.erasing import erase_resident
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from moderation import operations, tasks
from moderation.models import Claim, DroppedDecision, HeldDecision
from moderation.operations import DecidedError, GoneError
from tests.moderation.test_operations import accept, reject, together

A_WHILE = timedelta(seconds=31)


@pytest.fixture(autouse=True)
def _held(settings: Settings) -> None:
    settings.MODERATION_UNDO_SECONDS = 30


@pytest.fixture
def second(make_user: Callable[..., User]) -> User:
    return make_user(Role.HEAD_MODERATOR, last_name="Смирнова")


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_held_decision_is_in_no_timeline_and_goes_out_by_the_clock(
    issue: Issue, moderator: User
) -> None:
    accept(moderator, issue)
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    assert set(issue.events.values_list("action", flat=True)) == {"submit", "take"}
    tasks.send()  # too early
    assert HeldDecision.objects.exists()
    with clock.told(clock.now() + A_WHILE):
        tasks.send()
    issue.refresh_from_db()
    assert issue.state == State.DISPATCHED
    assert issue.events.get(action="accept").words.private["by"]["user"] == moderator.pk
    assert not HeldDecision.objects.exists()
    assert not Claim.objects.exists()
    assert timeline.verify(issue) == []


def test_nobody_else_decides_what_is_decided(issue: Issue, moderator: User, second: User) -> None:
    reject(moderator, issue)
    for late in (
        lambda: accept(second, issue),
        lambda: operations.claim(by=second, issue=issue),
        lambda: operations.take_over(by=second, issue=issue, reason="Срочно"),
        lambda: accept(moderator, issue),
    ):
        with pytest.raises(DecidedError):
            late()
    assert operations.claim_next(by=second) is None
    with pytest.raises(GoneError):
        operations.undo(by=second, issue=issue)


def test_what_would_be_refused_is_refused_at_once_and_not_held(
    issue: Issue, moderator: User, resident: User
) -> None:
    operations.claim(by=moderator, issue=issue)
    issue_operations.withdraw_issue(by=By.author(resident), issue=issue)
    with pytest.raises(ActionRefusedError, match="state"):
        reject(moderator, issue)
    assert not HeldDecision.objects.exists()


def test_undone_it_is_as_if_it_had_never_been(
    desk: Client, issue: Issue, moderator: User, second: User
) -> None:
    operations.claim(by=moderator, issue=issue)
    fields = {
        "seen": 2,
        "published_text": "У дома яма, [скрыто].",
        "topic": issue.topic_id,
        "authority": issue.authority_id,
    }
    page = text(desk.post(f"/moderation/{issue.number}/accept/", fields, follow=True))
    assert re.search(r"goes out in \d+ s", page)
    assert "Undo" in page
    other = Client()
    other.force_login(second)
    other.cookies["django_language"] = "en"
    seen = text(other.get(f"/moderation/{issue.number}/"))
    assert "Петров Пётр has decided on this message: accepted" in seen
    assert "Take it" not in seen
    page = text(desk.post(f"/moderation/{issue.number}/undo/", follow=True))
    assert "nothing has gone out" in page
    assert "У дома яма, [скрыто].</textarea>" in page
    assert Claim.objects.get().moderator == moderator
    with clock.told(clock.now() + A_WHILE):
        operations.send_due()
    assert not issue.events.filter(action="accept").exists()
    assert "has gone out already" in text(
        desk.post(f"/moderation/{issue.number}/undo/", follow=True)
    )


@pytest.mark.parametrize(
    ("verb", "fields", "shown"),
    [
        ("ask", {"askform-words": "Какой дом?"}, "Какой дом?</textarea>"),
        ("refer", {"referform-words": "О главе"}, "О главе</textarea>"),
    ],
)
def test_each_form_is_filled_again(
    desk: Client,
    issue: Issue,
    moderator: User,
    verb: str,
    fields: dict[str, str],
    shown: str,
) -> None:
    operations.claim(by=moderator, issue=issue)
    desk.post(f"/moderation/{issue.number}/{verb}/", {f"{verb}form-seen": 2, **fields})
    assert HeldDecision.objects.get().verb == verb
    page = text(desk.post(f"/moderation/{issue.number}/undo/", follow=True))
    assert shown in page
    assert f'id="{verb}" open' in page


def test_sent_now_it_is_sent_now(desk: Client, issue: Issue, moderator: User) -> None:
    accept(moderator, issue)
    page = text(desk.post(f"/moderation/{issue.number}/send-now/", follow=True))
    assert "has gone out" in page
    issue.refresh_from_db()
    assert issue.state == State.DISPATCHED
    page = text(desk.post(f"/moderation/{issue.number}/send-now/", follow=True))
    assert "has gone out already" in page


def test_the_queue_sends_what_is_due_when_no_worker_does(
    desk: Client, issue: Issue, moderator: User
) -> None:
    accept(moderator, issue)
    HeldDecision.objects.update(leaves_at=clock.now())
    desk.get("/moderation/")
    issue.refresh_from_db()
    assert issue.state == State.DISPATCHED


def test_the_author_withdraws_meanwhile_and_the_moderator_is_told(
    desk: Client, issue: Issue, moderator: User, resident: User
) -> None:
    operations.ask(by=moderator, issue=issue, seen=1, words="Какой подъезд?")
    issue_operations.withdraw_issue(by=By.author(resident), issue=issue)
    with clock.told(clock.now() + A_WHILE):
        operations.send_due()
    assert not issue.events.filter(action="ask").exists()
    page = text(desk.get("/moderation/"))
    assert "has not gone out" in page
    assert "its author has withdrawn it" in page
    assert "Какой подъезд?" in page
    dropped = DroppedDecision.objects.get()
    desk.post(f"/moderation/dropped/{dropped.pk}/")
    assert "has not gone out" not in text(desk.get("/moderation/"))


def test_a_main_message_that_is_hidden_meanwhile_drops_the_merge(
    publish: Callable[..., Issue],
    message: issue_operations.Message,
    make_user: Callable[..., User],
    moderator: User,
    second: User,
) -> None:
    main = publish()
    issue = issue_operations.file_issue(by=By.author(make_user()), message=message)
    operations.merge(by=moderator, issue=issue, seen=1, main=main)
    issue_operations.hide_issue(by=By.moderator(second), issue=main, reason="Жалоба")
    with clock.told(clock.now() + A_WHILE):
        operations.send_due()
    assert DroppedDecision.objects.get().why == "merge:main"
    operations.claim(by=second, issue=issue)


def test_the_answer_of_the_author_is_read_before_the_decision_goes_out(
    issue: Issue, moderator: User, resident: User
) -> None:
    issue_operations.ask_author(by=By.moderator(moderator), issue=issue, question="Где?")
    accept(moderator, issue, seen=2)
    issue_operations.clarify_issue(by=By.author(resident), issue=issue, words="У дома 5")
    with clock.told(clock.now() + A_WHILE):
        operations.send_due()
    assert DroppedDecision.objects.get().why == "ChangedError"
    assert not issue.events.filter(action="accept").exists()


def test_nobody_has_seen_what_is_to_come_whatever_their_form_says(
    desk: Client, issue: Issue, moderator: User, resident: User
) -> None:
    operations.claim(by=moderator, issue=issue)
    fields = {"seen": 10**12, "published_text": "Яма.", "topic": issue.topic_id}
    assert desk.post(f"/moderation/{issue.number}/accept/", fields).status_code == 302
    issue.refresh_from_db()
    assert HeldDecision.objects.get().seen == issue.event_count


def test_one_who_is_no_moderator_any_more_decides_nothing(issue: Issue, moderator: User) -> None:
    accept(moderator, issue)
    RoleGrant.objects.filter(user=moderator).delete()
    with clock.told(clock.now() + A_WHILE):
        operations.send_due()
    assert DroppedDecision.objects.get().why == "accept:actor"
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED


def test_what_is_decided_in_time_goes_out_in_time(issue: Issue, moderator: User) -> None:
    nearly = issue.moderation_due_at - timedelta(seconds=10)
    with clock.told(nearly):
        accept(moderator, issue)
    assert HeldDecision.objects.get().leaves_at == issue.moderation_due_at


def test_erased_words_are_kept_nowhere(issue: Issue, moderator: User, resident: User) -> None:
    operations.accept(by=moderator, issue=issue, seen=1, published_text="Тайна Анны")
    erase_resident(by=resident)
    outbox.deliver_due("desk")
    assert not HeldDecision.objects.exists()
    assert DroppedDecision.objects.get().arguments == {}


def test_one_decision_that_fails_holds_up_no_other(
    issue: Issue,
    moderator: User,
    message: issue_operations.Message,
    resident: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = issue_operations.file_issue(
        by=By.author(resident), message=replace(message, description="Второе сообщение о яме.")
    )
    accept(moderator, issue)
    accept(moderator, other)
    done = issue_operations.accept_issue

    def fails(**given: Any) -> Issue:
        if given["issue"] == issue:
            raise RuntimeError
        return done(**given)

    with clock.told(clock.now() + A_WHILE):
        monkeypatch.setattr(issue_operations, "accept_issue", fails)
        operations.send_due()
        assert list(HeldDecision.objects.values_list("pk", flat=True)) == [issue.pk]
        monkeypatch.setattr(issue_operations, "accept_issue", done)
        operations.send_due()
    assert not HeldDecision.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_undone_and_sent_at_once_it_is_one_or_the_other(
    turn: int, issue: Issue, moderator: User
) -> None:
    accept(moderator, issue)
    HeldDecision.objects.update(leaves_at=clock.now())
    outcomes = together(
        operations.send_due,
        operations.send_due,
        lambda: operations.undo(by=moderator, issue=issue),
    )
    issue.refresh_from_db()
    was_undone = isinstance(outcomes[2], Claim)
    assert was_undone or isinstance(outcomes[2], GoneError)
    assert issue.events.filter(action="accept").count() == (0 if was_undone else 1)
    assert (issue.state == State.SUBMITTED) is was_undone
    assert not HeldDecision.objects.exists()
