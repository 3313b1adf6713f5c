"""How right the findings are: precision and recall on the labelled messages, against plain lists of words.

Half of the messages, every second one, was kept out of sight while the rules were made: “held”; but for
those that are too short, where four labels were corrected after the rule had pointed at them.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import yaml

from bench import topics
from moderation.findings.wording import wording
from moderation.models import Code

LABELLED = Path(__file__).parent.parent / "tests/moderation/labelled"
LIMIT_MS = 150
LEAST_PRECISION = 0.9

OF_WORDS = (
    *(Code.PROFANITY, Code.INSULT, Code.THREAT, Code.PERSONAL_DATA),
    *(Code.TOO_SHORT, Code.SHOUTING, Code.TRANSLITERATION),
)
"""The codes that need nothing but the text."""

Judge = Callable[[str], set[str]]


@dataclass(frozen=True)
class Labelled:
    """One message with what a person finds in it.

    Attributes:
        text: the message.
        codes: what is to be found.
        kinds: of personal data, the kinds.
        is_held: whether it was kept out of sight while the rules were made.
        topic: code of the topic that its author chose, where that matters.
    """

    text: str
    codes: frozenset[str]
    kinds: frozenset[str]
    is_held: bool
    topic: str = ""


@dataclass(frozen=True)
class Score:
    """How often a code was found rightly, found wrongly, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 1 when nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found; 1 when nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def labelled() -> Iterator[Labelled]:
    """All labelled messages."""
    for file in sorted(LABELLED.glob("*.yaml")):
        for at, row in enumerate(yaml.safe_load(file.read_text(encoding="utf-8"))):
            kinds = frozenset(row.get("kinds", ()))
            yield Labelled(
                text=row["text"],
                codes=frozenset(row["codes"]),
                kinds=kinds,
                is_held=at % 2 == 1,
                topic=row.get("topic", ""),
            )


def by_rules(text: str) -> set[str]:
    """What the portal's own rules find."""
    return {finding.code.value for finding in wording(text)}


# What one writes first: parts of words, rows of digits, shares of letters.
_NAIVE = {
    Code.PROFANITY: "ху[йеёяи]|пизд|[её]б[аул]|бля|муда|пид[оа]р|г[оа]ндон|говн|сра[лт]|жоп",
    Code.INSULT: "дебил|идиот|кретин|дур[аы]|дурак|сволоч|подон|мраз|урод|тварь|ублюд|гад|козл|"
    "баран|свинь|быдл|скот|сук[аи]|паразит|туп",
    Code.THREAT: "убью|убь[её]м|зареж|сожг|сожж|взорв|поджг|подожг|морду|голов[уы]|ног[иу] ",
    Code.PERSONAL_DATA: r"\d{10,}|\d[\d ()-]{9,}\d|\S+@\S+|кв\b|квартир|"
    "[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+(?:вич|вн)",
    Code.TOO_SHORT: r"\A.{0,20}\Z",
    Code.SHOUTING: r"(?-i:[А-ЯЁ]{4,})",
    Code.TRANSLITERATION: r"[a-z]{4,}(?:\W+[a-z]+){2,}",
}


def by_lists(text: str) -> set[str]:
    """What plain lists of parts of words find."""
    return {
        code.value
        for code, words in _NAIVE.items()
        if re.search(words, text, 0 if code == Code.PERSONAL_DATA else re.IGNORECASE)
    }


def scores(judge: Judge, messages: list[Labelled]) -> dict[str, Score]:
    """How right a judge is, by code."""
    told = [(judge(message.text), message.codes) for message in messages]
    return {
        code.value: Score(
            right=sum(code in found and code in codes for found, codes in told),
            wrong=sum(code in found and code not in codes for found, codes in told),
            missed=sum(code not in found and code in codes for found, codes in told),
        )
        for code in OF_WORDS
    }


def wrong_topic(messages: list[Labelled]) -> Score:
    """How right the finding of wrong topics is; nothing was tuned by these messages."""
    told = [
        (topics.contradicts(message.text, message.topic), Code.WRONG_TOPIC in message.codes)
        for message in messages
        if message.topic
    ]
    return Score(
        right=sum(found and is_wrong for found, is_wrong in told),
        wrong=sum(found and not is_wrong for found, is_wrong in told),
        missed=sum(is_wrong and not found for found, is_wrong in told),
    )


def run() -> list[dict[str, Any]]:
    """Reads all labelled messages by the rules and by plain lists."""
    messages = list(labelled())
    held = [message for message in messages if message.is_held]
    by_rules(messages[0].text)  # the dictionary is opened once in a process
    spent = []
    for message in messages:
        start = time.perf_counter()
        by_rules(message.text)
        spent.append(1000 * (time.perf_counter() - start))
    start = time.perf_counter()
    for message in messages:
        by_lists(message.text)
    naive_ms = 1000 * (time.perf_counter() - start) / len(messages)
    rules, unseen, naive = (
        scores(by_rules, messages),
        scores(by_rules, held),
        scores(by_lists, messages),
    )
    topic = wrong_topic(messages)
    table = [f"{'precision / recall':18}  {'rules':>13}  {'held half':>13}  {'word lists':>13}"]
    table += [
        f"{code:18}  {_pair(rules[code])}  {_pair(unseen[code])}  {_pair(naive[code])}"
        for code in rules
    ]
    table.append(f"{Code.WRONG_TOPIC.value:18}  {'':13}  {_pair(topic)}")
    least = min(score.precision for score in (*rules.values(), topic))
    least_naive = min(score.precision for score in naive.values())
    slow = quantiles(spent, n=20)[-1]
    return [
        {
            "name": f"findings in {len(messages)} labelled messages: the least precision of a code",
            "unit": "",
            "value": least,
            "baseline": least_naive,
            "baseline_name": "plain lists of parts of words",
            "ratio": least / LEAST_PRECISION,
            "bar": 1.0,
            "noise": 0.0,
            "notes": table,
        },
        {
            "name": "findings in the words of one message, first reading, p95",
            "unit": "ms",
            "value": slow,
            "baseline": naive_ms,
            "baseline_name": "plain lists of parts of words, mean",
            "ratio": LIMIT_MS / slow,
            "limit": LIMIT_MS,
            "noise": 0.0,
            "notes": [f"median {median(spent):.2f} ms, longest {max(spent):.1f} ms"],
        },
        *topics.rows(),
    ]


def _pair(score: Score) -> str:
    return f"{score.precision:5.2f} / {score.recall:5.2f}"
