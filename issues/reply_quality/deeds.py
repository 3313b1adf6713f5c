"""What an answer should tell: a deed, its day, its reason, its proof."""

import re

from common import russian
from issues.reply_quality.findings import Draft, originals

_MONTHS = "январ|феврал|март|апрел|ма[йяе]|июн|июл|август|сентябр|октябр|ноябр|декабр"
DAY = re.compile(
    rf"\b[0-3]?\d\.[01]\d(?:\.\d{{2,4}})?\b|\b\d{{4}}-\d\d-\d\d\b|\b(?:{_MONTHS})[а-я]{{0,3}}\b"
    r"|\b(?:сегодня|вчера|позавчера)\b|\b(?:в тот же|в этот же|в день) ?(?:день|обращения|сообщения)?"
    r"|\b(?:на|в) (?:прошл|минувш|эт)\w+ недел\w+|\b\d{1,2}-го\b|\bквартал\w*|\b20\d\d ?(?:г\b|год)"
)
GROUND = re.compile(
    r"№ ?\w*\d|так как|потому что|поскольку|из-за|ввиду|в связи с|вследствие|стать[яиею]\b|\bст\. ?\d|\d-фз"
    r"|закон|постановлени|\bгост|санпин|снип|\bсп \d|кодекс|\bправил|норматив|регламент|распоряжени"
    r"|баланс|собственност|собственник|в ведени|принадлеж|относ[ия]тся|полномочи|компетенци"
    r"|осмотр|осмотрен|обследован|провер[еклия]|замер|\bакт\w{0,3}\b|протокол|заключени|экспертиз"
    r"|расчет|по данным|договор|решени[еяю] суда|лиценз|запре[щт]|нельзя|не допуска|должн|график"
    r"|выезд|выехал|приказ|утвердил|утвержд|больше не|уже |опрос|средств|бюджет|охранн\w+ зон|срок|справк|выписк|отчет|не вправе|не позволя|превыша|меньше|банкрот"
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


def too_short(draft: Draft) -> list[str] | None:
    words = re.findall(r"[^\W\d_]{2,}", draft.text)
    return [draft.text.strip()] if len(words) < 6 or len(draft.text.strip()) < 45 else None


def no_ground(draft: Draft) -> list[str] | None:
    if draft.decision not in {"explained", "refused"} or GROUND.search(draft.plain):
        return None
    return []


def no_date(draft: Draft) -> list[str] | None:
    if draft.decision == "deferred":
        return None if draft.due_date or DAY.search(draft.plain) else []
    return [] if draft.decision == "done" and not DAY.search(draft.plain) else None


def no_proof(draft: Draft) -> list[str] | None:
    needs = draft.decision == "done" and draft.is_visible_work
    return [] if needs and not draft.has_files and not _PAPER.search(draft.plain) else None


def not_attached(draft: Draft) -> list[str] | None:
    if draft.has_files:
        return None
    return originals(draft, _ATTACHED) or None


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


def no_action(draft: Draft) -> list[str] | None:
    """Where neither a deed of the past nor one to come is told; explanations need none."""
    if draft.decision not in {"done", "deferred"}:
        return None
    told = _VAGUE.sub(" ", draft.plain)
    if any(_is_deed(word) for word in re.findall(r"[а-я]{3,}", told)):
        return None
    vague = originals(draft, _VAGUE)
    # A paper with its number is something done; a promise with its day may be told in nouns.
    is_told_otherwise = re.search(r"№ ?\w*\d", told) or draft.decision == "deferred"
    return None if is_told_otherwise and not vague else vague


def _is_deed(word: str) -> bool:
    likeliest = russian.readings(word)[:3]
    if str(likeliest[0].normal_form).replace("ё", "е") in _PAPERWORK:
        return False
    return any(
        "perf" in reading.tag
        and ("PRTS" in reading.tag or "past" in reading.tag or "futr" in reading.tag)
        for reading in likeliest
    )
