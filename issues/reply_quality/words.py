"""Words of messages and answers: how they are compared, and what they mean to a resident and an officer alike."""

import re
from collections.abc import Iterator

from common import russian

_EMPTY = frozenset(
    "просить прошу требовать хотеть хотеться узнать когда почему зачем какой какие кто что где куда как"
    " сколько пожалуйста принять принимать мера мочь стать быть год день сообщить ответить житель"
    " уважаемый обращение наш ваш мой который весь всё это этот тот разобраться помочь вопрос проблема"
    " сделать решить решать навести порядок здесь там тут наконец сам самый очень место время дом улица"
    " город человек люди спасибо добрый здравствуйте если чтобы или либо также еще уже надо нужно можно"
    " привести срочно скорый ближний необходимый обратить внимание провести".split()
)
# Words that say one thing to a resident and to an officer.
_SAME: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "убрать уборка убирать вывезти вывоз вывозить очистить очистка чистить расчистить мусор отход свалка контейнер бак площадка",
        "починить ремонт отремонтировать ремонтировать заделать исправить восстановить восстановление устранить",
        "поставить установить установка устанавливать монтаж смонтировать оборудовать",
        "свет освещение фонарь лампа светильник гореть темно опора светло",
        "дорога асфальт яма выбоина покрытие дорожный ямочный проезд",
        "снег лед гололед наледь сосулька чистить очистить песок посыпать снежный",
        "дерево ветка спил обрезка обрезать спилить крона кустарник",
        "вода водоснабжение труба протечка подтопление течь лужа ливневый дождеприемник напор",
        "тепло отопление батарея холодно температура радиатор топить",
        "автобус маршрут рейс остановка расписание перевозчик водитель интервал",
        "площадка качели горка детский игровой",
        "срок дата когда завершить закончить окончание",
        "плата начисление перерасчет деньги стоимость тариф платеж квитанция",
        "собака животное отлов отловить стая бродячий",
    )
)


def plain(text: str) -> str:
    """Lower case, е for ё, letter for letter."""
    # Letter for letter, so that a place in the one is the same place in the other.
    return text.lower().replace("ё", "е")


def meanings(text: str) -> Iterator[str]:
    """Lemmas of the words that mean something, and the groups they belong to."""
    for word in re.findall(r"[а-яё]{3,}", text.lower()):
        lemma = russian.lemma(word)
        if lemma in _EMPTY or _is_function_word(word):
            continue
        yield lemma[:5] if len(lemma) > 6 else lemma
        for number, group in enumerate(_SAME):
            if lemma in group:
                yield f"#{number}"


def _is_function_word(word: str) -> bool:
    tag = russian.readings(word)[0].tag
    return any(mark in tag for mark in ("PREP", "CONJ", "PRCL", "NPRO", "INTJ", "ADVB"))
