"""The demo's authorities answer for every topic everywhere in the region, but for the one left open on purpose."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from authorities.demo import load_authorities, msed_uid
from authorities.models import Authority, ServiceArea, Topic
from authorities.routing import in_words, route, route_many
from geo.demo import load_region, settlements

pytestmark = pytest.mark.usefixtures("region")
DAY = date(2026, 6, 1)
NOBODYS = "communications_post"
MYTISHCHI = (37.72964, 55.91099)


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_region()
        load_authorities()
        yield
        transaction.set_rollback(True)


def answers(code: str, at: tuple[float, float] = MYTISHCHI) -> str | None:
    found = route(topic=Topic.objects.get(code=code), lon=at[0], lat=at[1], on=DAY)
    return found.authority.slug if found.authority else None


def test_every_topic_finds_an_authority_at_every_settlement() -> None:
    places = np.array([(found.lon, found.lat) for found in settlements()])
    for topic in Topic.objects.filter(is_active=True):
        ids = np.full(len(places), topic.pk)
        found = route_many(topic_ids=ids, lons=places[:, 0], lats=places[:, 1], on=DAY)
        assert found.authority_ids.all() == (topic.code != NOBODYS), topic.code


def test_nobody_answers_in_moscow() -> None:
    for topic in Topic.objects.all():
        assert route(topic=topic, lon=37.62, lat=55.75, on=DAY).authority is None


def test_who_answers_in_mytishchi() -> None:
    assert answers("roads_pothole") == "administration-mytishchi"
    assert answers("housing_elevator") == "housing-mytishchi-centre", "the smaller ground"
    assert answers("housing_elevator", (37.7976, 55.8786)) == "housing-mytishchi"
    assert answers("housing_elevator", (35.95, 56.04)) == "administration-volokolamsk"
    assert answers("nature_noise") == "rospotrebnadzor"
    assert answers("cadastre_error") == "rosreestr"
    assert answers(NOBODYS) is None


def test_everyone_has_what_the_way_of_a_message_needs() -> None:
    for authority in Authority.objects.select_related("superior"):
        assert authority.email.endswith("@example.org")
        assert authority.name_en
        assert (authority.exchange == "msed") == (authority.level != "contractor")
        if authority.level in ("municipal", "contractor"):
            assert authority.superior
    names = set(Authority.objects.values_list("name", flat=True))
    assert {
        "Администрация городского округа Мытищи",
        "Администрация Дмитровского городского округа",
        "Министерство государственного управления, информационных технологий и связи",
    } <= names
    assert Authority.objects.get(slug="rosreestr").msed_uid == msed_uid("rosreestr")


def test_one_body_is_reached_by_medo_where_there_is_a_folder_for_it(settings: Settings) -> None:
    tax = Authority.objects.get(slug="tax-service")
    assert tax.exchange == "msed"
    settings.MEDO_FOLDER = "/srv/medo"
    with transaction.atomic():
        # As if the region were loaded for the first time.
        Authority.objects.filter(pk=tax.pk).update(
            slug="former", exchange="cabinet", msed_uid=None, medo_uid=None
        )
        load_authorities()
        tax = Authority.objects.get(slug="tax-service")
        transaction.set_rollback(True)

    assert (tax.exchange, tax.medo_address) == ("medo", "TAX-SERVICE~MEDOGU")


def test_an_explanation_is_small_and_in_plain_words() -> None:
    topic = Topic.objects.get(code="housing_elevator")
    found = route(topic=topic, lon=MYTISHCHI[0], lat=MYTISHCHI[1], on=DAY)
    assert len(str(found.explanation)) < 3000
    lines = in_words(found.explanation)
    assert "Мытищи. Старый город" in lines[0]
    assert any("Мытищи-Комфорт" in line for line in lines[1:])


def test_loading_again_changes_nothing() -> None:
    before = Authority.objects.count(), ServiceArea.objects.count()
    load_authorities()
    assert (Authority.objects.count(), ServiceArea.objects.count()) == before


def test_a_file_of_points_is_routed_and_its_bad_lines_are_named(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    lines = [
        "lon,lat,topic",
        "37.72964,55.91099,roads_pothole",
        "37.62,55.75,roads_pothole",
        "east,55.75,roads_pothole",
        "37.62,,roads_pothole",
        "nan,55,roads_pothole",
        "37.62,55.75,no_such_topic",
        f"37.72964,55.91099,{NOBODYS}",
        "37.72964,55.91099,roads_pothole",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="4 lines") as refused:
        call_command("route_points", str(file), "--on", "2026-06-01", stdout=out, stderr=err)
    assert refused.value.returncode == 1
    told = [line.split(",") for line in out.getvalue().splitlines()]
    assert told[0] == ["lon", "lat", "topic", "authority", "rule"]
    assert [row[3] for row in told[1:]] == [
        "administration-mytishchi",
        "",
        "",
        "administration-mytishchi",
    ]
    rule = ServiceArea.objects.get(pk=int(told[1][4]))
    assert rule.authority.slug == "administration-mytishchi"
    for line in (4, 5, 6, 7):
        assert f"line {line}: " in err.getvalue()
    file.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="the header has no lat, lon, topic"):
        call_command("route_points", str(file))
    with pytest.raises(CommandError, match="No such file"):
        call_command("route_points", str(tmp_path / "nothing.csv"))
