"""The book of rules: which rule goes first for a topic on some ground, and why the others do not (R3.2).

Pure functions of what was read from the database; no SQL here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from authorities.models import Authority
from geo.areas import AreaIndex, Floats, Integers


class Why(StrEnum):
    """Why a rule that fits topic and place was passed over."""

    OTHER_LEVEL = "other_level"
    NOT_ANSWERING = "not_answering"
    LOWER_PRIORITY = "lower_priority"
    LESS_EXACT = "less_exact"
    LARGER_GROUND = "larger_ground"
    EVERY_LEVEL = "every_level"
    LATER_RULE = "later_rule"


_WIDEST = 1 << 20  # numbers between the first and the last key of a topic, for a table of them

# In this order two rules are compared; the last one tells any two apart.
_ORDER = (
    Why.LOWER_PRIORITY,
    Why.LESS_EXACT,
    Why.LARGER_GROUND,
    Why.EVERY_LEVEL,
    Why.LATER_RULE,
)


@dataclass(frozen=True)
class Subject:
    """What routing needs to know of a topic."""

    topic_id: int
    category_id: int
    level: str


@dataclass(frozen=True)
class Rule:
    """A service area as routing reads it.

    Attributes:
        ground: place of its polygon in the index.
        ground_name: the municipality's name; empty for a polygon of its own.
        km2: area of the ground on the ellipsoid.
        of: name of its topic or category; empty where it takes any.
    """

    id: int
    authority: Authority
    topic_id: int | None
    category_id: int | None
    level: str
    priority: int
    ground: int
    ground_name: str
    km2: float
    of: str

    @property
    def covers(self) -> str:
        """`topic`, `category` or `any`."""
        if self.topic_id is not None:
            return "topic"
        return "any" if self.category_id is None else "category"

    def fits(self, subject: Subject) -> bool:
        """Whether it is a rule for this topic."""
        if self.topic_id is not None:
            return self.topic_id == subject.topic_id
        return self.category_id in (None, subject.category_id)

    def rank(self) -> tuple[float, ...]:
        """The smaller goes first; the parts answer to `_ORDER`."""
        exactness = ("topic", "category", "any").index(self.covers)
        return (-self.priority, exactness, self.km2, self.level == "", self.id)


@dataclass(frozen=True)
class Decision:
    """Which rule goes first for a topic on some ground.

    Attributes:
        rule: None where no rule matches.
        explanation: small JSON: `rule` and `passed_over` (ids), and `rules`: their facts in words.
    """

    rule: Rule | None
    explanation: str


class RuleBook:
    """The rules of one period, over the index of their grounds. Safe to share by threads."""

    def __init__(
        self, rules: Sequence[Rule], subjects: Mapping[int, Subject], grounds: AreaIndex
    ) -> None:
        self._subjects, self._grounds = subjects, grounds
        self._rules_of_ground: dict[int, list[Rule]] = {}
        for rule in rules:
            self._rules_of_ground.setdefault(rule.ground, []).append(rule)
        self._decisions: dict[tuple[int, int], Decision] = {}
        self._topic_ids = np.array(sorted(subjects), dtype=np.int64)

    def decide(self, topic_id: int, lon: float, lat: float) -> Decision:
        """The decision for a topic at a point.

        Raises:
            KeyError: there is no such topic.
        """
        return self._decision(self._grounds.find(lon, lat), topic_id)

    def decide_many(
        self, topic_ids: Integers, lons: Floats, lats: Floats
    ) -> tuple[list[Decision], npt.NDArray[np.int64]]:
        """Decisions for arrays of equal length: the different ones, and for each point which.

        Raises:
            KeyError: there is no such topic.
        """
        if not len(topic_ids):
            return [], np.zeros(0, dtype=np.int64)
        keys = self._grounds.find_many(lons, lats)
        keys *= len(self._topic_ids)
        keys += self._places_of(topic_ids)
        # What is decided depends on the set of grounds and the topic alone: once for each pair.
        seen = np.zeros(len(self._grounds.sets) * len(self._topic_ids), dtype=bool)
        seen[keys] = True
        different = np.flatnonzero(seen)
        which = np.zeros(len(seen), dtype=np.int64)
        which[different] = np.arange(len(different))
        decisions = [
            self._decision(number, int(self._topic_ids[place]))
            for number, place in (divmod(key, len(self._topic_ids)) for key in different.tolist())
        ]
        return decisions, which[keys]

    def _places_of(self, topic_ids: Integers) -> Integers:
        """The places of topics among all the topics."""
        if not len(self._topic_ids):
            raise KeyError("there are no topics")
        least = int(self._topic_ids[0])
        span = int(self._topic_ids[-1]) - least + 1
        if span <= _WIDEST:
            # Keys of topics lie close together, and a table is faster than a search.
            inside = (topic_ids >= least) & (topic_ids < least + span)
            table = np.full(span, -1, dtype=np.int64)
            table[self._topic_ids - least] = np.arange(len(self._topic_ids))
            places = table[topic_ids - least] if inside.all() else np.array([-1])
        else:
            places = np.searchsorted(self._topic_ids[:-1], topic_ids)
            places = np.where(self._topic_ids[places] == topic_ids, places, -1)
        if (places < 0).any():
            raise KeyError("a topic is not stored")
        return places

    def _decision(self, set_number: int, topic_id: int) -> Decision:
        key = (set_number, topic_id)
        found = self._decisions.get(key)
        if found is None:
            subject = self._subjects[topic_id]
            fitting = [
                rule
                for ground in self._grounds.sets[set_number]
                for rule in self._rules_of_ground.get(ground, ())
                if rule.fits(subject)
            ]
            found = self._decisions[key] = decide(fitting, subject)
        return found


def decide(fitting: Sequence[Rule], subject: Subject) -> Decision:
    """Which of the rules that fit topic and place goes first.

    An authority that does not answer any more and a rule for another level never do.
    """
    refused = {
        rule.id: Why.NOT_ANSWERING if not rule.authority.is_active else Why.OTHER_LEVEL
        for rule in fitting
        if not rule.authority.is_active or rule.level not in ("", subject.level)
    }
    ranked = sorted(fitting, key=lambda rule: (rule.id in refused, rule.rank()))
    first = ranked[0] if ranked and ranked[0].id not in refused else None
    told = []
    for rule in ranked:
        facts = _facts(rule)
        if rule is not first:
            assert first is not None or rule.id in refused
            facts["why"] = refused.get(rule.id) or _difference(first, rule)
        told.append(facts)
    explanation = {
        "rule": first.id if first else None,
        "passed_over": [rule.id for rule in ranked if rule is not first],
        "rules": told,
    }
    return Decision(first, json.dumps(explanation, ensure_ascii=False))


def _difference(first: Rule | None, other: Rule) -> Why:
    assert first is not None
    pairs = zip(first.rank(), other.rank(), _ORDER, strict=True)
    return next(why for ours, theirs, why in pairs if ours != theirs)


def _facts(rule: Rule) -> dict[str, Any]:
    """A rule as it is stored with each issue: what is empty or usual is left out."""
    facts = {
        "id": rule.id,
        "authority": rule.authority.name,
        "authority_en": rule.authority.name_en,
        "covers": rule.covers,
        "of": rule.of,
        "ground": rule.ground_name,
        "km2": 0 if rule.ground_name else round(rule.km2, 1 if rule.km2 < 10 else None),
        "level": rule.level,
        "priority": rule.priority,
    }
    return {name: value for name, value in facts.items() if value}
