"""The search of topics forgives endings, typing mistakes and half words, and never guesses wildly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities.models import Category, Topic
from portal.filing.topic_search import ranked

ROADS = Category(name="Автомобильные дороги", name_en="Roads")
YARDS = Category(name="Двор, придомовые территории", name_en="Yards")
POTHOLE = Topic(
    name="Яма на дороге",
    name_en="Pothole",
    category=ROADS,
    keywords=["выбоина", "провал асфальта", "пробил колесо"],
)
SNOW = Topic(
    name="Дорога не очищена от снега и наледи",
    name_en="Snow or ice on the road",
    category=ROADS,
    keywords=["снег", "гололёд", "каток"],
)
LIGHT = Topic(
    name="Не горит фонарь во дворе",
    name_en="Street light is out",
    category=YARDS,
    keywords=["освещение", "темно", "лампа", "светильник"],
)
TOPICS = [POTHOLE, SNOW, LIGHT]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("яма", POTHOLE),
        ("ЯМЫ на дорогах", POTHOLE),
        ("выбоину", POTHOLE),
        ("асфальт", POTHOLE),
        ("гололед", SNOW),
        ("снегом", SNOW),
        ("фанарь", LIGHT),
        ("фонари", LIGHT),
        ("освещения", LIGHT),
        ("освищение", LIGHT),
        ("pothole", POTHOLE),
        ("двор фонарь", LIGHT),
    ],
)
def test_what_people_type_finds_its_topic(query: str, first: Topic) -> None:
    found = ranked(TOPICS, query)
    assert found
    assert found[0] is first


@pytest.mark.parametrize("query", ["паспорт", "яма паспорт", "зоопарк", "?!"])
def test_what_fits_nothing_finds_nothing_or_all(query: str) -> None:
    assert ranked(TOPICS, query) == (TOPICS if query == "?!" else [])


def test_an_empty_query_keeps_the_order() -> None:
    assert ranked(TOPICS, " ") == TOPICS


@given(st.text(max_size=60))
def test_no_text_breaks_it(query: str) -> None:
    assert set(map(id, ranked(TOPICS, query))) <= set(map(id, TOPICS))
