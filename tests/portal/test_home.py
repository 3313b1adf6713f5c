"""The home page: its figures are lists, and what was fixed is shown near the reader first."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from common import clock
from geo.models import Municipality
from issues import operations
from issues.models import Issue
from issues.policies import By


@pytest.fixture
def fix(publish: Callable[..., Issue], resident: User) -> Callable[..., Issue]:
    """Publishes a message whose author confirms that it is fixed."""

    def one(**changes: object) -> Issue:
        issue = publish(**changes)
        today = clock.region_date(clock.now())
        operations.register_issue(by=By.msed(), issue=issue, number="ПГ-1", registered_on=today)
        reply = operations.Reply(decision="done", text="Заделали.", signatory="Громов И. П.")
        operations.answer_issue(by=By.msed(), issue=issue, reply=reply)
        operations.rate_issue(by=By.author(resident), issue=issue, stars=5, solved=True)
        return Issue.objects.get(pk=issue.pk)

    return one


def test_every_figure_of_the_week_is_as_long_as_its_list(
    client: Client,
    publish: Callable[..., Issue],
    fix: Callable[..., Issue],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    publish(), publish(kind="thanks"), fix()
    with django_assert_max_num_queries(12):
        home = client.get("/")
    figures = home.context["week"]
    assert [figure.number for figure in figures] == [3, 1, 1, 0]
    for figure in figures:
        page = client.get(figure.href)
        assert page.status_code == 200, figure.href
        assert page.context["listing"].count == figure.number, figure.href


def test_what_was_fixed_near_the_reader_comes_first(
    client: Client,
    fix: Callable[..., Issue],
    municipality: Municipality,
    make_user: Callable[..., User],
) -> None:
    issue = fix()
    assert issue.number in client.get("/").content.decode()
    assert "Недавно исправлено: Квадратный округ" not in client.get("/").content.decode()
    client.force_login(make_user(home_municipality=municipality.code))
    assert "Недавно исправлено: Квадратный округ" in client.get("/").content.decode()
    client.force_login(make_user(home_municipality="elsewhere"))
    page = client.get("/")
    assert page.context["place"] is None
    assert [one.issue for one in page.context["fixed"]] == [issue]


@pytest.mark.django_db
def test_an_empty_portal_has_a_home_page(client: Client) -> None:
    page = client.get("/")
    assert [figure.number for figure in page.context["week"]] == [0, 0, 0, 0]
    assert "Здесь появится то, что авторы признают исправленным" in page.content.decode()


def test_drawings_keep_their_size_where_the_style_sheets_have_not_come(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    for page in ("/", "/issues/", "/accounts/login/"):
        drawings = re.findall(r"<svg[^>]*>", client.get(page).content.decode())
        assert drawings
        assert all(" width=" in drawing and " height=" in drawing for drawing in drawings), page
