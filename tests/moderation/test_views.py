"""The desk's pages: who may open them, what they show, and one clear sentence when it is too late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AccessRecord, Role, User
from authorities.models import Authority, ServiceArea, Topic
from common import clock
from issues import operations as issue_operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from moderation import operations, queries
from moderation.models import RejectionReason


@pytest.fixture
def desk(moderator: User, client: Client) -> Client:
    client.force_login(moderator)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def reason(db: None) -> RejectionReason:
    reason, _is_new = RejectionReason.objects.update_or_create(
        code="unclear",
        defaults={
            "name": "Непонятно",
            "name_en": "Unclear",
            "legal_ground": "59-ФЗ, ст. 7",
            "legal_ground_en": "Federal Law 59-FZ, art. 7",
            "letter": "Напишите, что случилось.",
            "letter_en": "Please write what has happened.",
        },
    )
    return reason


def decision(issue: Issue, **fields: object) -> dict[str, object]:
    return {
        "seen": issue.event_count,
        "published_text": issue.description,
        "topic": issue.topic_id,
        "authority": issue.authority_id or "",
    } | fields


def url(issue: Issue, verb: str = "") -> str:
    return f"/moderation/{issue.number}/" + (f"{verb}/" if verb else "")


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("address", ["", "routing/", "{number}/"])
def test_the_desk_is_for_moderators(
    address: str, issue: Issue, resident: User, make_user: Callable[..., User], client: Client
) -> None:
    page = "/moderation/" + address.format(number=issue.number)
    assert client.get(page).status_code == 302
    for stranger in (resident, make_user(Role.OFFICER), make_user(Role.ADMINISTRATOR)):
        client.force_login(stranger)
        assert client.get(page).status_code == 403
        assert client.post(url(issue, "accept"), decision(issue)).status_code == 403
    client.force_login(make_user(Role.HEAD_MODERATOR))
    assert client.get(page).status_code == 200


def test_the_queue_shows_the_least_time_left_first_in_few_queries(
    desk: Client,
    resident: User,
    message: issue_operations.Message,
    authority: Authority,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = clock.now()
    for hours in range(60):
        with clock.told(now - timedelta(hours=hours)):
            issue_operations.file_issue(by=By.author(resident), message=message)
    numbers = list(Issue.objects.order_by("moderation_due_at").values_list("number", flat=True))
    shown: list[str] = []
    after = ""
    while True:
        page = queries.queue(after=after)
        shown += [issue.number for issue in page.issues]
        if not (after := page.next):
            break
    assert shown == numbers
    desk.get("/moderation/")  # the portal remembers its pages
    with django_assert_num_queries(10):
        response = desk.get("/moderation/")
    figures = response.context["figures"]
    assert (figures.waiting, figures.late, figures.soon, figures.mine) == (60, 12, 12, 0)
    assert "late by" in text(response)
    assert desk.get("/moderation/?after=nonsense").status_code == 200


def test_the_page_of_a_message_is_read_in_few_queries_and_noted(
    desk: Client,
    moderator: User,
    issue: Issue,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(14):
        response = desk.get(url(issue))
    page = text(response)
    assert "Take it" in page
    assert "Accept and publish" not in page  # first it has to be taken
    assert issue.description in page
    assert "Иванова Анна" in page
    record = AccessRecord.objects.get()
    assert (record.user, record.place, record.subject) == (moderator, "moderation", issue.number)


def test_taken_edited_previewed_and_published(desk: Client, issue: Issue, topic: Topic) -> None:
    other = Topic.objects.create(
        category=topic.category,
        code="snow",
        name="Снег",
        kinds=["problem"],
        term_days=3,
        level="municipal",
        classifier_code=topic.classifier_code,
    )
    assert desk.post(url(issue, "claim")).status_code == 302
    assert "Accept and publish" in text(desk.get(url(issue)))
    fields = decision(issue, published_text="У дома яма, [скрыто].", topic=other.pk)
    preview = text(desk.post(url(issue, "accept"), fields | {"preview": "1"}))
    assert "What the public will see" in preview
    assert "У дома яма, [скрыто]." in preview
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    response = desk.post(url(issue, "accept"), fields, follow=True)
    assert f"Message {issue.number} is published." in text(response)
    issue.refresh_from_db()
    assert (issue.state, issue.topic) == (State.DISPATCHED, other)
    assert issue.published_text == "У дома яма, [скрыто]."
    assert issue.description == "У дома яма, машины объезжают её по тротуару."


def test_kind_and_point_are_corrected_and_the_author_reads_the_difference(
    desk: Client, issue: Issue, resident: User
) -> None:
    desk.post(url(issue, "claim"))
    for wrong in ("здесь", "55.5", "95.0, 37.5", "10.10000, 20.20000"):
        assert desk.post(url(issue, "accept"), decision(issue, point=wrong)).status_code == 400
    fields = decision(issue, kind="proposal", point="55.50100, 37.50000")
    assert "proposal" in text(desk.post(url(issue, "accept"), fields | {"preview": "1"}))
    assert desk.post(url(issue, "accept"), fields).status_code == 302
    issue.refresh_from_db()
    assert (issue.kind, issue.point.y) == ("proposal", 55.501)
    event = issue.events.get(action="accept")
    assert event.data["edited"] == ["kind", "point"]
    assert event.data["moved_metres"] == 111
    author = Client()
    author.force_login(resident)
    author.cookies["django_language"] = "en"
    page = text(author.get(f"/my/{issue.number}/"))
    assert "Kind: problem → proposal" in page
    assert "moved by 111 m" in page


def test_a_topic_that_is_not_for_the_kind_is_refused(
    desk: Client, issue: Issue, topic: Topic
) -> None:
    other = Topic.objects.create(
        category=topic.category,
        code="thanks-only",
        name="Спасибо",
        kinds=["thanks"],
        term_days=3,
        level="municipal",
        classifier_code=topic.classifier_code,
    )
    desk.post(url(issue, "claim"))
    page = desk.post(url(issue, "accept"), decision(issue, topic=other.pk))
    assert page.status_code == 400
    assert "not for messages of this kind" in text(page)
    done = desk.post(url(issue, "accept"), decision(issue, topic=other.pk, kind="thanks"))
    assert done.status_code == 302
    issue.refresh_from_db()
    assert (issue.kind, issue.topic, issue.state) == ("thanks", other, State.PUBLISHED)


def test_the_letter_is_read_before_the_rejection_is_sent(
    desk: Client, issue: Issue, reason: RejectionReason
) -> None:
    fields = {"seen": issue.event_count, "reason": reason.pk, "comment": "Где именно?"}
    page = text(desk.post(url(issue, "reject"), fields))
    assert "Напишите, что случилось." in page
    assert "59-ФЗ, ст. 7" in page
    issue.refresh_from_db()
    assert issue.state == State.SUBMITTED
    desk.post(url(issue, "reject"), fields | {"send": "1"})
    issue.refresh_from_db()
    assert issue.state == State.REJECTED
    event = issue.events.get(action="reject")
    assert event.data == {"reason": "unclear", "ground": "59-ФЗ, ст. 7"}
    assert event.words.note == "Напишите, что случилось.\n\nГде именно?"


def test_the_one_who_comes_too_late_reads_a_sentence(
    desk: Client, issue: Issue, make_user: Callable[..., User], reason: RejectionReason
) -> None:
    colleague = make_user(Role.MODERATOR, last_name="Смирнова", first_name="Вера")
    operations.claim(by=colleague, issue=issue)
    page = text(desk.post(url(issue, "accept"), decision(issue), follow=True))
    assert "Смирнова Вера is judging this message" in page
    operations.accept(by=colleague, issue=issue, seen=1, published_text=issue.description)
    page = text(
        desk.post(url(issue, "reject"), {"seen": 1, "reason": reason.pk, "send": "1"}, follow=True)
    )
    assert "This message is decided already" in page
    assert issue.events.filter(action__in=("accept", "reject")).count() == 1


def test_a_published_message_is_hidden_and_shown_again_with_a_public_reason(
    desk: Client, published: Issue
) -> None:
    page = text(desk.post(url(published, "hide"), {"reason": " "}, follow=True))
    assert "Say why" in page
    desk.post(url(published, "hide"), {"reason": "На фото лицо ребёнка"})
    published.refresh_from_db()
    assert published.is_hidden
    page = text(desk.post(url(published, "hide"), {"reason": "Ещё раз"}, follow=True))
    assert "Somebody else has done this already" in page
    desk.post(url(published, "unhide"), {"reason": "Лицо закрыто"})
    published.refresh_from_db()
    assert not published.is_hidden


def test_what_no_rule_could_place_is_placed_by_hand(
    desk: Client,
    issue: Issue,
    authority: Authority,
    topic: Topic,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ServiceArea.objects.all().delete()
    other = Topic.objects.create(
        category=topic.category,
        code="snow",
        name="Снег",
        kinds=["problem"],
        term_days=3,
        level="municipal",
        classifier_code=topic.classifier_code,
    )
    page = text(desk.post(url(issue, "accept"), decision(issue, topic=other.pk), follow=True))
    assert "waits for an authority by hand" in page
    with django_assert_num_queries(9):
        page = text(desk.get("/moderation/routing/"))
    assert issue.number in page
    assert "Choose who answers" in text(desk.get(url(issue)))
    page = text(desk.post(url(issue, "assign"), {"authority": authority.pk}, follow=True))
    assert f"Message {issue.number} is sent to" in page
    issue.refresh_from_db()
    assert (issue.state, issue.authority) == (State.DISPATCHED, authority)
    page = text(desk.post(url(issue, "assign"), {"authority": authority.pk}, follow=True))
    assert "with an authority already" in page


def test_markup_of_an_author_is_shown_as_words(
    desk: Client, message: issue_operations.Message, resident: User, authority: Authority
) -> None:
    hostile = replace(message, description="<script>alert(1)</script>", address="<b>дом</b>")
    issue = issue_operations.file_issue(by=By.author(resident), message=hostile)
    page = text(desk.get(url(issue)))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_thanks_are_published_received_and_closed(
    desk: Client, message: issue_operations.Message, resident: User, authority: Authority
) -> None:
    thanks = issue_operations.file_issue(
        by=By.author(resident), message=replace(message, kind="thanks")
    )
    desk.post(url(thanks, "accept"), decision(thanks))
    assert "Thanks need no answer" in text(desk.get(url(thanks)))
    page = text(desk.post(url(thanks, "acknowledge"), {"note": "Спасибо вам!"}, follow=True))
    assert "The thanks are received" in page
    thanks.refresh_from_db()
    assert thanks.state == State.CLOSED
