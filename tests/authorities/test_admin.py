"""Staff keep the directory: they find and change, but break no name that messages hold, and delete nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from authorities import routing
from authorities.models import Authority, Official, ServiceArea, Topic, TopicModel
from geo.models import Municipality, Place


@pytest.fixture
def chief(client: Client, make_user: Callable[..., User]) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture(autouse=True)
def _ground(authority: Authority, topic: Topic, municipality: Municipality) -> None:
    Place.objects.create(
        kind="house",
        name="1",
        label="Квадратный, улица Берёзовая, 1",
        point=municipality.centre,
        source_id="1",
    )


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("geo/municipality", "Квадрат"),
        ("geo/place", "БЕРЕЗОВАЯ 1"),
        ("authorities/category", "дорог"),
        ("authorities/topic", "яма"),
        ("authorities/authority", "Квадратного"),
        ("authorities/servicearea", "Квадратного"),
    ],
)
def test_each_list_is_searched_and_each_row_opened(chief: Client, page: str, wanted: str) -> None:
    assert chief.get(f"/admin/{page}/?q=nothingofthekind").context["cl"].result_count == 0
    found = chief.get(f"/admin/{page}/", {"q": wanted}).context["cl"].result_list
    assert found
    address = f"/admin/{page}/{found[0].pk}"
    opened = chief.get(f"{address}/change/")
    assert opened.status_code == 200
    assert "//cdn" not in opened.content.decode()
    assert chief.post(f"{address}/delete/", {"post": "yes"}).status_code == 403


def test_the_ground_is_only_looked_at(chief: Client, municipality: Municipality) -> None:
    address = f"/admin/geo/municipality/{municipality.pk}/change/"
    assert chief.post(address, {"name": "Иначе"}).status_code == 403
    assert chief.get("/admin/geo/place/add/").status_code == 403


def fields_of(page: Any) -> dict[str, Any]:
    """What the browser would send back of an admin page, unchanged."""
    form = page.context["adminform"].form
    given = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in given.items() if value is not None}


def test_a_name_in_timelines_stays(chief: Client, authority: Authority) -> None:
    address = f"/admin/authorities/authority/{authority.pk}/change/"
    given = fields_of(chief.get(address))
    assert "slug" not in given
    slug = authority.slug
    changed = given | {"slug": "other", "phone": "+7 495 000-00-00"}
    assert chief.post(address, changed).status_code == 302
    authority.refresh_from_db()
    assert (authority.slug, authority.phone) == (slug, "+7 495 000-00-00")


def test_a_topic_takes_only_kinds_and_terms_of_the_law(chief: Client, topic: Topic) -> None:
    address = f"/admin/authorities/topic/{topic.pk}/change/"
    given = fields_of(chief.get(address)) | {"keywords": "яма, выбоина"}
    wrongs: list[dict[str, Any]] = [{"kinds": ["complaint"]}, {"kinds": []}, {"term_days": 23}]
    for wrong in wrongs:
        assert chief.post(address, given | wrong).status_code == 200
    right = {"kinds": ["problem", "thanks"], "term_days": 5}
    assert chief.post(address, given | right).status_code == 302
    topic.refresh_from_db()
    assert (topic.kinds, topic.term_days) == (["problem", "thanks"], 5)


def test_a_rule_has_one_ground_and_routes_at_once(
    chief: Client, topic: Topic, authority: Authority, municipality: Municipality
) -> None:
    ServiceArea.objects.all().delete()
    lon, lat = municipality.centre.coords
    asked: dict[str, Any] = {"topic": topic, "lon": lon, "lat": lat, "on": date(2026, 3, 2)}
    assert routing.route(**asked).authority is None
    rule = {"authority": authority.pk, "priority": 0, "validity_0": "2020-01-01", "validity_1": ""}
    square = municipality.polygon.wkt
    address = "/admin/authorities/servicearea/add/"
    both = {"municipality": municipality.pk, "polygon": square}
    wrongs: list[dict[str, Any]] = [{}, both, {"polygon": "POINT (1 1)"}, {"polygon": "nonsense"}]
    for wrong in wrongs:
        assert chief.post(address, rule | wrong).status_code == 200
    assert chief.post(address, rule | {"polygon": square}).status_code == 302
    assert routing.route(**asked).authority == authority


def test_who_has_left_is_taken_off(
    chief: Client, authority: Authority, make_user: Callable[..., User]
) -> None:
    officer = make_user()
    given = {"user": officer.pk, "authority": authority.pk, "post": "инспектор"}
    assert chief.post("/admin/authorities/official/add/", given).status_code == 302
    official = Official.objects.get(user=officer)
    address = f"/admin/authorities/official/{official.pk}/delete/"
    assert chief.post(address, {"post": "yes"}).status_code == 302
    assert not Official.objects.exists()


def test_a_model_of_topics_is_only_looked_at(chief: Client) -> None:
    model = TopicModel.objects.create(version=7, figures={"texts": 3}, learned=b"\x00")
    page = "/admin/authorities/topicmodel/"
    assert "7" in chief.get(page).content.decode()
    assert "texts" in chief.get(f"{page}{model.pk}/change/").content.decode()
    assert chief.post(f"{page}{model.pk}/delete/", {"post": "yes"}).status_code == 403
