"""The queue of the desk: by the day of the answer, in parts, narrowed, page by page, in few queries."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from authorities.models import Authority, Official
from cabinet import queries
from common import clock
from issues import operations
from issues.models import Issue
from issues.policies import By
from tests.cabinet.desk import answer, do, today


@pytest.fixture(autouse=True)
def _no_holidays() -> Iterator[None]:
    """A Wednesday in spring: over holidays messages of several days are due on one and the same."""
    with clock.told(datetime(2026, 4, 15, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def publish(
    message: operations.Message, resident: User, moderator: User, authority: Authority
) -> Callable[..., Issue]:
    """Files a message some days ago and publishes it then."""

    def one(days: int = 0) -> Issue:
        with clock.told(clock.now() - timedelta(days=days)):
            issue = operations.file_issue(by=By.author(resident), message=message)
            return operations.accept_issue(by=By.moderator(moderator), issue=issue)

    return one


def numbers(desk: Client, **query: str) -> list[str]:
    return [issue.number for issue in desk.get("/cabinet/", query).context["page"].issues]


def test_the_nearest_day_stands_first_and_parts_are_counted(
    desk: Client,
    publish: Callable[..., Issue],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    young, late, middle = publish(), publish(20), publish(5)
    assert numbers(desk) == [late.number, middle.number, young.number]
    figures = desk.get("/cabinet/").context["parts"]
    counted = {name: count for name, _words, count in figures}
    assert (counted[""], counted["new"], counted["overdue"]) == (3, 3, 1)
    assert numbers(desk, part="overdue") == [late.number]
    do(desk, late, "register", number="", registered_on=today())
    assert sorted(numbers(desk, part="new")) == sorted([young.number, middle.number])
    with django_assert_num_queries(12):
        desk.get("/cabinet/")
    for _ in range(3):
        publish()
    with django_assert_num_queries(12):
        desk.get("/cabinet/")


def test_what_is_due_today_and_this_week_is_counted_to_the_moment(
    authority: Authority, publish: Callable[..., Issue]
) -> None:
    issue = publish()
    assert issue.answer_due_at
    day = clock.last_day(issue.answer_due_at)
    monday = day - timedelta(days=day.weekday())
    for moment, expected in (
        (clock.end_of_day(day), {"overdue": 1, "today": 0, "week": 0}),
        (issue.answer_due_at - timedelta(seconds=1), {"overdue": 0, "today": 1, "week": 1}),
        (clock.end_of_day(monday - timedelta(days=1)), {"overdue": 0, "week": 1}),
        (clock.end_of_day(monday - timedelta(days=2)), {"overdue": 0, "today": 0, "week": 0}),
    ):
        with clock.told(moment):
            counted = queries.figures(authority)
            assert {name: counted[name] for name in expected} == expected, moment
            for part in expected:
                rows = queries.page(authority, queries.Filter(part=part)).issues
                assert len(rows) == counted[part]


def test_a_long_queue_goes_page_by_page_and_tells_each_message_once(
    desk: Client, publish: Callable[..., Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    filed = {publish(days).number for days in (1, 1, 1, 3, 5)}
    told, after = [], ""
    for _ in range(3):
        page = desk.get("/cabinet/", {"after": after} if after else {}).context["page"]
        told += [issue.number for issue in page.issues]
        after = page.after
    assert after == ""
    assert len(told) == 5
    assert set(told) == filed
    assert (
        len(numbers(desk, after="20269999000000000000-1")) == 2
    )  # a wrong key gives the first page


def test_words_numbers_and_filters_narrow(
    desk: Client, publish: Callable[..., Issue], authority: Authority
) -> None:
    issue, done = publish(), publish()
    assert numbers(desk, q="тротуару машины") == [issue.number, done.number]
    assert numbers(desk, q="трамвай") == []
    assert numbers(desk, category="roads") == [issue.number, done.number]
    assert numbers(desk, municipality="square", state="registered") == []
    do(desk, done, "register", number="", registered_on=today())
    answer(desk, done, "Яма заделана 5 мая, работы приняты по акту № 8.")
    assert numbers(desk) == [issue.number]
    assert numbers(desk, done="1") == [done.number]
    assert numbers(desk, done="1", q="яма") == [done.number]
    # A number is found wherever the message stands.
    found = desk.get("/cabinet/", {"q": f"№ {done.number}"})
    assert found["Location"] == f"/cabinet/{done.number}/"
    assert "You have no message" in desk.get("/cabinet/", {"q": "2019-7"}).content.decode()


def test_a_superior_reads_and_does_not_act(
    desk: Client,
    publish: Callable[..., Issue],
    authority: Authority,
    resident: User,
    make_user: Callable[..., User],
    client: Client,
) -> None:
    issue = publish()
    superior = Authority.objects.create(
        slug="region", name="Правительство", level="regional", exchange="cabinet"
    )
    head = make_user(Role.OFFICER)
    Official.objects.create(user=head, authority=superior, post="советник")
    client.force_login(head)
    assert client.get(f"/cabinet/{issue.number}/").status_code == 404
    assert client.get("/cabinet/", {"whose": "square"}).status_code == 404
    authority.superior = superior
    authority.save()
    assert numbers(client) == []
    assert numbers(client, whose="square") == [issue.number]
    page = client.get(f"/cabinet/{issue.number}/")
    assert page.context["acts"] == []
    assert resident.email not in page.content.decode()
    for act in ("register", "answer", "answer/send", "redirect"):
        assert client.post(f"/cabinet/{issue.number}/{act}/").status_code == 404


def test_what_is_urgent_says_so_with_the_moderators_reason(
    desk: Client, publish: Callable[..., Issue], moderator: User
) -> None:
    issue = publish()
    assert "</svg>urgent" not in desk.get("/cabinet/").content.decode()
    operations.mark_urgent(by=By.moderator(moderator), issue=issue, reason="Открытый люк у школы")
    assert "</svg>urgent" in desk.get("/cabinet/").content.decode()
    page = desk.get(f"/cabinet/{issue.number}/").content.decode()
    assert "</svg>urgent" in page
    assert "Открытый люк у школы" in page
