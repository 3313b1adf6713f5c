"""Rude words are found, however written, and decent ones that look like them are not."""

import pytest

from moderation.findings.rudeness import is_obscene, rudeness
from moderation.findings.shape import in_cyrillic, shape
from moderation.models import Code

DECENT = """
застрахуй сухую похудеть похуже употреблять оскорблять команда мандат требую хлеб погреб небо учёба победа
рубля гребля подъезд поезд проезд художник ухудшить хутор бляха мудрый срочный среда срезать сравнить педаль
педикюр педагог поддержка хулиган захудалый себе себя потреблять сребро страховать плохую глухую бухую психую
лихую духи слухи уху мухи кухня зарплата ограбленный скребут колеблют ребята грабёж зебра погребать оглобля
сабля корабля вафля минута манная говорить хуан чихуахуа небольшой перед ущерба серебро учебный
колебание колебался икебана дебетовый подебетовее педикулёз выхлебать похлебать мосрентген небанальный гребанул
минутах залупить дрочёна
""".split()
PROFANE = """
хуй нахуй охуели хуйня заебали ебаный блять бля бл*ть х*й пиздец п***ц мудаки пидорасы гандоны xуй пи3дец
ебать доебались уебок долбоёб выебываются хуево похую засранцы насрали говно спиздили распиздяи шлюха
объебали ебнутые хууууйня проебали въебал
""".split()


@pytest.mark.parametrize("word", DECENT)
def test_a_decent_word_is_not_profane(word: str) -> None:
    assert not is_obscene(word)


@pytest.mark.parametrize("word", PROFANE)
def test_a_profane_word_is_seen_through_its_disguise(word: str) -> None:
    assert is_obscene(word)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Я вас убью!", {Code.THREAT}),
        ("Сожгу вашу контору", {Code.THREAT}),
        ("Если не почините, голову оторву", {Code.THREAT}),
        ("Вам не жить, сволочи", {Code.THREAT, Code.INSULT}),
        ("Где х у й знает что", {Code.PROFANITY}),
        ("Прошу убить крыс, иначе сами убьём всех крыс в подвале", set()),
        ("Нас скоро убьёт током", set()),
        ("Сожгу мусор сам", set()),
        ("У собаки щенки, сука кормит их под крыльцом", set()),
    ],
)
def test_threats_and_insults_are_told_from_troubles(text: str, codes: set[Code]) -> None:
    assert {finding.code for finding in rudeness(text)} == codes


def test_a_finding_shows_its_words() -> None:
    text = "Почему мудаки из ЖЭКа молчат"
    (finding,) = rudeness(text)
    assert [text[start:end] for start, end in finding.spans] == ["мудаки"]
    assert finding.sentence


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Яма", {Code.TOO_SHORT}),
        ("!!! ???", {Code.TOO_SHORT}),
        ("Яма на дороге у школы", set()),
        ("ПОЧЕМУ НЕ РАБОТАЕТ ФОНАРЬ НА УЛИЦЕ", {Code.SHOUTING}),
        ("Ответ МУП ЖКХ и ООО «УК» не пришёл до сих пор", set()),
        ("Kogda pochinyat dorogu, yamy ogromnye vo dvore", {Code.TRANSLITERATION}),
        ("The street light near the school is broken", set()),
    ],
)
def test_the_shape_of_a_text(text: str, codes: set[Code]) -> None:
    assert {finding.code for finding in shape(text)} == codes


def test_latin_letters_are_read_in_cyrillic() -> None:
    assert in_cyrillic("Shchuka") == "щука"
