"""What is wrong with an authority's answer, before or after it is sent: explained findings, never a refusal.

Pure: the same answer to the same message gives the same findings. Rules prefer silence to a false alarm:
each one names the words it means and says what to do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import personal_data, russian


class Code(StrEnum):
    """What can be found, as it is stored with the answer."""

    PERSONAL = "personal"
    BLANK = "blank"
    TOO_SHORT = "too_short"
    NO_ACTION = "no_action"
    NO_GROUND = "no_ground"
    NO_DATE = "no_date"
    NO_PROOF = "no_proof"
    NOT_ATTACHED = "not_attached"
    COPIED = "copied"
    UNANSWERED = "unanswered"
    WALL = "wall"


TITLES: dict[Code, Promise] = {
    Code.PERSONAL: _("Personal data"),
    Code.BLANK: _("A blank was not filled in"),
    Code.TOO_SHORT: _("Too short"),
    Code.NO_ACTION: _("No concrete action"),
    Code.NO_GROUND: _("No reason is given"),
    Code.NO_DATE: _("No day is named"),
    Code.NO_PROOF: _("Neither a photo nor an act"),
    Code.NOT_ATTACHED: _("What is said to be attached is not"),
    Code.COPIED: _("Copied from another answer"),
    Code.UNANSWERED: _("Not every question is answered"),
    Code.WALL: _("Hard to read"),
}
ADVICE: dict[Code, Promise] = {
    Code.PERSONAL: _("Everybody will read it. Take it out unless it has to be public."),
    Code.BLANK: _("Put in what the template left open, or take the words out."),
    Code.TOO_SHORT: _("Say what was done, when and by whom: two or three sentences."),
    Code.NO_ACTION: _("Say what exactly was done or will be done at this place, and who does it."),
    Code.NO_GROUND: _("Say why: the law, the act of the inspection, or the fact that decides it."),
    Code.NO_DATE: _("Say on which day it was done."),
    Code.NO_PROOF: _("Attach a photo of the result, or name the act and its number."),
    Code.NOT_ATTACHED: _("Attach the file, or take the words out."),
    Code.COPIED: _("Write of this case: its place, its day, its act."),
    Code.UNANSWERED: _("Answer these points too, even if the answer is no."),
    Code.WALL: _("Begin with one plain sentence: what the resident gets and when."),
}

VISIBLE_WORK = frozenset(
    {"improvement", "yards", "housing", "roads", "waste", "utilities", "nature", "construction"}
)
"""Categories of topics whose work can be seen and photographed."""
MUST_CONFIRM = frozenset({Code.PERSONAL})
"""Findings that an officer has to confirm one by one before the answer is sent (R6.1)."""
EARLIER_ANSWERS = 200
"""How many of the authority's last answers are compared."""


@dataclass(frozen=True)
class Finding:
    """One thing found, with the words it is about.

    Attributes:
        code: what it is.
        words: the words of the answer, or of the message where something is missing.
    """

    code: Code
    words: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is, in the reader's language."""
        return str(TITLES[self.code])

    @property
    def advice(self) -> str:
        """What to do about it, in the reader's language."""
        return str(ADVICE[self.code])

    @property
    def must_be_confirmed(self) -> bool:
        """Whether the officer has to say that it is meant so."""
        return self.code in MUST_CONFIRM


@dataclass(frozen=True)
class Draft:
    """An answer as it is judged.

    Attributes:
        text: the answer.
        decision: `done`, `explained`, `refused` or `deferred`.
        message: what the author wrote.
        is_visible_work: whether the topic's work can be seen (`VISIBLE_WORK`).
        has_files: whether photos or documents go with it.
        due_date: the promised day of a deferring answer.
        earlier: texts of the authority's other answers.
        hidden_name: surname and given name of an author who asked not to be named, else empty.
        own_words: what may be named though it looks personal: the authority's phone and e-mail, who signs.
    """

    text: str
    decision: str
    message: str = ""
    is_visible_work: bool = False
    has_files: bool = False
    due_date: date | None = None
    earlier: Sequence[str] = ()
    hidden_name: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()

    @cached_property
    def plain(self) -> str:
        """The text for the rules: lower case, е for ё."""
        return _plain(self.text)

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """The meanings of its words."""
        return frozenset(_meanings(self.text))


def check(draft: Draft) -> list[Finding]:
    """Everything found, the gravest first.

    Args:
        draft: the answer with what it is judged by.
    """
    rules = (
        (Code.PERSONAL, _personal),
        (Code.BLANK, _blanks),
        (Code.TOO_SHORT, _too_short),
        (Code.NO_ACTION, _no_action),
        (Code.NO_GROUND, _no_ground),
        (Code.NO_DATE, _no_date),
        (Code.NOT_ATTACHED, _not_attached),
        (Code.NO_PROOF, _no_proof),
        (Code.COPIED, _copied),
        (Code.UNANSWERED, _unanswered),
        (Code.WALL, _wall),
    )
    return [
        Finding(code, tuple(_shortened(words)))
        for code, rule in rules
        if (words := rule(draft)) is not None
    ]


# --- Personal data (R6.1) ---------------------------------------------------------------------------

_OFFICE_PHONE = re.compile(r"(?:\+7|8)?[\s(-]*(?!9)\d{3}")
_SIGNED = re.compile(r"(?:исполнитель|исп\.|подготовил[аи]?|ответственн\w+):?\s*$", re.IGNORECASE)


def _personal(draft: Draft) -> list[str] | None:
    """Phones of persons, e-mails, numbers of papers, names; offices and who signs are public."""
    allowed = _plain(" ".join(draft.own_words))
    found = []
    for one in personal_data.find(draft.text):
        words = draft.text[one.start : one.end]
        match one.kind:
            case personal_data.Kind.PHONE:
                is_public = bool(_OFFICE_PHONE.match(words)) or _digits(words) in _digits(allowed)
            case personal_data.Kind.EMAIL:
                is_public = words.lower() in allowed
            case personal_data.Kind.NAME:
                is_public = _plain(words) in allowed or bool(
                    _SIGNED.search(draft.text[: one.start])
                )
            case _:
                is_public = False
        if not is_public:
            found.append(words)
    for name in draft.hidden_name:
        # A name declines at its end: Иванова, Ивановой, Иванову.
        stem = re.escape(_plain(name)[: max(4, len(name) - 2)])
        if len(name) > 3 and (match := re.search(rf"\b{stem}[а-я]{{0,3}}\b", draft.plain)):
            words = draft.text[match.start() : match.end()]
            if words[0].isupper() and not any(words in other for other in found):
                found.append(words)
    return found or None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[-10:]


# --- What is missing --------------------------------------------------------------------------------

_BLANK = re.compile(
    r"\{[^{}\n]{0,40}\}|_{3,}|\.{5,}|\[(?:указать|дата|номер|фио|адрес|срок|вставить)[^\]\n]{0,40}\]"
    r"|\bдд\.мм\.г+\b|\b[xх]{2}\.[xх]{2}\.|№\s*_+",
    re.IGNORECASE,
)
_MONTHS = "январ|феврал|март|апрел|ма[йяе]|июн|июл|август|сентябр|октябр|ноябр|декабр"
_DAY = re.compile(
    rf"\b[0-3]?\d\.[01]\d(?:\.\d{{2,4}})?\b|\b\d{{4}}-\d\d-\d\d\b|\b(?:{_MONTHS})[а-я]{{0,3}}\b"
    r"|\b(?:сегодня|вчера|позавчера)\b|\b(?:в тот же|в этот же|в день) ?(?:день|обращения|сообщения)?"
    r"|\b(?:на|в) (?:прошл|минувш|эт)\w+ недел\w+|\b\d{1,2}-го\b|\bквартал\w*|\b20\d\d ?(?:г\b|год)"
)
_GROUND = re.compile(
    r"так как|потому что|поскольку|из-за|ввиду|в связи с|вследствие|стать[яиею]\b|\bст\. ?\d|\d-фз"
    r"|закон|постановлени|\bгост|санпин|снип|\bсп \d|кодекс|\bправил|норматив|регламент|распоряжени"
    r"|баланс|собственност|собственник|в ведени|принадлеж|относ[ия]тся|полномочи|компетенци"
    r"|осмотр|осмотрен|обследован|провер[еклия]|замер|\bакт\w{0,3}\b|протокол|заключени|экспертиз"
    r"|расчет|по данным|договор|решени[еяю] суда|лиценз|запре[щт]|нельзя|не допуска|должн|график"
    r"|выезд|выехал|приказ|утвердил|утвержд|больше не|уже |опрос|средств|бюджет|охранн\w+ зон|срок"
)
_PAPER = re.compile(
    r"\bакт(?:а|у|ом|е|ы|ов)?\b|предписани|протокол|путев\w+ лист|наряд\w*|ведомост|заключени|справк"
    r"|приказ|распоряжени|\bдоговор|контракт|журнал|чек\b|выписк|\bзаявк\w+ №"
)
_ATTACHED = re.compile(
    r"\b(?:фото\w*|снимк\w+|копи[яюий]|файл\w*|документ\w*|акт\w*|схем\w+|расчет)"
    r"[^.!?\n]{0,40}\b(?:прилага\w+|приложен\w*|во вложении|прикреплен\w*)"
    r"|\b(?:прилага(?:ем|ю|ется|ются)|прикрепля(?:ем|ю))\b"
)


def _blanks(draft: Draft) -> list[str] | None:
    return [match[0] for match in _BLANK.finditer(draft.text)] or None


def _too_short(draft: Draft) -> list[str] | None:
    words = re.findall(r"[^\W\d_]{2,}", draft.text)
    return [draft.text.strip()] if len(words) < 6 or len(draft.text.strip()) < 45 else None


def _no_ground(draft: Draft) -> list[str] | None:
    if draft.decision not in {"explained", "refused"} or _GROUND.search(draft.plain):
        return None
    return []


def _no_date(draft: Draft) -> list[str] | None:
    if draft.decision == "deferred":
        return None if draft.due_date or _DAY.search(draft.plain) else []
    return [] if draft.decision == "done" and not _DAY.search(draft.plain) else None


def _no_proof(draft: Draft) -> list[str] | None:
    needs = draft.decision == "done" and draft.is_visible_work
    return [] if needs and not draft.has_files and not _PAPER.search(draft.plain) else None


def _not_attached(draft: Draft) -> list[str] | None:
    if draft.has_files:
        return None
    return _originals(draft, _ATTACHED) or None


# --- Action -----------------------------------------------------------------------------------------

# Words that stand where something done should stand.
_VAGUE = re.compile(
    r"принят[аоы]? к сведению|(?:при[нм]\w+ )?(?:все |необходимы\w+ |соответствующи\w+ |должны\w+ )*мер[ыа]"
    r" (?:будут )?(?:принят\w*|принима\w+)?|(?:будут )?принят[ыоа]? (?:все |необходимы\w+ |соответствующи\w+ )*мер[ыа]"
    r"|(?:взят|поставлен)[аоы]? на (?:особый |личный )?контрол[ье]\w*|(?:наход\w+|стоит|остается|держ\w+)"
    r" на (?:особом |личном )?контроле|работ[аы] (?:\w+ ){0,4}(?:ведутся|ведется|проводятся|проводится|продолжается|продолжаются|будет продолжена)"
    r"|передан[аоы]? (?:\w+ )?в работу|(?:передан|направлен)[аоы]? (?:для|на) (?:рассмотрени|исполнени)\w+"
    r"|(?:передан|направлен)[аоы]? (?:в|по) (?:компетенци|принадлежност|ответственн|соответствующ|профильн)\w+(?: \w+)?"
    r"|(?:передан|направлен)[аоы]? исполнител\w+|по мере (?:возможност|поступлени|необходимост|финансировани)\w*"
    r"|в установленн\w+ (?:порядке|законом порядке|сроки?)|в (?:рабочем|плановом) порядке|в ближайшее время"
    r"|в кратчайшие сроки|будет (?:рассмотрен|учтен|изучен|проработан|решен)[аоы]?\w*"
    r"|вопрос\w* (?:прорабатыва|рассматрива|изуча|реша)\w+|при наличии (?:финансирования|средств|возможности)"
    r"|проводится комплекс мероприятий|прин[яи]т[аоы]? в работу|информаци\w+ доведена"
)
# What an office does with a paper is no deed at the place.
_PAPERWORK = frozenset(
    "рассмотреть сообщить информировать проинформировать уведомить поступить обратиться учесть"
    " зарегистрировать получить довести поручить уточнить благодарить поблагодарить мочь быть стать"
    " разъяснить пояснить ответить написать просить попросить хотеть понять изложить указать изучить"
    " решить узнать являться передать направить взять проработать отметить напомнить внести"
    " перенаправить адресовать пожелать остаться".split()
)
_DEEDS = ("PRTS", "VERB")


def _no_action(draft: Draft) -> list[str] | None:
    """Where neither a deed of the past nor one to come is told; explanations need none."""
    if draft.decision not in {"done", "deferred"}:
        return None
    told = _VAGUE.sub(" ", draft.plain)
    if any(_is_deed(word) for word in re.findall(r"[а-я]{3,}", told)):
        return None
    if draft.decision == "deferred" and re.search(
        r"(?:заявк|направлен\w* (?:бригад|специалист)|внесен\w* в план|включ\w+ в план)", told
    ):
        return None
    if re.search(
        r"(?:передан|направлен)[аоы]?\b.{0,60}(?:предписани|бригад|подрядчик|мастер)", told
    ):
        return None
    return _originals(draft, _VAGUE)


def _is_deed(word: str) -> bool:
    reading = russian.readings(word)[0]
    if str(reading.normal_form).replace("ё", "е") in _PAPERWORK:
        return False
    tag = reading.tag
    if "PRTS" in tag:
        return "perf" in tag
    return "VERB" in tag and "perf" in tag and ("past" in tag or "futr" in tag)


# --- Copied -----------------------------------------------------------------------------------------

COPY_SIMILARITY = 0.8
"""Share of common trigrams from which two answers are one text, as pg_trgm counts it."""


def _copied(draft: Draft) -> list[str] | None:
    """The same text as another answer, with no number or day of its own."""
    mine = _trigrams(draft.plain)
    numbers = set(re.findall(r"\d+", draft.plain))
    for text in draft.earlier:
        # Texts of very different lengths share too little whatever they say.
        if not 0.5 < (len(text) + 1) / (len(draft.text) + 1) < 2:
            continue
        other = _plain(text)
        if not numbers <= set(re.findall(r"\d+", other)):
            continue
        theirs = _trigrams(other)
        if len(mine & theirs) / len(mine | theirs) >= COPY_SIMILARITY:
            return [text]
    return None


def _trigrams(text: str) -> frozenset[str]:
    padded = " ".join(re.findall(r"\w+", text)).join(("  ", " "))
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


# --- Unanswered points ------------------------------------------------------------------------------

_ITEM = re.compile(r"(?:^|[\n.;:] ?)\s*\d{1,2}[.)]\s+([^\n;]+?)(?=\s\d{1,2}[.)]\s|[;\n]|$)")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_REQUEST = re.compile(r"\b(?:прошу|просим|требу(?:ю|ем)|хотелось бы|хотим узнать)\b")
_EMPTY = frozenset(
    "просить прошу требовать хотеть хотеться узнать когда почему зачем какой какие кто что где куда как"
    " сколько пожалуйста принять принимать мера мочь стать быть год день сообщить ответить житель"
    " уважаемый обращение наш ваш мой который весь всё это этот тот разобраться помочь вопрос проблема"
    " сделать решить решать навести порядок здесь там тут наконец сам самый очень место время дом улица"
    " город человек люди спасибо добрый здравствуйте если чтобы или либо также еще уже надо нужно можно"
    " привести срочно скорый ближний необходимый обратить внимание провести".split()
)
_GREETINGS = frozenset("здравствуйте извините простите помогите скажите подскажите поймите".split())
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


def _unanswered(draft: Draft) -> list[str] | None:
    """Points of the message that the answer does not touch by any word; a lone point is left to the reader."""
    points = list(_points(draft.message))
    if len(points) < 2:
        return None
    touched = [_touches(draft, point) for point in points]
    left = [point for point, is_touched in zip(points, touched, strict=True) if not is_touched]
    # Where nothing at all is touched, the answer may speak of it in other words: only a wholly strange one counts.
    if not any(touched) and set(_meanings(draft.message)) & draft.lemmas:
        return None
    return left or None


def _points(message: str) -> Iterator[str]:
    items = [match[1].strip() for match in _ITEM.finditer(message)]
    if len(items) > 1:
        yield from items
        return
    for match in _SENTENCE.finditer(message):
        sentence = match[0].strip()
        if sentence.endswith("?") or _REQUEST.search(_plain(sentence)) or _bids(sentence):
            yield sentence


def _bids(sentence: str) -> bool:
    """Whether it bids somebody do something: «Почините лифт!»."""
    first = re.match(r"\W*(?:пожалуйста,? )?([а-яё]{4,})", sentence.lower())
    if first is None or first[1] in _GREETINGS:
        return False
    return any("impr" in reading.tag for reading in russian.readings(first[1])[:3])


def _touches(draft: Draft, point: str) -> bool:
    plain = _plain(point)
    if re.search(r"\bкогда\b|\bсрок", plain) and (draft.due_date or _DAY.search(draft.plain)):
        return True
    if re.search(r"\b(?:почему|зачем|на каком основании)\b", plain) and _GROUND.search(draft.plain):
        return True
    meanings = set(_meanings(point))
    return not meanings or not meanings.isdisjoint(draft.lemmas)


def _meanings(text: str) -> Iterator[str]:
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


# --- Hard to read -----------------------------------------------------------------------------------

_OFFICIALESE = re.compile(
    r"\b(?:в целях|в соответствии с|на основании|во исполнение|осуществл\w+|данн(?:ый|ая|ое|ого|ой|ым|ых|ыми|ую)"
    r"|вышеуказанн\w+|вышеизложенн\w+|нижеследующ\w+|надлежащ\w+|в рамках|мероприяти\w+|посредством"
    r"|проработ\w+|согласно|настоящ(?:им|ее|его|ей)|в части|по вопросу|касательно|обеспечени\w+|в адрес"
    r"|исполнени\w+|реализаци\w+|надлежит|предусмотренн\w+|утвержденн\w+|уполномоченн\w+|рассмотрени\w+)\b"
)
WALL_WORDS = 45
"""A text of fewer words is no wall."""
PLAIN_SENTENCE_WORDS = 16
"""A sentence of at most so many words, without officialese, is plain."""


def _wall(draft: Draft) -> list[str] | None:
    """A long text in which no sentence is short and plain, and officialese is thick."""
    if len(draft.plain.split()) < WALL_WORDS:
        return None
    # A point inside a date, a number or a shortened word ends no sentence.
    sentences = [
        s for s in re.split(r"(?<=[а-я)»\d][.!?])\s+(?=[А-ЯЁ])|\n+", draft.text) if s.strip()
    ]
    for sentence in sentences:
        plain = _plain(sentence)
        words = re.findall(r"\w+", plain)
        greeting = re.match(
            r"(?:здравствуйте|уважаем|добрый|с уважением|благодарим|спасибо)", plain
        )
        if (
            3 <= len(words) <= PLAIN_SENTENCE_WORDS
            and not greeting
            and not _OFFICIALESE.search(plain)
        ):
            return None
    found = _originals(draft, _OFFICIALESE)
    return found if len(found) >= 4 else None


# --- Words ------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    # Letter for letter, so that a place in the one is the same place in the other.
    return text.lower().replace("ё", "е")


def _originals(draft: Draft, pattern: re.Pattern[str]) -> list[str]:
    found = (draft.text[m.start() : m.end()].strip() for m in pattern.finditer(draft.plain))
    return list(dict.fromkeys(words for words in found if words))


def _shortened(words: Iterable[str], *, most: int = 6, longest: int = 160) -> Iterator[str]:
    for one in list(words)[:most]:
        yield one if len(one) <= longest else one[: longest - 1].rstrip() + "…"
