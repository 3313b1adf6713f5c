"""Who answers where, and why the others do not: one message and many, the same answer."""

import threading
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from authorities.models import Authority, Category, ServiceArea, Topic
from authorities.routing import Routing, in_words, route, route_many, rule_book
from geo.models import Municipality
from geo.queries import municipality_id_at

DAY = date(2026, 6, 1)
MIDDLE = (37.5, 55.5)


def where(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def body(slug: str, **fields: Any) -> Authority:
    fields = {"name": f"Орган {slug}", "level": "municipal", "exchange": "cabinet"} | fields
    return Authority.objects.create(slug=slug, **fields)


def rule(slug: str, *, authority: Authority | None = None, **fields: Any) -> ServiceArea:
    fields = {"validity": (date(2020, 1, 1), None)} | fields
    if "municipality" not in fields:
        fields.setdefault("polygon", where(37, 55, 38, 56))
    return ServiceArea.objects.create(authority=authority or body(slug), **fields)


def routed(topic: Topic, at: tuple[float, float] = MIDDLE, on: date = DAY) -> Routing:
    """The answer of both ways, which is one."""
    one = route(topic=topic, lon=at[0], lat=at[1], on=on)
    many = route_many(
        topic_ids=np.array([topic.pk]), lons=np.array([at[0]]), lats=np.array([at[1]]), on=on
    )
    assert many.routing(0) == one
    assert many.authority_ids.tolist() == [one.authority.pk if one.authority else 0]
    assert many.rule_ids.tolist() == [one.explanation["rule"] or 0]
    return one


def slug(found: Routing) -> str | None:
    return found.authority.slug if found.authority else None


def whys(found: Routing) -> dict[str, str]:
    rules = found.explanation["rules"]
    return {one["authority"].removeprefix("Орган "): one["why"] for one in rules if "why" in one}


@pytest.mark.django_db
class TestOrder:
    def test_the_exact_topic_goes_before_its_category_before_any(self, topic: Topic) -> None:
        rule("any")
        rule("category", category=topic.category)
        rule("topic", topic=topic)
        found = routed(topic)
        assert slug(found) == "topic"
        assert whys(found) == {"category": "less_exact", "any": "less_exact"}

    def test_the_smaller_ground_goes_before_the_larger(self, topic: Topic) -> None:
        rule("region", polygon=where(30, 50, 40, 60))
        rule("yard", polygon=where(37.4, 55.4, 37.6, 55.6))
        rule("town")
        found = routed(topic)
        assert slug(found) == "yard"
        assert whys(found) == {"town": "larger_ground", "region": "larger_ground"}
        assert slug(routed(topic, (37.1, 55.1))) == "town"
        assert slug(routed(topic, (36.0, 54.0))) == "region"

    def test_an_exact_topic_on_a_large_ground_goes_before_any_topic_on_a_small_one(
        self, topic: Topic
    ) -> None:
        rule("ministry", topic=topic, polygon=where(30, 50, 40, 60))
        rule("town")
        assert slug(routed(topic)) == "ministry"

    def test_a_stated_priority_goes_before_everything(self, topic: Topic) -> None:
        rule("topic", topic=topic, polygon=where(37.4, 55.4, 37.6, 55.6))
        rule("emergency", priority=5, polygon=where(30, 50, 40, 60))
        rule("last", priority=-1, topic=topic)
        found = routed(topic)
        assert slug(found) == "emergency"
        assert whys(found) == {"topic": "lower_priority", "last": "lower_priority"}

    def test_a_rule_for_the_level_goes_before_one_for_every_level(self, topic: Topic) -> None:
        rule("every")
        rule("own", level="municipal")
        found = routed(topic)
        assert slug(found) == "own"
        assert whys(found) == {"every": "every_level"}

    def test_two_equal_rules_are_told_apart_by_their_age(self, topic: Topic) -> None:
        rule("older")
        rule("younger")
        found = routed(topic)
        assert slug(found) == "older"
        assert whys(found) == {"younger": "later_rule"}


@pytest.mark.django_db
class TestWhoNeverAnswers:
    def test_a_rule_for_another_level(self, topic: Topic) -> None:
        rule("federal", level="federal", priority=9)
        found = routed(topic)
        assert slug(found) is None
        assert whys(found) == {"federal": "other_level"}

    def test_an_authority_that_was_closed(self, topic: Topic) -> None:
        rule("closed", authority=body("closed", is_active=False), topic=topic)
        rule("heir")
        found = routed(topic)
        assert slug(found) == "heir"
        assert whys(found) == {"closed": "not_answering"}

    def test_a_rule_for_another_topic_is_not_even_mentioned(self, topic: Topic) -> None:
        other = Category.objects.create(code="health", name="Медицина")
        rule("health", category=other)
        assert routed(topic).explanation == {"rule": None, "passed_over": [], "rules": []}

    def test_a_rule_before_its_first_day_and_after_its_last(self, topic: Topic) -> None:
        rule("spring", validity=(date(2026, 3, 1), date(2026, 6, 1)))
        rule("summer", validity=(date(2026, 6, 1), date(2026, 9, 1)))
        days = [
            date(2026, 2, 28),
            date(2026, 3, 1),
            date(2026, 5, 31),
            date(2026, 6, 1),
            date(2026, 9, 1),
        ]
        found = [slug(routed(topic, on=day)) for day in days]
        assert found == [None, "spring", "spring", "summer", None]

    def test_nobody_outside_and_in_a_hole(self, topic: Topic) -> None:
        ring = Polygon.from_bbox((37, 55, 38, 56)).difference(
            Polygon.from_bbox((37.4, 55.4, 37.6, 55.6))
        )
        rule("round", polygon=MultiPolygon(ring, srid=4326))
        assert slug(routed(topic, MIDDLE)) is None
        assert slug(routed(topic, (37.4, 55.5))) == "round", "the rim belongs"
        assert slug(routed(topic, (38, 56))) == "round", "a corner belongs"
        assert slug(routed(topic, (38.001, 56))) is None


def test_on_a_common_border_both_rules_are_weighed(db: None, topic: Topic) -> None:
    rule("west", polygon=where(37, 55, 37.5, 56))
    rule("east", polygon=where(37.5, 55, 38.5, 56))
    found = routed(topic, (37.5, 55.5))
    assert slug(found) == "west"
    assert whys(found) == {"east": "larger_ground"}


def test_a_new_boundary_moves_the_rule_from_its_day_and_not_before(
    topic: Topic, municipality: Municipality, authority: Authority
) -> None:
    municipality.validity = (date(2020, 1, 1), date(2026, 7, 1))
    municipality.save()
    redrawn = Municipality.objects.create(
        code=municipality.code,
        name="Новый квадратный округ",
        polygon=where(37.5, 55, 39, 56),
        centre=municipality.centre,
        validity=(date(2026, 7, 1), None),
    )
    lost, won = (37.2, 55.5), (38.5, 55.5)
    assert slug(routed(topic, lost, date(2026, 6, 30))) == "square"
    assert slug(routed(topic, won, date(2026, 6, 30))) is None
    assert slug(routed(topic, lost, date(2026, 7, 1))) is None
    assert slug(routed(topic, won, date(2026, 7, 1))) == "square"
    assert municipality_id_at(lon=won[0], lat=won[1], on=date(2026, 6, 30)) is None
    assert municipality_id_at(lon=won[0], lat=won[1], on=date(2026, 7, 1)) == redrawn.pk


def test_a_change_is_seen_at_once_and_a_change_taken_back_too(
    topic: Topic, authority: Authority
) -> None:
    assert slug(routed(topic)) == "square"
    with transaction.atomic():
        Authority.objects.filter(pk=authority.pk).update(is_active=False)
        assert slug(routed(topic)) is None
        transaction.set_rollback(True)
    assert slug(routed(topic)) == "square"
    topic.level = "federal"
    topic.save()
    ServiceArea.objects.update(level="municipal")
    assert slug(routed(topic)) is None


def test_a_question_costs_one_small_query(topic: Topic, authority: Authority) -> None:
    routed(topic)
    with CaptureQueriesContext(connection) as queries:
        route(topic=topic, lon=37.5, lat=55.5, on=DAY)
    assert [query["sql"] for query in queries] == ["SELECT stamp FROM geo_revision"]


def test_a_topic_that_is_not_stored_is_an_error(topic: Topic, authority: Authority) -> None:
    with pytest.raises(KeyError):
        route(topic=Topic(pk=0), lon=37.5, lat=55.5, on=DAY)
    with pytest.raises(KeyError):
        route_many(topic_ids=np.array([0]), lons=np.array([37.5]), lats=np.array([55.5]), on=DAY)


def test_an_explanation_reads_like_a_sentence(
    topic: Topic, municipality: Municipality, authority: Authority
) -> None:
    rule("ministry", authority=body("ministry", name="Минтранс", name_en="Roads"), topic=topic)
    with translation.override("en"):
        lines = in_words(routed(topic).explanation, in_full=True)
        assert in_words({"chosen_by": "moderator"})
        assert in_words({"rule": None, "passed_over": []})
    assert "Roads answers" in lines[0]
    assert "the topic “Яма на дороге”" in lines[0]
    assert "Квадратный округ" in lines[1]
    assert "names the topic more exactly" in lines[1]


def test_a_resident_reads_no_rule_of_the_authority_that_answers_and_few_of_others(
    topic: Topic, municipality: Municipality, authority: Authority
) -> None:
    roads = body("ministry", name="Минтранс")
    rule("exactly", authority=roads, topic=topic, municipality=municipality)
    rule("again", authority=roads)
    for number in range(5):
        rule(f"other-{number}", authority=body(f"other-{number}", name=f"Сосед {number}"))
    first, *others = in_words(routed(topic).explanation)
    assert first == "Отвечает Минтранс: по теме «Яма на дороге», территория: Квадратный округ."
    assert len(others) == 3
    assert not any("Минтранс" in line for line in others)
    assert all(line.startswith("Почему не ") for line in others)


def test_a_ground_as_large_as_the_region_is_called_so() -> None:
    facts = {"authority": "Минтранс", "covers": "any", "km2": 43267}
    (line,) = in_words({"rule": 1, "rules": [facts]})
    assert line == "Отвечает Минтранс: по любой теме, территория: вся область."


def test_many_points_and_topics_at_once(topic: Topic, authority: Authority) -> None:
    health = Category.objects.create(code="health", name="Медицина")
    clinic = Topic.objects.create(
        category=health,
        code="clinic",
        name="Поликлиника",
        kinds=["problem"],
        term_days=5,
        level="regional",
        classifier_code="0005.0005.0056.1154",
    )
    rule("ministry", category=health, polygon=where(30, 50, 40, 60))
    rule("yard", polygon=where(37.25, 55.25, 37.75, 55.75))
    chance = np.random.default_rng(3)
    lons, lats = chance.integers(2 * 36, 2 * 39, 600) / 2 + 0.25, chance.uniform(54.5, 56.5, 600)
    topic_ids = chance.choice([topic.pk, clinic.pk], 600)
    by_key = {topic.pk: topic, clinic.pk: clinic}
    many = route_many(topic_ids=topic_ids, lons=lons, lats=lats, on=DAY)
    for place in range(600):
        one = route(topic=by_key[topic_ids[place]], lon=lons[place], lat=lats[place], on=DAY)
        assert many.routing(place) == one
    assert len(set(many.authority_ids.tolist())) == 4


def test_threads_get_one_answer_while_the_rules_are_read(
    topic: Topic, authority: Authority
) -> None:
    answers: dict[int, list[bool]] = {}
    book = rule_book(DAY)
    at = np.random.default_rng(5).uniform((36.9, 54.9), (38.1, 56.1), (500, 2)).tolist()

    def ask(number: int) -> None:
        answers[number] = [book.decide(topic.pk, lon, lat).rule is not None for lon, lat in at]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [37 <= lon <= 38 and 55 <= lat <= 56 for lon, lat in at]
    assert list(answers.values()) == [expected] * 6
