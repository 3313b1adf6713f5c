"""What residents follow: from the page of a message, from a list, by a form; told as they choose."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock
from geo.models import Municipality, Place
from issues import digests, operations
from issues.models import Issue, IssueEvent, Subscription
from issues.operations import Followed, follow_issue, follow_list
from issues.operations.subscribing import MOST_SUBSCRIPTIONS
from issues.policies import By
from notifications.models import Device, Push
from notifications.operations import send_due
from portal.my.following_forms import circle, polygon
from tests.notifications.test_pushes import KEY
from tests.ports import free_port

pytestmark = pytest.mark.django_db

Publish = Callable[..., Issue]
NEW = "/my/subscriptions/new/"


@pytest.fixture
def reader(make_user: Callable[..., User]) -> User:
    return make_user(first_name="Вера")


@pytest.fixture
def page(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def village(municipality: Municipality) -> Place:
    return Place.objects.create(
        kind="settlement",
        name="Дубрава",
        label="деревня Дубрава, Квадратный округ",
        point=Point(37.4, 55.4, srid=4326),
        source_id="village",
    )


def test_a_message_is_followed_from_its_page(page: Client, reader: User, publish: Publish) -> None:
    issue = publish()
    path = f"/issues/{issue.number}/follow/"
    assert "Вы следите" in page.post(path, follow=True).content.decode()
    page.post(path)
    [one] = reader.subscriptions.all()
    assert (one.issue, one.letters) == (issue, "daily")
    page.post(path, {"end": "1"})
    assert not reader.subscriptions.exists()
    assert page.get(path).headers["Location"] == f"/issues/{issue.number}/"


def test_a_stranger_comes_back_to_the_message(client: Client, publish: Publish) -> None:
    issue = publish()
    answer = client.post(f"/issues/{issue.number}/follow/")
    assert answer.headers["Location"] == f"/accounts/login/?next=/issues/{issue.number}/"


def test_what_is_not_public_can_not_be_followed(page: Client, issue: Issue) -> None:
    assert page.post(f"/issues/{issue.number}/follow/").status_code == 404
    assert not Subscription.objects.exists()


def test_a_place_is_followed_with_what_lies_around_it(
    page: Client, reader: User, village: Place, publish: Publish
) -> None:
    sent = {"where": "near", "place": "Дубрава", "radius": "5000", "letters": "weekly"}
    answer = page.post(NEW, sent, follow=True)
    assert "Вы подписались" in answer.content.decode()
    [one] = reader.subscriptions.all()
    assert one.title == village.label[:1].upper() + village.label[1:]
    assert one.letters == "weekly"
    assert one.area is not None
    assert one.area.contains(village.point)
    assert one.next_digest_at is not None
    assert one.next_digest_at.astimezone(clock.region_zone()).weekday() == 0


def test_an_area_is_drawn(page: Client, reader: User) -> None:
    shape = json.dumps([[37.4, 55.4], [37.6, 55.4], [37.6, 55.6]])
    sent = {"where": "drawn", "shape": shape, "letters": "daily", "title": "Мой двор"}
    assert page.post(NEW, sent).status_code == 302
    [one] = reader.subscriptions.all()
    assert one.area is not None
    assert one.area.num_points == 4


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"where": "near", "place": "Нигдеево"}, "place"),
        ({"where": "near"}, "place"),
        ({"where": "municipality"}, "municipality"),
        ({"where": "drawn", "shape": "[[1,2],[3,4]]"}, "where"),
        ({"where": "drawn", "shape": "[[0,0],[1,1],[0,1],[1,0]]"}, "where"),
        ({"where": "drawn", "shape": "[[0,0],[80,0],[80,80]]"}, "where"),
        ({"where": "drawn", "shape": '[["NaN",0],[1,1],[0,1]]'}, "where"),
        ({"where": "drawn", "shape": "{"}, "where"),
        ({"where": "drawn", "shape": "[" * 5000}, "where"),
        ({}, "where"),
        ({"where": "anywhere", "letters": "hourly"}, "letters"),
        ({"where": "anywhere", "about": "topic:none"}, "about"),
    ],
)
def test_mistakes_are_named_and_what_was_typed_stays(
    page: Client, village: Place, sent: dict[str, str], field: str
) -> None:
    answer = page.post(NEW, {"letters": "daily", "title": "Моё <название>"} | sent)
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert "Моё &lt;название&gt;" in answer.content.decode()
    assert not Subscription.objects.exists()


def test_a_field_is_not_called_optional_that_a_choice_asks_for(
    page: Client, municipality: Municipality
) -> None:
    form = page.get("/my/subscriptions/new/").content.decode()
    assert form.count("(обязательно, если вокруг места)") == 2
    assert "(обязательно для муниципалитета)" in form


def test_a_list_is_followed_with_its_filters(
    page: Client, reader: User, topic: Topic, authority: Authority
) -> None:
    address = (
        f"{NEW}?kind=problem&topic={topic.code}&municipality=square&authority={authority.slug}"
    )
    form = page.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert page.post(NEW, {k: v for k, v in sent.items() if k != "push"}).status_code == 302
    [one] = reader.subscriptions.all()
    assert (one.kind, one.topic, one.municipality, one.authority) == (
        "problem",
        topic,
        "square",
        authority,
    )


def test_a_part_of_the_map_is_followed(page: Client, reader: User) -> None:
    form = page.get(f"{NEW}?bbox=37.1,55.1,37.2,55.2").context["form"]
    page.post(NEW, {n: form[n].value() or "" for n in ("where", "shape", "letters")})
    [one] = reader.subscriptions.all()
    assert one.area is not None
    assert one.area.extent == pytest.approx((37.1, 55.1, 37.2, 55.2))


def test_it_is_changed_and_ended_by_its_owner_alone(
    page: Client, reader: User, make_user: Callable[..., User]
) -> None:
    mine = follow_list(by=reader, what=Followed(), title="Всё")
    others = follow_list(by=make_user(), what=Followed(), title="Чужое")
    assert "Чужое" not in page.get("/my/subscriptions/").content.decode()
    assert page.post(f"/my/subscriptions/{others.uid}/", {"end": "1"}).status_code == 404
    page.post(f"/my/subscriptions/{mine.uid}/", {f"s{mine.pk}-letters": "never"})
    mine.refresh_from_db()
    assert (mine.letters, mine.next_digest_at) == ("never", None)
    page.post(f"/my/subscriptions/{mine.uid}/", {"end": "1"})
    assert list(Subscription.objects.all()) == [others]


def test_a_message_that_was_hidden_is_named_by_its_number_alone(
    page: Client, reader: User, publish: Publish, moderator: User
) -> None:
    issue = publish()
    follow_issue(by=reader, issue=issue)
    assert issue.address in page.get("/my/subscriptions/").content.decode()
    operations.hide_issue(by=By.moderator(moderator), issue=issue, reason="Личные данные.")
    text = page.get("/my/subscriptions/").content.decode()
    assert issue.number in text
    assert issue.address not in text


def test_letters_taken_up_again_do_not_tell_what_went_by(reader: User, publish: Publish) -> None:
    one = follow_list(by=reader, what=Followed(), title="Всё", letters="never")
    publish()
    operations.change_subscription(by=reader, subscription=one, letters="daily", push=False)
    one.refresh_from_db()
    assert one.told_up_to == IssueEvent.objects.latest("pk").pk


def test_nobody_follows_without_end(reader: User, page: Client) -> None:
    for number in range(MOST_SUBSCRIPTIONS):
        follow_list(by=reader, what=Followed(), title=f"{number}")
    answer = page.post(NEW, {"where": "anywhere", "letters": "daily"})
    assert answer.status_code == 400
    assert "наибольшее число" in answer.content.decode()


def test_one_press_in_the_mail_program_is_enough(client: Client, reader: User) -> None:
    one = follow_list(by=reader, what=Followed(), title="Всё")
    own = Client(enforce_csrf_checks=True)
    path = f"/unsubscribe/{digests.token(reader)}/"
    asked = own.get(path)
    assert "Отказаться" in asked.content.decode()
    one.refresh_from_db()
    assert one.letters == "daily", "looking at a link changes nothing: programs follow links too"
    assert own.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    one.refresh_from_db()
    assert one.letters == "never"
    assert own.post(f"/unsubscribe/{reader.pk}:forged/").status_code == 404


class PostOffice:
    """A real SMTP server on the loopback."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    office = PostOffice()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    controller = Controller(
        office, hostname="127.0.0.1", port=settings.EMAIL_PORT, ready_timeout=60
    )
    controller.start()
    settings.LETTER_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    yield office
    controller.stop()


def test_the_letter_as_it_arrives(
    reader: User, resident: User, publish: Publish, office: PostOffice
) -> None:
    follow_list(by=reader, what=Followed(), title="Мой двор")
    issue = publish()
    morning = digests.next_digest_at("daily", timezone.now() + timedelta(minutes=15))
    assert morning is not None
    with clock.told(morning):
        digests.write_due()
        send_due()
    [letter] = [one for one in office.received if one["To"] == reader.email]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip().startswith("<http")
    body = letter.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert f"№ {issue.number}" in words
    assert resident.last_name not in words
    assert resident.email not in words
    assert issue.description not in words


def test_pushes_are_only_offered_where_they_can_be_sent(
    page: Client, settings: Settings, reader: User
) -> None:
    follow_list(by=reader, what=Followed(), title="Всё")
    told = {"endpoint": "https://push.example.org/1", "keys": {"p256dh": "p", "auth": "a"}}
    settings.VAPID_PRIVATE_KEY = ""
    assert "push" not in page.get(NEW).context["form"].fields
    assert 'id="push"' not in page.get("/my/subscriptions/").content.decode()
    assert page.post("/my/push/", told, content_type="application/json").status_code == 400
    settings.VAPID_PRIVATE_KEY = KEY
    assert "push" in page.get(NEW).context["form"].fields
    assert 'id="push"' in page.get("/my/subscriptions/").content.decode()
    assert page.post("/my/push/", told, content_type="application/json").status_code == 201
    assert Device.objects.get().user == reader
    page.post("/my/push/off/", told, content_type="application/json")
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        "[" * 9_000,
        '{"endpoint": "http://10.0.0.1/"}',
        r'{"endpoint": "https://push.example.org/\u0000", "keys": {"p256dh": "p", "auth": "a"}}',
        r'{"endpoint": "https://push.example.org/\ud800", "keys": {"p256dh": "p", "auth": "a"}}',
        '{"endpoint": "https://10.0.0.1/", "keys": {"p256dh": "p", "auth": "a"}}',
        '{"endpoint": "https://push.example.org/", "keys": []}',
        '{"endpoint": "https://push.example.org/", "keys": {"p256dh": "' + "p" * 200 + '"}}',
    ],
)
def test_nonsense_is_no_browser(page: Client, settings: Settings, body: str) -> None:
    settings.VAPID_PRIVATE_KEY = KEY
    assert page.post("/my/push/", body, content_type="application/json").status_code == 400
    assert page.post("/my/push/off/", body, content_type="application/json").status_code == 200
    assert not Device.objects.exists()


def test_a_push_tells_followers_at_once_and_names_nobody(
    reader: User, resident: User, publish: Publish, moderator: User
) -> None:
    Device.objects.create(user=reader, endpoint="https://push.example.org/1", p256dh="p", auth="a")
    Device.objects.create(
        user=resident, endpoint="https://push.example.org/2", p256dh="p", auth="a"
    )
    follow_list(by=reader, what=Followed(municipality="square"), title="Округ", push=True)
    follow_list(by=reader, what=Followed(area=circle(37.5, 55.5, 900)), title="Двор", push=True)
    follow_list(by=resident, what=Followed(), title="Всё", push=True)
    issue = publish()
    event = issue.events.get(action="publish")
    digests.push_news(event.pk)
    push = Push.objects.get()
    assert push.device.user == reader
    assert push.path == f"/issues/{issue.number}/"
    assert "опубликовано" in push.body
    assert resident.last_name not in push.title + push.body
    operations.hide_issue(by=By.moderator(moderator), issue=issue, reason="Личные данные.")
    digests.push_news(event.pk)
    assert Push.objects.count() == 1


def test_following_one_message_tells_more_than_following_a_list(
    reader: User, publish: Publish
) -> None:
    Device.objects.create(user=reader, endpoint="https://push.example.org/1", p256dh="p", auth="a")
    follow_list(by=reader, what=Followed(), title="Всё", push=True)
    issue = publish()
    operations.register_issue(
        by=By.msed(), issue=issue, number="В-1", registered_on=timezone.now().date()
    )
    operations.start_work(by=By.msed(), issue=issue)
    event = issue.events.get(action="start")
    digests.push_news(event.pk)
    assert not Push.objects.exists()
    one = follow_issue(by=reader, issue=issue)
    operations.change_subscription(by=reader, subscription=one, letters="never", push=True)
    digests.push_news(event.pk)
    assert Push.objects.get().body == "Новое: взято в работу"


def test_the_worker_rules_the_whole_site_and_is_asked_for_anew(client: Client) -> None:
    answer = client.get("/service-worker.js")
    if answer.status_code == 404:
        pytest.skip("the scripts are not built: npm run build")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_circle_is_as_wide_as_told() -> None:
    ring = circle(37.6, 55.7, 2000).transform(32637, clone=True)
    centre = ring.centroid
    farthest = max(centre.distance(point) for point in _points(ring))
    assert farthest == pytest.approx(2000, rel=0.01)
    assert polygon("[[0,0],[1,0],[1,1]]").area == pytest.approx(0.5)


def _points(ring: Any) -> list[Any]:
    return [Point(*pair) for pair in ring.coords[0]]


def test_two_presses_at_once_follow_once(
    transactional_db: None, reader: User, publish: Publish
) -> None:
    issue = publish()

    def press() -> None:
        try:
            follow_issue(by=reader, issue=issue)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert reader.subscriptions.count() == 1
