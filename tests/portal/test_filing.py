"""Filing: four steps that lose nothing, one message however often it is sent, nobody else's files."""

import io
import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock, schedule, tasks, uploads
from common.uploads import examine
from geo.models import Municipality, Place
from issues import operations
from issues.models import Attachment, Issue
from issues.operations.files import MAX_WAITING
from issues.operations.filing import MAX_ATTACHMENTS
from issues.policies import By

pytestmark = pytest.mark.django_db

WORDS = "У дома яма, машины объезжают её по тротуару."


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def place(municipality: Municipality) -> Place:
    return Place.objects.create(
        kind="house",
        name="1",
        label="Квадратный, улица Мира, 1",
        point=Point(37.5, 55.5, srid=4326),
        source_id="1",
    )


@pytest.fixture
def logged_in(client: Client, resident: User) -> Client:
    client.force_login(resident)
    return client


@pytest.fixture
def whole(topic: Topic) -> dict[str, Any]:
    """The last step's form."""
    return {
        "uid": str(uuid.uuid4()),
        "kind": "problem",
        "topic": topic.code,
        "address": "Квадратный, улица Мира, 1",
        "lon": "37.5",
        "lat": "55.5",
        "description": WORDS,
    }


def photo(name: str = "яма.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def waiting_file(owner: User) -> Attachment:
    return operations.keep_waiting_file(owner=owner, upload=examine(photo(), name="яма.jpg"))


def test_four_steps_without_a_script_lead_to_a_number(
    logged_in: Client, authority: Authority, topic: Topic, place: Place
) -> None:
    assert topic.name in logged_in.get("/new/").content.decode()

    chosen = {"kind": "problem", "topic": topic.code}
    page = logged_in.get("/new/place/", chosen, follow=True)
    assert page.status_code == 200
    start = {"kind": "problem", "topic": topic.code}
    found = logged_in.post("/new/place/", start | {"address": "квадратный мира 1", "find": "1"})
    assert place.label in found.content.decode()
    chosen = {"address": "квадратный мира 1", "searched": "квадратный мира 1", "place": place.label}
    assert logged_in.post("/new/place/", start | chosen).headers["Location"] == "/new/text/"

    page = logged_in.get("/new/text/")
    assert str(authority) in page.content.decode()
    answer = logged_in.post(
        "/new/text/", {"asks_words": "1", "description": WORDS, "photos": [photo()]}
    )
    assert answer.headers["Location"] == "/new/check/"
    page = logged_in.get("/new/check/")
    assert WORDS in page.content.decode()
    assert "яма.jpg" in page.content.decode()

    hidden = dict(page.context["hidden"])
    hidden["attachments"] = str(page.context["attachments"][0].uid)
    answer = logged_in.post("/new/", hidden)
    issue = Issue.objects.get()
    assert answer.headers["Location"] == f"/new/sent/{issue.number}/"
    assert (issue.address, issue.description, issue.authority) == (place.label, WORDS, authority)
    assert issue.attachments.get().name == "яма.jpg"
    assert issue.number in logged_in.get(answer.headers["Location"]).content.decode()
    assert "draft" not in logged_in.session


def test_what_was_typed_survives_the_log_in(
    client: Client, make_user: Callable[..., User], authority: Authority, whole: dict[str, Any]
) -> None:
    make_user(email="anna@example.org", password="long-enough-word")
    answer = client.post("/new/", whole)
    assert answer.headers["Location"] == "/accounts/login/?next=/new/check/"
    client.logout = None  # type: ignore[assignment]  # the same browser goes on
    assert not Issue.objects.exists()
    client.force_login(User.objects.get())
    page = client.get("/new/check/")
    assert WORDS in page.content.decode()
    client.post("/new/", dict(page.context["hidden"]))
    assert Issue.objects.get().uid == uuid.UUID(whole["uid"])


def test_an_expired_session_loses_nothing(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    logged_in.session.flush()
    logged_in.cookies.clear()
    answer = logged_in.post("/new/", whole)
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert WORDS in logged_in.get("/new/check/").content.decode()


def test_a_refused_file_is_named_and_the_rest_is_kept(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    video = SimpleUploadedFile("ролик.jpg", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
    step = whole | {"asks_words": "1", "is_anonymous": "on", "photos": [photo(), video]}
    page = logged_in.post("/new/text/", step)
    text = page.content.decode()
    assert page.status_code == 400
    assert 'role="alert"' in text
    assert "ролик.jpg: видео пока не принимаются" in text
    assert WORDS in text
    assert [file.name for file in page.context["attachments"]] == ["яма.jpg"]
    assert page.context["form"]["is_anonymous"].value()

    uid = str(page.context["attachments"][0].uid)
    part = logged_in.post("/new/files/?fragment", {"attachments": [uid], "remove": [uid]})
    assert "яма.jpg" not in part.content.decode()
    assert not Attachment.objects.exists()


def test_files_beyond_ten_are_refused_unread(
    logged_in: Client, authority: Authority, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def refuse(_file: object, *, name: str) -> uploads.Upload:
        read.append(name)
        raise uploads.UploadRefusedError(name, uploads.Refusal.DAMAGED)

    monkeypatch.setattr(uploads, "examine", refuse)
    sent = [photo(f"{number}.jpg") for number in range(14)]
    page = logged_in.post("/new/text/", whole | {"photos": sent})
    assert read == [f"{number}.jpg" for number in range(10)]
    assert "13.jpg: к сообщению можно приложить не больше десяти" in page.content.decode()


def test_nothing_is_read_for_somebody_whose_files_wait_already(
    logged_in: Client, resident: User, authority: Authority, whole: dict[str, Any]
) -> None:
    Attachment.objects.bulk_create(
        Attachment(owner=resident, name="a", size=1, uploaded_at=clock.now())
        for _each in range(MAX_WAITING - 1)
    )
    video = SimpleUploadedFile("ролик.jpg", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
    page = logged_in.post("/new/text/", whole | {"photos": [photo(), video]})
    assert [file.name for file in page.context["attachments"]] == ["яма.jpg"]
    assert "ролик.jpg: слишком много ваших файлов" in page.content.decode()


def test_a_strangers_file_can_not_be_taken_or_seen_or_removed(
    logged_in: Client, make_user: Callable[..., User], authority: Authority, whole: dict[str, Any]
) -> None:
    theirs = waiting_file(make_user())
    page = logged_in.post("/new/", whole | {"attachments": [str(theirs.uid)]})
    assert page.status_code == 400
    assert not Issue.objects.exists()
    assert logged_in.get(f"/media/{theirs.uid}/").status_code == 404
    logged_in.post(
        "/new/files/", whole | {"attachments": [str(theirs.uid)], "remove": [str(theirs.uid)]}
    )
    assert Attachment.objects.filter(pk=theirs.pk, issue=None).exists()
    answer = as_json(logged_in, whole | {"attachments": [str(theirs.uid)]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "attachments"


def test_outside_the_region_is_said_kindly(logged_in: Client, whole: dict[str, Any]) -> None:
    page = logged_in.post("/new/place/", whole | {"lon": "10", "lat": "10"})
    assert page.status_code == 400
    assert "за пределами нашего региона" in page.content.decode()


def test_a_new_address_leaves_the_old_point_behind(
    logged_in: Client, authority: Authority, place: Place, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/place/", whole | {"lon": "37.2"})
    closer = whole | {"lon": "37.2", "address": whole["address"] + ", второй подъезд"}
    assert logged_in.post("/new/place/", closer).status_code == 302
    other = closer | {"address": "квадратный мира 1"}
    page = logged_in.post("/new/place/", other)
    assert page.context["places"]
    assert page.context["form"].errors
    assert page.context["draft"].lon == ""


def test_without_a_rule_it_can_be_filed(
    logged_in: Client, municipality: Municipality, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/place/", whole)
    assert "сотрудники найдут" in logged_in.get("/new/text/").content.decode()
    logged_in.post("/new/", whole)
    assert Issue.objects.get().authority is None


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
    page = logged_in.post("/new/text/", whole | {"asks_words": "1", "q_depth": "500"})
    assert set(page.context["form"].errors) == {"q_size", "q_depth"}
    assert "звоните 112" in page.content.decode()
    right = {"q_size": "large", "q_depth": "20", "q_seen_on": "2026-03-01", "q_blocked": "on"}
    logged_in.post("/new/", whole | {"asks_words": "1"} | right)
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


def test_a_rejected_message_is_corrected_and_sent_again(
    logged_in: Client, moderator: User, issue: Issue
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Уберите номер квартиры.", code="personal"
    )
    assert "Уберите номер квартиры." in logged_in.get(f"/my/{issue.number}/").content.decode()
    answer = logged_in.post(f"/my/{issue.number}/correct/")
    page = logged_in.get(answer.headers["Location"])
    form = dict(page.context["hidden"]) | {"asks_words": "1", "description": "Яма у самого дома."}
    logged_in.post("/new/text/", form)
    last = dict(logged_in.get("/new/check/").context["hidden"])
    for _press in range(2):
        answer = logged_in.post("/new/", last)
        assert answer.headers["Location"] == f"/new/sent/{issue.number}/"
    issue.refresh_from_db()
    assert issue.event_count == 3
    assert (issue.state, issue.description) == ("submitted", "Яма у самого дома.")
    assert Issue.objects.count() == 1


def test_a_strangers_message_can_not_be_corrected_through_a_forged_number(
    client: Client, make_user: Callable[..., User], issue: Issue, whole: dict[str, Any]
) -> None:
    client.force_login(make_user())
    assert client.post("/new/", whole | {"number": issue.number}).status_code == 404
    issue.refresh_from_db()
    assert issue.event_count == 1


def test_messages_of_two_tabs_stay_two(
    logged_in: Client, resident: User, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    start = {"kind": "problem", "topic": topic.code}
    tabs = []
    for words in ("В первой вкладке: у дома яма.", "Во второй вкладке: у школы темно."):
        page = logged_in.get("/new/place/", start, follow=True)
        logged_in.post("/new/place/", dict(page.context["hidden"]) | whole_place(whole))
        page = logged_in.get("/new/text/")
        typed = dict(page.context["hidden"]) | {"asks_words": "1", "description": words}
        logged_in.post("/new/text/", typed)
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


def test_changing_the_topic_keeps_what_was_typed_and_choosing_one_begins_anew(
    logged_in: Client, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/text/", whole | {"asks_words": "1"})
    page = logged_in.get("/new/", {"kind": "problem", "change": whole["uid"]})
    assert f"change={whole['uid']}" in page.content.decode()
    start = {"kind": "problem", "topic": topic.code}
    page = logged_in.get("/new/place/", start | {"change": whole["uid"]}, follow=True)
    assert (page.context["draft"].uid, page.context["draft"].description) == (whole["uid"], WORDS)
    page = logged_in.get("/new/place/", start, follow=True)
    assert page.context["draft"].uid != whole["uid"]
    assert page.context["draft"].description == ""


def test_a_correction_in_another_tab_is_not_overwritten_by_a_new_message(
    logged_in: Client, moderator: User, issue: Issue, whole: dict[str, Any]
) -> None:
    operations.reject_issue(
        by=By.moderator(moderator), issue=issue, reason="Уберите номер квартиры.", code="personal"
    )
    logged_in.post(f"/my/{issue.number}/correct/")
    logged_in.post("/new/", whole)
    issue.refresh_from_db()
    assert issue.state == "rejected"
    assert Issue.objects.count() == 2


def test_a_text_that_is_too_long_is_refused_by_name_and_kept(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    long = "яма " * 5000
    page = logged_in.post("/new/", whole | {"description": long}, follow=True)
    assert page.redirect_chain == [("/new/text/", 302)]
    assert set(page.context["form"].errors) == {"description"}
    assert long.strip() in page.content.decode()
    assert logged_in.get("/new/check/").headers["Location"] == "/new/text/"
    assert not Issue.objects.exists()


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
    assert "Глубина, см" in logged_in.get("/new/text/").content.decode()
    logged_in.post("/new/place/", whole | {"kind": "thanks"})
    text = logged_in.get("/new/text/").content.decode()
    assert "Глубина, см" not in text
    assert "За что и кого благодарите" in text
    logged_in.post("/new/", whole | {"kind": "thanks"})
    assert Issue.objects.get().kind == "thanks"


def whole_place(whole: dict[str, Any]) -> dict[str, Any]:
    return {name: whole[name] for name in ("address", "lon", "lat")}


# --- JSON -------------------------------------------------------------------------------------------
def as_json(client: Client, data: Any, **extra: Any) -> Any:
    body = data if isinstance(data, str) else json.dumps(data)
    return client.post("/new/", body, content_type="application/json", **extra)


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


# --- What anybody may send --------------------------------------------------------------------------
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
            | {"is_anonymous": "n" * 100_000, "number": "1" * 100_000},
        )
    draft = client.session["draft"]
    assert draft["attachments"] == uids[:MAX_ATTACHMENTS]
    assert len(draft["details"]) == 20
    assert max(map(len, draft["details"])) == 64
    assert len(json.dumps(draft, ensure_ascii=False)) < 50_000


def test_sessions_that_have_run_out_are_deleted(client: Client) -> None:
    for key, days in (("a" * 32, -1), ("b" * 32, 1)):
        expires = clock.now() + timedelta(days=days)
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    tasks.clear_sessions.fn()
    assert [session.session_key for session in Session.objects.all()] == ["b" * 32]
    assert "clearing of sessions" in {job.name for job in schedule.jobs()}


def test_a_nul_breaks_nothing(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    asked = {"kind": "problem", "topic": "\0"}
    assert logged_in.get("/new/place/", asked).status_code == 302
    responsible = asked | {"lon": "37.5", "lat": "55.5\0"}
    assert logged_in.get("/new/responsible/", responsible).status_code == 200
    for path, name in [("/new/", "q"), ("/new/places.json", "q"), ("/new/address.json", "lon")]:
        assert logged_in.get(path, {name: "яма\0 мира"}).status_code == 200
    assert as_json(logged_in, whole | {"topic": "\0"}).status_code == 400

    spoilt = {name: f"{value}\0" for name, value in whole.items()}
    logged_in.post("/new/place/", spoilt | {"searched": "\0", "place": "\0"})
    logged_in.post("/new/text/", spoilt | {"asks_words": "1", "q_\0": "\0", "remove": "\0"})
    assert logged_in.get("/new/check/").status_code == 200
    assert logged_in.post("/new/", spoilt).status_code == 302
    assert Issue.objects.get().description == WORDS


# --- At the same time -------------------------------------------------------------------------------
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
            together.wait(10)
            answers.append(as_json(client, whole | {"attachments": [str(file.uid)]}))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
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
            together.wait(10)
            return int(as_json(client, whole | {"uid": str(uuid.uuid4())}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [201, 201, 429, 429, 429, 429]
    assert Issue.objects.count() == 10


# --- What waits too long ----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_files_whose_message_never_came_are_forgotten(resident: User, tmp_path: Path) -> None:
    late, fresh = waiting_file(resident), waiting_file(resident)
    Attachment.objects.filter(pk=late.pk).update(
        uploaded_at=clock.now() - operations.WAITING_TIME - timedelta(minutes=1)
    )
    assert operations.forget_waiting_files() == 1
    assert list(Attachment.objects.all()) == [fresh]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3


def test_stray_files_of_a_dead_process_are_deleted(resident: User, tmp_path: Path) -> None:
    known = waiting_file(resident)
    today = clock.region_date(clock.now())
    with pytest.raises(ValueError, match="on their way"):
        operations.delete_stray_files(day=today)
    long_ago = today - timedelta(days=2)
    folder = tmp_path / f"attachments/{long_ago:%Y/%m/%d}"
    folder.mkdir(parents=True)
    (folder / "stray.jpg").write_bytes(b"x")
    (folder / "kept.jpg").write_bytes(b"x")
    Attachment.objects.filter(pk=known.pk).update(file=f"attachments/{long_ago:%Y/%m/%d}/kept.jpg")
    assert operations.delete_stray_files(day=long_ago) == 1
    assert [path.name for path in folder.iterdir()] == ["kept.jpg"]
    assert operations.delete_stray_files(day=long_ago - timedelta(days=1)) == 0


# --- In the other language --------------------------------------------------------------------------
def test_the_steps_speak_english_too(
    logged_in: Client, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    english = {"accept-language": "en"}
    topic.notice, topic.notice_en = "Сначала позвоните 112.", "Call 112 first."
    topic.save()
    logged_in.post("/new/place/", whole, headers=english)
    logged_in.post("/new/text/", whole | {"asks_words": "1"}, headers=english)
    for path, words in [
        ("/new/", "What is it about?"),
        ("/new/place/", "Call 112 first."),
        ("/new/text/", "The term is 8 working days"),
        ("/new/check/", "Your name is shown in public."),
    ]:
        assert words in logged_in.get(path, headers=english).content.decode()
