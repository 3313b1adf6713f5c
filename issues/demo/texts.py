"""The words of the demo: messages, answers, verdicts and reasons, chosen by a seeded hand."""

from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from random import Random
from typing import Any

import yaml
from django.utils.formats import date_format

from accounts.demo import TEXTS
from authorities.models import Topic


@cache
def _in_words(day: date) -> str:
    return date_format(day, "j E Y")


@dataclass(frozen=True)
class Signatory:
    """An official who signs an answer."""

    name: str
    post: str


class Texts:
    """All texts, and the choice among them."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._last: dict[tuple[str, str], list[str]] = {}

    @staticmethod
    @cache
    def _read(name: str) -> Any:
        return yaml.safe_load((TEXTS / f"{name}.yaml").read_text())

    @cached_property
    def _answers(self) -> dict[str, dict[str, list[str]]]:
        answers: dict[str, dict[str, list[str]]] = self._read("answers")
        return answers

    @cached_property
    def _done_by_topic(self) -> dict[str, list[str]]:
        answers: dict[str, list[str]] = self._read("topic_answers")
        return answers

    @cached_property
    def _acknowledgements(self) -> list[str]:
        words: list[str] = self._read("acknowledgements")
        return words

    @cached_property
    def _reviews(self) -> Any:
        return self._read("reviews")

    @cached_property
    def _signatories(self) -> list[dict[str, str]]:
        signatories: list[dict[str, str]] = self._read("signatories")
        return signatories

    @cached_property
    def rejections(self) -> list[dict[str, str]]:
        """Reasons of rejection with their letters."""
        rejections: list[dict[str, str]] = self._read("rejections")
        return rejections

    def description(self, topic: Topic, kind: str) -> str:
        """What a resident writes; a text comes again only when all others were used."""
        rest = self._last.setdefault((topic.code, kind), [])
        if not rest:
            rest.extend(topic.examples.get(kind) or topic.examples["problem"])
            self._random.shuffle(rest)
        return rest.pop()

    def answer(self, topic: Topic, decision: str, day: date) -> str:
        """What the authority answers.

        Args:
            topic: of the message.
            decision: a value of `Answer.Decision`.
            day: of the work, or the promised one.
        """
        fitting = self._answers[topic.category.code][decision]
        if decision == "done":
            fitting = self._done_by_topic.get(topic.code, fitting)
        text = self._random.choice(fitting)
        act = f"{self._random.randint(11, 980)}-{self._random.choice('АБВД')}"
        return text.format(date=_in_words(day), act=act)

    def signatory(self, level: str) -> Signatory:
        """Who signs at an authority of this level."""
        fitting = [entry for entry in self._signatories if entry["level"] == level]
        entry = self._random.choice(fitting or self._signatories)
        return Signatory(entry["name"], entry["post"])

    def review(self, stars: int) -> str:
        """What the author says of the answer; sometimes nothing."""
        if self._random.random() < 0.35:
            return ""
        return str(self._random.choice(self._reviews["comments"][stars]))

    def acknowledgement(self) -> str:
        """How thanks are received."""
        return self._random.choice(self._acknowledgements)

    def rework(self) -> str:
        """Why the author returns an answer."""
        return str(self._random.choice(self._reviews["rework"]))
