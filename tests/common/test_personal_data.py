"""What is personal in a text is found, and what only looks so is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.personal_data import Kind, find, masked


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Звоните 8 (916) 123-45-67 вечером", "Звоните [телефон скрыт] вечером"),
        ("мой номер +7 916 1234567", "мой номер [телефон скрыт]"),
        ("Пишите на vasya.pupkin@mail.ru", "Пишите на [почта скрыта]"),
        ("СНИЛС 112-233-445 95", "СНИЛС [СНИЛС скрыт]"),
        ("карта 4276 3800 1234 5679", "карта [номер карты скрыт]"),
        ("паспорт 45 10 123456 выдан", "паспорт [паспорт скрыт] выдан"),
        ("ИНН 500100732259", "ИНН [ИНН скрыт]"),
        ("Соседка Сидорова Анна Ивановна шумит", "Соседка [имя скрыто] шумит"),
        ("Спросите Веру Ивановну", "Спросите [имя скрыто]"),
        ("Петрова А. И. из второго подъезда", "[имя скрыто] из второго подъезда"),
        ("дом 5, кв.12", "дом 5, [квартира скрыта]"),
    ],
)
def test_personal_data_is_put_out_of_sight(text: str, hidden: str) -> None:
    assert masked(text, find(text)) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "На улице Юрия Алексеевича Гагарина яма",
        "Памятник Ивану Сергеевичу Тургеневу",
        "Глава администрации Петров Иван Сергеевич обещал",
        "Квартира 45 кв. м, в квартире 12 семей",
        "Горячая линия 8-800-100-00-10 молчит",
        "Участок 50:20:0010101:123",
        "Ответ от info@uk-dom.ru",
        "ИНН компании 7707083893",
        "Счёт 40817810099910004312",
        "Договор 123456789012 от 12.03.2026",
        "СНИЛС 112-233-445 96 написан с ошибкой",
        "Автобус 45 не пришёл в 17:30, ждали 30 минут",
    ],
)
def test_what_only_looks_personal_is_left_alone(text: str) -> None:
    assert find(text) == []


@given(st.text(alphabet=st.sampled_from("0123456789 -+().@аяИвановПетрович№кв\n"), max_size=120))
def test_places_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found, at = find(text), 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        at = one.end
    assert len(masked(text, found)) >= 0
    assert {one.kind for one in found} <= set(Kind)


def test_a_surname_that_no_dictionary_has_is_masked_with_its_name() -> None:
    text = "Соседка Кораблёва Наталья Игоревна и Елена Аркадьевна Зарубина. Пришла Анна Петровна Домой."
    assert (
        masked(text, find(text))
        == "Соседка [имя скрыто] и [имя скрыто]. Пришла [имя скрыто] Домой."
    )
