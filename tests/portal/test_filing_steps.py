"""The steps of filing: words, topic, place, like messages, check; they lose nothing and need no script."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock, schedule, tasks
from geo.models import Municipality, Place
from issues.models import Issue, Support
from tests.portal.filing import WORDS, as_json, photo

pytestmark = pytest.mark.django_db


def test_four_steps_without_a_script_lead_to_a_number(
    logged_in: Client, authority: Authority, topic: Topic, place: Place
) -> None:
    page = logged_in.get("/new/")
    start = dict(page.context["hidden"])
    answer = logged_in.post(
        "/new/text/", start | {"kind": "problem", "description": WORDS, "photos": [photo()]}
    )
    assert answer.headers["Location"] == "/new/topic/"
    page = logged_in.get("/new/topic/")
    assert topic in [one.topic for one in page.context["suggested"]]
    answer = logged_in.post("/new/topic/", dict(page.context["hidden"]) | {"topic": topic.code})
    assert answer.headers["Location"] == "/new/place/"

    hidden = dict(logged_in.get("/new/place/").context["hidden"])
    found = logged_in.post("/new/place/", hidden | {"address": "квадратный мира 1", "find": "1"})
    assert place.label in found.content.decode()
    chosen = {"address": "квадратный мира 1", "searched": "квадратный мира 1", "place": place.label}
    answer = logged_in.post("/new/place/", hidden | chosen)
    assert answer.headers["Location"] == "/new/check/"

    page = logged_in.get("/new/check/")
    text = page.content.decode()
    assert str(authority) in text
    assert WORDS in text
    assert "яма.jpg" in text
    hidden = dict(page.context["hidden"]) | {"asks_details": "1", "is_anonymous": "on"}
    hidden["attachments"] = str(page.context["attachments"][0].uid)
    answer = logged_in.post("/new/", hidden)
    issue = Issue.objects.get()
    assert answer.headers["Location"] == f"/new/sent/{issue.number}/"
    assert (issue.address, issue.description, issue.authority) == (place.label, WORDS, authority)
    assert issue.is_anonymous
    assert issue.attachments.get().name == "яма.jpg"
    assert issue.number in logged_in.get(answer.headers["Location"]).content.decode()
    assert "draft" not in logged_in.session


def test_what_was_typed_survives_the_log_in(
    client: Client, make_user: Callable[..., User], authority: Authority, whole: dict[str, Any]
) -> None:
    person = make_user(email="anna@example.org", password="long-enough-word")
    answer = client.post("/new/", whole)
    assert answer.headers["Location"] == "/accounts/login/?next=/new/check/"
    assert not Issue.objects.exists()
    client.force_login(person)
    page = client.get("/new/check/")
    assert WORDS in page.content.decode()
    client.post("/new/", dict(page.context["hidden"]))
    assert Issue.objects.get().uid == uuid.UUID(whole["uid"])


def test_whoever_wants_to_add_a_photo_logs_in_first_and_goes_on(
    client: Client, authority: Authority
) -> None:
    typed = {"kind": "problem", "description": WORDS, "log_in": "1"}
    answer = client.post("/new/text/", typed)
    assert answer.headers["Location"] == "/accounts/login/?next=/new/text/"
    assert WORDS in client.get("/new/text/").content.decode()


def test_an_expired_session_loses_nothing(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    logged_in.session.flush()
    logged_in.cookies.clear()
    answer = logged_in.post("/new/", whole)
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert WORDS in logged_in.get("/new/check/").content.decode()


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


def test_a_whole_address_that_is_known_leaves_nothing_to_ask(
    logged_in: Client, authority: Authority, place: Place, whole: dict[str, Any]
) -> None:
    typed = whole | {"lon": "", "lat": "", "address": "квадратный улица  мира, 1"}
    assert logged_in.post("/new/place/", typed).status_code == 302
    draft = logged_in.get("/new/place/").context["draft"]
    assert (draft.lon, draft.lat) == ("37.5", "55.5")
    # A street, or half of an address, is asked about.
    half = logged_in.post("/new/place/", typed | {"address": "улица мира 1"})
    assert half.context["places"]


def test_without_a_rule_it_can_be_filed(
    logged_in: Client, municipality: Municipality, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/place/", whole)
    assert "сотрудники найдут" in logged_in.get("/new/check/").content.decode()
    logged_in.post("/new/", whole)
    assert Issue.objects.get().authority is None


def test_a_change_leads_back_to_the_check_and_keeps_the_rest(
    logged_in: Client, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/place/", whole)
    page = logged_in.get("/new/text/")
    changed = dict(page.context["hidden"]) | {"kind": "problem", "description": "Яма стала шире."}
    assert logged_in.post("/new/text/", changed).headers["Location"] == "/new/check/"
    assert "Яма стала шире." in logged_in.get("/new/check/").content.decode()
    # A topic that takes no proposals is asked for anew.
    topic.kinds = ["problem"]
    topic.save()
    proposed = changed | {"kind": "proposal"}
    assert logged_in.post("/new/text/", proposed).headers["Location"] == "/new/topic/"


def test_beginning_another_message_leaves_the_first_where_it_is(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    logged_in.post("/new/place/", whole)
    page = logged_in.get("/new/", {"q": "фонарь у школы не горит"})
    assert page.context["before"].uid == whole["uid"]
    assert page.context["draft"].uid != whole["uid"]
    assert "фонарь у школы не горит" in page.content.decode()
    other = {"kind": "problem", "description": "Фонарь у школы не горит неделю."}
    logged_in.post("/new/text/", dict(page.context["hidden"]) | other)
    assert "Фонарь у школы" in logged_in.get("/new/text/").content.decode()


def test_a_text_that_is_too_long_is_refused_by_name_and_kept(
    logged_in: Client, authority: Authority, whole: dict[str, Any]
) -> None:
    long = "яма " * 5000
    answer = logged_in.post("/new/", whole | {"description": long})
    assert answer.headers["Location"] == "/new/text/"
    page = logged_in.post("/new/text/", whole | {"description": long})
    assert set(page.context["form"].errors) == {"description"}
    assert long.strip() in page.content.decode()
    assert logged_in.get("/new/check/").headers["Location"] == "/new/text/"
    assert not Issue.objects.exists()


# --- Like messages near by ----------------------------------------------------------------------------
def test_a_like_message_near_by_is_supported_with_one_press(
    client: Client,
    make_user: Callable[..., User],
    publish: Callable[..., Issue],
    whole: dict[str, Any],
) -> None:
    theirs = publish(lon=37.5005)
    neighbour = make_user()
    client.force_login(neighbour)
    assert client.post("/new/place/", whole).headers["Location"] == "/new/similar/"
    page = client.get("/new/similar/")
    text = page.content.decode()
    assert theirs.number in text
    assert "в 31 метре от вас" in text
    assert "та же тема" in text
    answer = client.post("/new/similar/", dict(page.context["hidden"]) | {"support": theirs.number})
    assert answer.headers["Location"] == f"/issues/{theirs.number}/"
    theirs.refresh_from_db()
    assert theirs.support_count == 1
    assert Support.objects.get().user == neighbour
    assert not neighbour.filing_drafts.exists()
    assert Issue.objects.count() == 1


def test_mine_is_another_one_is_remembered(
    client: Client,
    make_user: Callable[..., User],
    publish: Callable[..., Issue],
    whole: dict[str, Any],
) -> None:
    theirs = publish(lon=37.5005)
    client.force_login(make_user())
    client.post("/new/place/", whole)
    assert client.get("/new/check/").headers["Location"] == "/new/similar/"
    hidden = dict(client.get("/new/similar/").context["hidden"])
    answer = client.post("/new/similar/", hidden | {"seen": [theirs.number]})
    assert answer.headers["Location"] == "/new/check/"
    assert client.post("/new/place/", whole).headers["Location"] == "/new/check/"
    # One that was filed meanwhile is asked about again.
    publish(lon=37.5004)
    assert client.get("/new/check/").headers["Location"] == "/new/similar/"


def test_to_support_one_logs_in_and_is_back_at_the_question(
    client: Client, publish: Callable[..., Issue], whole: dict[str, Any]
) -> None:
    theirs = publish(lon=37.5005)
    client.post("/new/place/", whole)
    answer = client.post("/new/similar/", whole | {"support": theirs.number})
    assert answer.headers["Location"] == "/accounts/login/?next=/new/similar/"
    assert client.session["continue_at"] == "/new/similar/"


def test_ones_own_message_is_named_and_can_not_be_supported(
    client: Client, resident: User, publish: Callable[..., Issue], whole: dict[str, Any]
) -> None:
    mine = publish(lon=37.5005)
    client.force_login(resident)
    client.post("/new/place/", whole)
    assert "Это ваше сообщение" in client.get("/new/similar/").content.decode()
    answer = client.post("/new/similar/", whole | {"support": mine.number}, follow=True)
    assert "поддержать уже нельзя" in answer.content.decode()


# --- What anybody may send ----------------------------------------------------------------------------
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
    assert logged_in.get("/new/", asked).status_code == 200
    responsible = asked | {"lon": "37.5", "lat": "55.5\0"}
    assert logged_in.get("/new/responsible/", responsible).status_code == 200
    for path, name in [
        ("/new/", "q"),
        ("/new/topics/", "q"),
        ("/new/places.json", "q"),
        ("/new/address.json", "lon"),
    ]:
        assert logged_in.get(path, {name: "яма\0 мира"}).status_code == 200
    assert as_json(logged_in, whole | {"topic": "\0"}).status_code == 400

    spoilt = {name: f"{value}\0" for name, value in whole.items()}
    logged_in.post("/new/text/", spoilt | {"remove": "\0"})
    logged_in.post("/new/topic/", spoilt | {"q": "\0"})
    logged_in.post("/new/place/", spoilt | {"searched": "\0", "place": "\0"})
    logged_in.post("/new/similar/", spoilt | {"seen": "\0"})
    assert logged_in.post("/new/save/", spoilt | {"q_\0": "\0"}).status_code == 204
    assert logged_in.get("/new/check/").status_code == 200
    assert logged_in.post("/new/", spoilt).status_code == 302
    assert Issue.objects.get().description == WORDS


# --- In the other language ----------------------------------------------------------------------------
def test_the_steps_speak_english_too(
    logged_in: Client, authority: Authority, topic: Topic, whole: dict[str, Any]
) -> None:
    english = {"accept-language": "en"}
    topic.notice, topic.notice_en = "Сначала позвоните 112.", "Call 112 first."
    topic.save()
    logged_in.post("/new/place/", whole, headers=english)
    for path, words in [
        ("/new/", "What has happened?"),
        ("/new/topic/", "What is it about?"),
        ("/new/place/", "Call 112 first."),
        ("/new/check/", "The term is 8 working days"),
    ]:
        assert words in logged_in.get(path, headers=english).content.decode()
