"""The page of a message: all of its way in words, nothing of what is private."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from authorities.models import Authority
from common import clock, uploads
from issues import operations, timeline
from issues.models import Attachment, Issue
from issues.operations.files import keep_issue_file
from issues.policies import By
from issues.telling import WORDS, entries, next_step, stages
from issues.workflow import ACTIONS, State

NOTHING_NEXT = {State.ACCEPTED, State.RATED, State.CLOSED, State.WITHDRAWN}


def text_of(client: Client, issue: Issue) -> str:
    page = client.get(f"/issues/{issue.number}/")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def answered(published: Issue) -> Issue:
    """Registered, worked on, extended by a week, answered."""
    today = clock.region_date(clock.now())
    msed = By.msed()
    operations.register_issue(by=msed, issue=published, number="ПГ-7", registered_on=today)
    operations.start_work(by=msed, issue=published, executor="Отдел дорог")
    published.refresh_from_db()
    assert published.answer_due_at
    operations.extend_term(
        by=msed,
        issue=published,
        until=clock.last_day(published.answer_due_at) + timedelta(days=7),
        reason="Ждём асфальт",
    )
    operations.answer_issue(
        by=msed,
        issue=published,
        reply=operations.Reply(
            decision="done", text="Яма заделана 3 мая.", signatory="Громов И. П."
        ),
    )
    published.refresh_from_db()
    return published


def test_there_are_words_for_every_action() -> None:
    assert WORDS.keys() == ACTIONS.keys()


def test_the_page_tells_the_whole_way(client: Client, answered: Issue, resident: User) -> None:
    operations.rate_issue(
        by=By.author(resident), issue=answered, stars=5, solved=True, comment="Спасибо!"
    )
    text = text_of(client, answered)
    for words in (
        answered.published_text,
        answered.address,
        "Администрация Квадратного округа",
        "Зарегистрировано органом власти: № ПГ-7",
        "Взято в работу",
        "Отдел дорог",
        "Ждём асфальт",
        "Яма заделана 3 мая.",
        "Громов И. П.",
        "5 звёзд из 5",
        "Автор: решено",
        "по любой теме",
        f"/issues/{answered.number}/verify/",
        f"/issues/{answered.number}/place.svg",
    ):
        assert words in text, words


def test_a_moved_deadline_stays_visible(client: Client, answered: Issue) -> None:
    moves = [
        entry.deadline - entry.deadline_before
        for entry in entries(answered)
        if entry.deadline and entry.deadline_before
    ]
    assert moves == [timedelta(days=7)]
    assert "Срок перенесён: <del>" in text_of(client, answered)


def test_the_rule_stays_told_when_another_authority_got_the_message(
    client: Client, published: Issue
) -> None:
    assert "Позже сообщение передали" not in text_of(client, published)
    other = Authority.objects.create(
        slug="ministry", name="Министерство дорог", level="regional", exchange="cabinet"
    )
    today = clock.region_date(clock.now())
    operations.register_issue(by=By.msed(), issue=published, number="ПГ-7", registered_on=today)
    operations.redirect_issue(by=By.msed(), issue=published, to=other, to_name=other.name)
    text = text_of(client, published)
    assert "Отвечает Администрация Квадратного округа" in text
    assert "Позже сообщение передали другому органу" in text
    assert "Передано другому органу: Министерство дорог" in text


def test_who_got_the_message_is_said_even_if_the_portal_does_not_know_them(
    client: Client, published: Issue
) -> None:
    today = clock.region_date(clock.now())
    operations.register_issue(by=By.msed(), issue=published, number="ПГ-7", registered_on=today)
    operations.redirect_issue(
        by=By.msed(), issue=published, to=None, to_name="Мосводоканал", note="Их сети"
    )
    text = text_of(client, published)
    assert "Передано: <strong>Мосводоканал</strong>" in text
    assert 'До передачи сообщение было здесь:</p> <p><a href="/authorities/square/"' in text


def test_the_page_costs_few_queries(
    client: Client, answered: Issue, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(11):
        text_of(client, answered)


def test_more_answers_and_photos_cost_no_more_queries(
    client: Client, answered: Issue, resident: User
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            text_of(client, answered)
        return len(asked)

    text_of(client, answered)  # the footer and the record are cached from here on
    before = cost()
    operations.rate_issue(
        by=By.author(resident), issue=answered, stars=1, solved=False, comment="Яма на месте"
    )
    reply = operations.Reply(decision="explained", text="Заделаем снова.", signatory="Громов И. П.")
    operations.answer_issue(by=By.msed(), issue=answered, reply=reply)
    assert "Заделаем снова." in text_of(client, answered)
    assert cost() <= before


def test_everybody_reads_what_is_next_and_how_long_it_may_take(
    client: Client, published: Issue
) -> None:
    text = text_of(client, published)
    assert "Орган власти зарегистрирует сообщение до" in text
    assert re.search(r"остал\w+ \d+ (день|дня|дней)", text)
    with clock.told(clock.now() + timedelta(days=60)):
        assert "просрочен" in text_of(client, published)


@pytest.mark.parametrize("state", [state for state in State if state not in NOTHING_NEXT])
def test_each_open_state_says_what_is_next(issue: Issue, state: State) -> None:
    issue.state = state
    issue.answered_at = issue.registration_due_at = clock.now()
    issue.planned_date = clock.region_date(clock.now())
    issue.merged_into = issue  # any message will do
    assert next_step(issue)


@pytest.mark.parametrize("state", State)
def test_how_far_it_has_come_is_told_in_stages(issue: Issue, state: State) -> None:
    issue.state = state
    told = stages(issue)
    if state in {State.REJECTED, State.MERGED, State.WITHDRAWN}:
        assert told == []  # it goes another way
        return
    reached = [stage.is_done for stage in told]
    assert reached == sorted(reached, reverse=True)
    assert sum(stage.is_now for stage in told) == (state != State.CLOSED)


def test_photos_before_and_after_are_compared(client: Client, published: Issue) -> None:
    def photo(purpose: str) -> Attachment:
        file = BytesIO()
        Image.new("RGB", (320, 240), "gray").save(file, "JPEG")
        upload = uploads.examine(BytesIO(file.getvalue()), name="photo.jpg")
        return keep_issue_file(issue=published, upload=upload, purpose=purpose)

    today = clock.region_date(clock.now())
    before, after, more = (photo(purpose) for purpose in ("report", "after", "after"))
    operations.register_issue(by=By.msed(), issue=published, number="ПГ-7", registered_on=today)
    reply = operations.Reply(
        decision="done", text="Готово.", signatory="Громов", attachments=[after.uid, more.uid]
    )
    operations.answer_issue(by=By.msed(), issue=published, reply=reply)
    text = text_of(client, published)
    pair = text.partition('class="compare"')[2].partition("</div>")[0]
    # The authority sent no photo of before: the resident's is one. What has no pair stands beside.
    assert str(before.uid) in pair
    assert str(after.uid) in pair
    assert str(more.uid) not in pair
    assert str(more.uid) in text


def test_the_address_can_be_passed_on_and_followed_without_a_script(
    client: Client, published: Issue
) -> None:
    text = text_of(client, published)
    assert f'value="http://testserver/issues/{published.number}/" readonly' in text
    assert f'href="/feeds/issues/{published.number}/"' in text


def test_who_asked_not_to_be_named_is_not_named(
    client: Client, publish: Callable[..., Issue]
) -> None:
    assert "Иванова" in text_of(client, publish())
    text = text_of(client, publish(is_anonymous=True))
    assert "Иванова" not in text
    assert "житель" in text


def test_a_message_that_waits_is_read_by_its_author_and_moderators_alone(
    client: Client, issue: Issue, resident: User, moderator: User, make_user: Callable[..., User]
) -> None:
    address = f"/issues/{issue.number}/"
    for name in ("", "timeline.json", "place.svg"):
        assert client.get(address + name).status_code == 404
    client.force_login(make_user())
    assert client.get(address).status_code == 404
    for reader in (resident, moderator):
        client.force_login(reader)
        page = client.get(address)
        assert page.status_code == 200
        assert page["Cache-Control"] == "private, no-store"


def test_what_a_moderator_wrote_before_publication_stays_between_the_two(
    client: Client,
    issue: Issue,
    resident: User,
    moderator: User,
    message: operations.Message,
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Назовите номер дома", code="unclear"
    )
    client.force_login(resident)
    assert "Назовите номер дома" in text_of(client, issue)
    operations.resubmit_issue(by=By.author(resident), issue=issue, message=message)
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    text = text_of(client, issue)
    assert "Модератор не принял сообщение" in text
    assert "Назовите номер дома" not in text


def test_what_moderators_write_to_one_another_no_author_reads(
    client: Client, issue: Issue, resident: User, moderator: User
) -> None:
    by = By.moderator(moderator)
    operations.refer_issue(by=by, issue=issue, reason="Похоже на спор соседей.")
    operations.ask_author(by=by, issue=issue, question="Какой это дом?")
    client.force_login(resident)
    text = text_of(client, issue)
    assert "Модератор передал сообщение главному модератору" in text
    assert "Похоже на спор соседей." not in text
    assert "Какой это дом?" in text
    client.force_login(moderator)
    assert "Похоже на спор соседей." in text_of(client, issue)


def test_a_hidden_message_gives_its_reason_and_nothing_else(
    client: Client, published: Issue, moderator: User, resident: User
) -> None:
    operations.hide_issue(by=By.moderator(moderator), issue=published, reason="Назван сосед")
    page = client.get(f"/issues/{published.number}/")
    text = page.content.decode()
    assert page.status_code == 404
    assert "Назван сосед" in text
    assert published.published_text not in text
    assert published.address not in text
    assert client.get(f"/issues/{published.number}/timeline.json").status_code == 404
    client.force_login(resident)
    assert client.get(f"/issues/{published.number}/").status_code == 200


def test_the_downloaded_timeline_proves_itself(client: Client, answered: Issue) -> None:
    found = client.get(f"/issues/{answered.number}/timeline.json")
    assert "attachment" in found["Content-Disposition"]
    told = found.json()
    assert timeline.faults(told["entries"]) == []
    told["entries"][2]["answer_due_at"] = "2030-01-01T00:00:00Z"
    assert timeline.faults(told["entries"]) == ["entry 3 was changed"]


def test_words_of_people_can_not_become_markup(
    client: Client, publish: Callable[..., Issue]
) -> None:
    text = text_of(client, publish(description="<script>alert(1)</script>"))
    assert "<script>alert" not in text


@pytest.mark.parametrize("number", ["2026-999999", "1-1", "abc", "2026-9999999999"])
@pytest.mark.django_db
def test_a_number_that_was_never_given(client: Client, number: str) -> None:
    assert client.get(f"/issues/{number}/").status_code == 404
