"""The search of topics forgives endings, typing mistakes and half words, and never guesses wildly."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorities.models import Category, Topic
from authorities.topic_queries import find_topics

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _topics(db: None) -> None:
    roads = Category.objects.create(code="roads", name="Автомобильные дороги", name_en="Roads")
    yards = Category.objects.create(
        code="yards", name="Двор, придомовые территории", name_en="Yards", position=1
    )
    for position, (code, category, name, name_en, keywords) in enumerate(
        (
            (
                "pit",
                roads,
                "Яма на дороге",
                "Pothole",
                ["выбоина", "провал асфальта", "пробил колесо"],
            ),
            (
                *("snow", roads, "Дорога не очищена от снега и наледи", "Snow or ice on the road"),
                ["снег", "гололёд", "каток"],
            ),
            (
                *("light", yards, "Не горит фонарь во дворе", "Street light is out"),
                ["освещение", "темно", "лампа", "светильник"],
            ),
        )
    ):
        Topic.objects.create(
            code=code,
            position=position,
            category=category,
            name=name,
            name_en=name_en,
            keywords=keywords,
            kinds=["problem"],
            term_days=5,
            level="municipal",
            classifier_code="0001.0001.0001.0001",
        )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("яма", "pit"),
        ("яму", "pit"),
        ("ЯМЫ на дорогах", "pit"),
        ("яма на дорге", "pit"),
        ("выбоину", "pit"),
        ("асфальт", "pit"),
        ("гололед", "snow"),
        ("снегом", "snow"),
        ("фанарь", "light"),
        ("фонари", "light"),
        ("освещения", "light"),
        ("освищение", "light"),
        ("pothole", "pit"),
        ("двор фонарь", "light"),
        ("яма паспорт", "pit"),
    ],
)
def test_what_people_type_finds_its_topic(text: str, first: str) -> None:
    found = find_topics(text=text)
    assert found
    assert found[0].code == first


def test_a_whole_word_or_its_inflection_comes_before_a_beginning() -> None:
    pit = Topic.objects.get(code="pit")
    for code, name in (("parking", "Парковки на улицах"), ("trees", "Деревья в парках")):
        pit.pk, pit.code, pit.name, pit.keywords = None, code, name, []
        pit._state.adding = True
        pit.save()
    assert [topic.code for topic in find_topics(text="парк")] == ["trees", "parking"]


@pytest.mark.parametrize("text", ["паспорт", "зоопарк"])
def test_what_fits_nothing_finds_nothing(text: str) -> None:
    assert find_topics(text=text) == []


@pytest.mark.parametrize("text", ["", " ", "?!"])
def test_no_words_leave_all_in_their_order(text: str) -> None:
    assert [topic.code for topic in find_topics(text=text)] == ["pit", "snow", "light"]


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert len(find_topics(text=text)) <= 3
