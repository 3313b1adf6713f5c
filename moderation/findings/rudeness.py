"""Profanity, insults and threats: stems with their exceptions over the dictionary's lemmas.

Lists of bare substrings misfire on «сухую», «застрахуй», «употреблять»; here a stem is looked for at the
beginning of a word, behind the prefixes that it takes.
"""

import re
from collections.abc import Iterator

from common import russian
from moderation.findings.finding import Finding
from moderation.models import Code

_WORD = re.compile(r"[а-яёa-z0-9@$*#]+(?:-[а-яёa-z0-9]+)*", re.IGNORECASE)

# --- Profanity --------------------------------------------------------------------------------------

_PREFIX = "(?:за|на|по|при|про|пере|под|подъ|от|отъ|до|не|ни|о|об|объ|а|у|вы|из|изъ|рас|раз|разъ|съ|въ|недо)?"
_OBSCENE = re.compile(
    rf"""^(?:
      {_PREFIX}ху(?:[йяиюеё]\w*)            # the first of the three roots
    | \w*п[ие]зд\w*
    | {_PREFIX}[её]б(?:а|у|л|н|ы|и|ё|е|т|ся|с?тв|о[кн])\w* | [её]б
    | долб[оа][её]б\w*
    | бля(?:[дт]\w*|)
    | муд(?:а[кч]|ил|озв|о[её]б|иш|н[яеё])\w*
    | п[ие]д[ао]?р(?:ас\w*|ил\w*|ок|ки|[аыу]|ов|ам|ами|ом|)
    | п[ие]дик(?:[аиу]|ов|ам|ами|ом|)
    | г[ао]ндон\w*
    | залуп(?:[аыеу]|ой|ами|ин\w*|)
    | {_PREFIX}дроч\w*
    | шлю[хш]\w*
    | г[оа]вн\w*
    | (?:за|на|по|про|вы|о|обо|ни|недо)?ср[ае](?:ть|л[аи]?|н\w*|шь|ц\w*|нь)
    | жоп\w*
    )$""",
    re.VERBOSE,
)
_DECENT = re.compile(
    r"""^(?:
      ху(?:ан|алап|ил[иь]ган)\w*
    | (?:не|за|по|о)?хуи?(?:то|дож|же)\w*
    | [её]б(?:ит|онит)\w*
    | с?пе[сз]д\w* | \w*поезд\w*
    | дроч[её]н\w* | подеб(?:е|ил)\w*
    | сре(?:д|з)\w*
    | ср(?:аж|аб|авн|аз)\w*
    | мудр\w*
    )$""",
    re.VERBOSE,
)
# Letters put out of sight, but not out of mind: «х*й», «п***ц», «бл@ть».
_STARRED = re.compile(
    r"^(?:х[*#@$]+[йяию]\w{0,3}|п[*#@$]+(?:ц|да|дец|здец)|б[*#@$]+(?:ь|ть|дь)|бл[*#@$]+(?:ь|ть|дь)|"
    r"\w{0,4}[её]б[*#@$]+\w+|[её][*#@$]+(?:ть|ный|ная|ное|ные|ан\w*)|с[*#@$]+ка|(?:на|по)х[*#@$]+\w?)$"
)
# Villages are called what their founders were called: in the midst of a sentence a capital tells.
_VILLAGE = re.compile(r"[А-ЯЁ][а-яё]+(?:ин|ов|ев|ёв)(?:о|а|у|е|ом)")
_LOOKALIKES = str.maketrans("aceopxyukmhbt3604", "асеорхуикмнвтзбоч")

# --- Insults ----------------------------------------------------------------------------------------

# Words that name a person and nothing else; «козёл», «баран», «осёл» are beasts too, and left out.
_INSULTS = frozenset(
    "дебил идиот кретин имбецил дегенерат ублюдок мразь подонок придурок недоумок сволочь гнида падла"
    " чмо урод тварь скотина быдло дура дурак тупица паразит жулье ворье ворюга гад подлец мерзавец"
    " мразота негодяй олигофрен хамло даун дармоед сука".split()
)
_OF_NATURE = frozenset("сука тварь скотина паразит гад мразь".split())
_BEASTS = frozenset("козел баран осел ишак шакал свинья скот крыса шавка".split())
"""They insult where somebody is called so: «Козлы, верните свет», «крысы из управляющей»."""
_CALLED = re.compile(r"(?:\s+(?:вы|они)\b|\s+из\s+(?:[Уу]прав|[Аа]дмин|[Мм]эри|УК|Ж|ТСЖ)|\s*!|,)")
# As said of things, of nature and of beasts they insult nobody.
_HARMLESS_NEAR = re.compile(
    r"\b(?:животн|собак|пс[аы]\b|о?щен|кличк|пород|окрас|отлов|насеком|растени|борщевик|клещ|личин|"
    r"дерев|ветк|ветв|спил|зме[яиюй]|ползуч|голуб|божь|живая|трав[аоуы]\b)",
    re.IGNORECASE,
)

# --- Threats ----------------------------------------------------------------------------------------

_KILL = frozenset(
    "убить зарезать застрелить прибить придушить задушить закопать прикончить перестрелять"
    " перерезать покалечить искалечить грохнуть отравить пристрелить".split()
)
_DESTROY = frozenset(
    "взорвать поджечь сжечь спалить разнести разгромить уничтожить порвать".split()
)
_MAIM = frozenset(
    "оторвать отрывать поотрывать свернуть проломить набить начистить раскроить".split()
)
_BREAK = frozenset("сломать переломать разбить".split())
"""One breaks one's own legs as well: these need somebody whose they are."""
_BODY = frozenset(
    "голова башка шея череп рука нога кость морда рожа лицо ребро хребет бошка челюсть зуб".split()
)
_PEOPLE = frozenset("вы он она они ты тот любой каждый".split())
_TARGETS = _PEOPLE | frozenset(
    "ваш твой администрация мэрия контора офис кабинет управление машина здание ук жэк жкх тсж".split()
)
_VERMIN = frozenset(
    "крыса мышь таракан комар клоп муравей борщевик сорняк клещ моль слизень мусор".split()
)
_CATTLE = frozenset(
    "курица кура петух гусь утка кролик свинья поросенок кабан баран овца коза корова бык".split()
)
_DOOM = re.compile(
    r"\b(?:вам|тебе|ему|им|ей) (?:\w+ )?(?:не жить|хана|крышка)\b|\bкров(?:ью|и) (?:умоетесь|захлебн)\w*"
    r"|\b(?:приду|приедем|придём|придем) (?:\w+ ){0,3}с (?:ружь|топор|бит|нож|обрез)\w+",
    re.IGNORECASE,
)


def rudeness(text: str) -> Iterator[Finding]:
    """Findings of the codes `profanity`, `insult` and `threat`, each with the words that it is about."""
    words = list(_WORD.finditer(text))
    obscene = [word.span() for word in words if is_obscene(word[0]) and not _is_village(text, word)]
    obscene += _spelled_out(text)
    if obscene:
        yield Finding(Code.PROFANITY, spans=tuple(sorted(obscene)))
    if insults := [words[at].span() for at in range(len(words)) if _insults(text, words, at)]:
        yield Finding(Code.INSULT, spans=tuple(insults))
    threats = [*_threats(words), *(match.span() for match in _DOOM.finditer(text))]
    if threats:
        yield Finding(Code.THREAT, spans=tuple(sorted(threats)))


def is_obscene(word: str) -> bool:
    """Whether one word is profane, with letters doubled, starred or borrowed from other alphabets."""
    word = word.lower()
    if re.search("[*#@$]", word):
        return _STARRED.match(word) is not None
    if not re.search("[а-яё]", word):
        return False
    plain = word.translate(_LOOKALIKES).replace("-", "")
    plain = re.sub(r"([а-яё])\1{2,}", r"\1", plain)
    return _OBSCENE.match(plain) is not None and _DECENT.match(plain) is None


def _is_village(text: str, word: re.Match[str]) -> bool:
    if _VILLAGE.fullmatch(word[0]) is None:
        return False
    before = text[: word.start()].rstrip(" «\"'(—-")
    return bool(before) and before[-1] not in ".!?…\n"


def _insults(text: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether the word at `at` calls somebody names."""
    word = words[at]
    if at and words[at - 1][0].lower() == "не":
        return False
    lemmas = _lemmas(word[0])
    if lemmas & _OF_NATURE:
        around = text[max(0, word.start() - 40) : word.end() + 40]
        return word[0].lower() != "сук" and _HARMLESS_NEAR.search(around) is None
    if lemmas & _INSULTS:
        return True
    if lemmas & _BEASTS:
        others = {russian.lemma(one[0]) for one in words[at + 1 : at + 4]}
        begins = not text[: word.start()].rstrip() or text[: word.start()].rstrip()[-1] in ".!?"
        called = _CALLED.match(text, word.end())
        return begins and called is not None and not others & (_BEASTS | _CATTLE)
    return False


def _lemmas(word: str) -> set[str]:
    """First forms of all readings of a word of the dictionary, of another word the likeliest."""
    if not russian.is_known(word):
        return {russian.lemma(word)}
    return {str(one.normal_form).replace("ё", "е") for one in russian.readings(word.lower())}


_LETTERS = re.compile(r"(?<![а-яё])[а-яё](?:[ ._-][а-яё]){2,}(?![а-яё])", re.IGNORECASE)


def _spelled_out(text: str) -> list[tuple[int, int]]:
    """Words written letter by letter: «х у й»."""
    found = _LETTERS.finditer(text)
    return [m.span() for m in found if is_obscene(re.sub(r"[ ._-]", "", m[0]))]


def _threats(words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for at, word in enumerate(words):
        verb = _promise(word[0])
        if not verb:
            continue
        near = [one[0] for one in words[max(0, at - 3) : at + 5]]
        lemmas = {russian.lemma(one) for one in near}
        if lemmas & (_VERMIN | _CATTLE):
            continue
        if (
            verb in _KILL
            or (verb in _DESTROY and lemmas & _TARGETS)
            or (verb in _MAIM and lemmas & _BODY)
            or (
                verb in _BREAK
                and lemmas & _BODY
                and (lemmas & _PEOPLE or any(map(_is_person, near)))
            )
        ):
            yield word.span()


def _is_person(word: str) -> bool:
    """Whether the word is somebody to whom something is done: «курьеру», «охранникам»."""
    grammemes = russian.readings(word.lower())[0].tag.grammemes
    return {"NOUN", "anim", "datv"} <= set(grammemes)


def _promise(word: str) -> str:
    """The verb's first form where the word says «I shall» or «we shall», else empty."""
    reading = russian.readings(word.lower())[0]
    if {"VERB", "perf", "futr", "1per"} <= set(reading.tag.grammemes):
        return str(reading.normal_form).replace("ё", "е")
    return ""
