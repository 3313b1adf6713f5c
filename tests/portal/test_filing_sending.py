"""The whole message is sent, by the form or as JSON: checked, and filed once."""

import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from authorities.models import Authority, Topic
from issues import operations
from issues.models import Issue
from issues.operations.filing import MAX_ATTACHMENTS
from issues.policies import By
from tests.portal.filing import WORDS, as_json, waiting_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_the_topics_questions_are_asked_and_checked(
    logged_in: Client, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    topic.questions = [
        {
            "code": "size",
            "type": "choice",
            "required": True,
            "label": "Какого размера?",
            "choices": [
                {"code": "small", "name": "Маленькая"},
                {"code": "large", "name": "Большая"},
            ],
        },
        {
            "code": "depth",
            "type": "number",
            "required": False,
            "min": 1,
            "max": 200,
            "label": "Глубина, см",
        },
        {"code": "seen_on", "type": "date", "required": False, "label": "Когда заметили?"},
        {"code": "blocked", "type": "boolean", "required": False, "label": "Проехать нельзя?"},
    ]
    topic.notice = "Если провал опасен, звоните 112."
    topic.save()
    page = logged_in.post("/new/", whole | {"asks_details": "1", "q_depth": "500"})
    assert set(page.context["form"].errors) == {"q_size", "q_depth"}
    assert "звоните 112" in page.content.decode()
    right = {"q_size": "large", "q_depth": "20", "q_seen_on": "2026-03-01", "q_blocked": "on"}
    logged_in.post("/new/", whole | {"asks_details": "1"} | right)
    assert Issue.objects.get().details == {
        "size": "large",
        "depth": 20,
        "seen_on": "2026-03-01",
        "blocked": True,
    }


def test_the_name_is_asked_once_and_kept(
    client: Client, make_user: Callable[..., User], authority: Authority, whole: dict[str, Any]
) -> None:
    nameless = make_user(last_name="", first_name="")
    client.force_login(nameless)
    page = client.post("/new/", whole)
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"last_name", "first_name"}
    client.post("/new/", whole | {"last_name": "Кузнецова", "first_name": "Вера"})
    nameless.refresh_from_db()
    assert nameless.full_name == "Кузнецова Вера"
    assert Issue.objects.count() == 1


def test_too_many_messages_an_hour_are_told_and_nothing_is_lost(
    logged_in: Client,
    resident: User,
    authority: Authority,
    message: operations.Message,
    whole: dict[str, Any],
) -> None:
    for _each in range(10):
        last = operations.file_issue(by=By.author(resident), message=message, uid=uuid.uuid4())
    page = logged_in.post("/new/", whole)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "3600")
    assert WORDS in page.content.decode()
    assert WORDS in logged_in.get("/new/check/").content.decode()
    # What was filed already is not refused for coming again.
    assert as_json(logged_in, whole | {"uid": str(last.uid)}).status_code == 201
    assert as_json(logged_in, whole).status_code == 429
    assert Issue.objects.count() == 10


def test_messages_of_two_tabs_stay_two(
    logged_in: Client, resident: User, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    tabs = []
    place = {name: whole[name] for name in ("topic", "address", "lon", "lat")}
    for words in ("В первой вкладке: у дома яма.", "Во второй вкладке: у школы темно."):
        page = logged_in.get("/new/")
        typed = dict(page.context["hidden"]) | {"kind": "problem", "description": words}
        logged_in.post("/new/text/", typed)
        logged_in.post("/new/place/", typed | place)
        tabs.append(dict(logged_in.get("/new/check/").context["hidden"]) | {"asks_files": "1"})
    file = waiting_file(resident)
    logged_in.post("/new/files/?fragment", tabs[1] | {"attachments": [str(file.uid)]})

    for tab, files in zip(tabs, ([], [str(file.uid)]), strict=True):
        for _press in range(2):
            assert logged_in.post("/new/", tab | {"attachments": files}).status_code == 302
    first, second = Issue.objects.order_by("serial")
    assert first.description.startswith("В первой")
    assert second.description.startswith("Во второй")
    assert not first.attachments.exists()
    assert second.attachments.get() == file


def test_another_message_under_a_used_uid_is_filed_too_and_once(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    other = whole | {"description": "Совсем о другом: у школы не горит фонарь."}
    pages = [
        logged_in.post("/new/", one).headers["Location"] for one in (whole, other, other, whole)
    ]
    assert pages[0] == pages[3] != pages[1] == pages[2]
    assert Issue.objects.count() == 2


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "😀", "Вера7", "-", "a_b"])
def test_what_is_no_name_is_refused(
    client: Client,
    make_user: Callable[..., User],
    authority: Authority,
    whole: dict[str, Any],
    name: str,
) -> None:
    client.force_login(make_user(last_name="", first_name=""))
    page = client.post("/new/", whole | {"last_name": name, "first_name": "Анна-Мария О’Нил"})
    assert set(page.context["form"].errors) == {"last_name"}
    assert not Issue.objects.exists()


def test_thanks_are_asked_for_thanks_alone(
    logged_in: Client, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    topic.kinds = ["problem", "thanks"]
    topic.questions = [
        {"code": "depth", "type": "number", "required": True, "label": "Глубина, см"}
    ]
    topic.save()
    logged_in.post("/new/place/", whole)
    assert "Глубина, см" in logged_in.get("/new/check/").content.decode()
    logged_in.post("/new/place/", whole | {"kind": "thanks"})
    assert "Глубина, см" not in logged_in.get("/new/check/").content.decode()
    logged_in.post("/new/", whole | {"kind": "thanks"})
    assert Issue.objects.get().kind == "thanks"


def test_nobody_fills_the_sessions(
    client: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    uids = [str(uuid.uuid4()) for _each in range(30)]
    for number in range(3):
        flood = {f"q_{number}_{n}_{'x' * 500}": "y" * 20_000 for n in range(30)}
        client.post(
            "/new/text/",
            whole
            | flood
            | {"attachments": ["z" * 100_000, *uids], "description": "я" * 100_000}
            | {"is_anonymous": "n" * 100_000, "number": "1" * 100_000, "others": "2" * 100_000},
        )
    draft = client.session["draft"]
    assert draft["attachments"] == uids[:MAX_ATTACHMENTS]
    assert len(draft["details"]) == 20
    assert max(map(len, draft["details"])) == 64
    assert len(json.dumps(draft, ensure_ascii=False)) < 50_000


def test_a_message_as_json_is_filed_with_few_queries(
    logged_in: Client,
    authority: Authority,
    whole: dict[str, Any],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    as_json(logged_in, whole | {"uid": str(uuid.uuid4())})  # fills the caches of session and rules
    body = whole | {"lon": 37.5, "lat": 55.5, "is_anonymous": True, "details": {}}
    # The session, the person, the topic, thrice the stamp of the ground; the transaction: its begin and
    # end, the author's lock, the last hour, the number, the issue, its event, the words, the deliveries.
    with django_assert_max_num_queries(15):
        answer = as_json(logged_in, body)
    issue = Issue.objects.get(uid=whole["uid"])
    assert answer.status_code == 201
    assert answer.json() == {"number": issue.number, "url": f"/my/{issue.number}/"}
    assert issue.is_anonymous
    assert as_json(logged_in, body).json() == answer.json()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"topic": "no-such"}, "topic", "topic"),
        ({"kind": "curse"}, "kind", "invalid_choice"),
        ({"description": ""}, "description", "required"),
        ({"lon": None}, "address", "point"),
        ({"lon": "nan"}, "lon", "invalid"),
        ({"lon": 10, "lat": 10}, "address", "outside_region"),
        ({"attachments": ["x"]}, "attachments", "file"),
        ({"uid": "x"}, "uid", "invalid"),
        ({"description": "a\u0000" * 10}, "description", "null_characters_not_allowed"),
    ],
)
def test_json_errors_name_field_and_code(
    logged_in: Client,
    authority: Authority,
    whole: dict[str, Any],
    change: dict[str, Any],
    field: str,
    code: str,
) -> None:
    answer = as_json(logged_in, whole | change)
    assert answer.status_code == 400
    assert (field, code) in {(e["field"], e["code"]) for e in answer.json()["errors"]}
    assert not Issue.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"uid": 5},
        {"details": {"seen_on": 5, "size": 1.5, "depth": True}},
        {"description": "\ud800 half a pair of surrogates"},
        {"address": {"street": "Мира"}},
        {"attachments": [{}]},
        {"lon": [37.5]},
        {"topic": ["pothole"]},
        {"kind": None},
    ],
)
def test_values_of_a_wrong_type_are_refused(
    logged_in: Client,
    authority: Authority,
    topic: Topic,
    whole: dict[str, Any],
    change: dict[str, Any],
) -> None:
    topic.questions = [
        {"code": "seen_on", "type": "date", "required": False, "label": "Когда?"},
        {"code": "size", "type": "number", "required": False, "label": "Размер"},
        {"code": "depth", "type": "number", "required": False, "label": "Глубина"},
    ]
    topic.save()
    answer = as_json(logged_in, whole | change)
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert not Issue.objects.exists()


@pytest.mark.parametrize("body", ["[]", "{", '{"details": 5}', "[" * 100_000])
def test_what_is_not_a_message_is_refused(logged_in: Client, topic: Topic, body: str) -> None:
    assert as_json(logged_in, body).status_code == 400


def test_json_needs_a_log_in_and_the_csrf_token(
    client: Client, resident: User, authority: Authority, whole: dict[str, Any]
) -> None:
    assert as_json(client, whole).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(resident)
    assert as_json(strict, whole).status_code == 403
    strict.get("/new/")
    token = strict.cookies["csrftoken"].value
    assert as_json(strict, whole, headers={"X-CSRFToken": token}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_message_sent_twice_at_once_is_one_message(
    resident: User, authority: Authority, whole: dict[str, Any]
) -> None:
    """Two threads with one session, as a double press makes them."""
    first = Client()
    first.force_login(resident)
    file = waiting_file(resident)
    together = threading.Barrier(2)
    answers: list[Any] = []

    def send() -> None:
        try:
            client = Client()
            client.cookies = first.cookies
            together.wait(90)
            answers.append(as_json(client, whole | {"attachments": [str(file.uid)]}))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Issue.objects.get().attachments.get() == file


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_an_hour_holds_for_messages_sent_at_once(
    resident: User, authority: Authority, message: operations.Message, whole: dict[str, Any]
) -> None:
    for _each in range(8):
        operations.file_issue(by=By.author(resident), message=message)
    first = Client()
    first.force_login(resident)
    together = threading.Barrier(6)

    def send(_number: int) -> int:
        try:
            client = Client()
            client.cookies = first.cookies
            together.wait(90)
            return int(as_json(client, whole | {"uid": str(uuid.uuid4())}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [201, 201, 429, 429, 429, 429]
    assert Issue.objects.count() == 10


def test_answers_are_checked_where_it_is_filed_whatever_the_channel(
    resident: User, authority: Authority, topic: Topic, message: operations.Message
) -> None:
    topic.questions = [
        {"code": "depth", "type": "number", "required": True, "max": 200, "label": "Глубина, см"}
    ]
    topic.save()
    for details in ({}, {"depth": 500}, {"depth": 5, "width": 5}):
        with pytest.raises(ValidationError):
            operations.file_issue(
                by=By.author(resident), message=replace(message, details=details), channel="mobile"
            )
    right = replace(message, details={"depth": "20"})
    assert operations.file_issue(by=By.author(resident), message=right).details == {"depth": 20}
