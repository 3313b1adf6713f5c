"""Routing: (topic, point, day) → authority, with its explanation; one message, or millions (R3.2).

Both ways ask the same book of rules over the same index of polygons, so they agree on every point.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from authorities import queries
from authorities.models import Authority, Level, Topic
from authorities.rules import Decision, RuleBook, Why
from geo.areas import Floats, Integers
from geo.revision import PerPeriod


@dataclass(frozen=True)
class Routing:
    """Who answers, and why.

    Attributes:
        authority: None where no rule matches: the issue then goes to the manual queue. Shared by all
            who ask, so only to be read.
        explanation: the matching rule and those passed over, as JSON; `in_words` reads it.
    """

    authority: Authority | None
    explanation: dict[str, Any]


@dataclass(frozen=True)
class BulkRouting:
    """Who answers at each of many points.

    Attributes:
        decisions: the different decisions.
        which: for each point, in the order asked, the place of its decision.
    """

    decisions: list[Decision]
    which: npt.NDArray[np.int64]

    @property
    def rule_ids(self) -> Integers:
        """The matching rule of each point, 0 where there is none."""
        rules = [one.rule.id if one.rule else 0 for one in self.decisions]
        return np.array(rules, dtype=np.int64)[self.which]

    @property
    def authority_ids(self) -> Integers:
        """The authority of each point, 0 where no rule matches."""
        authorities = [one.rule.authority.pk if one.rule else 0 for one in self.decisions]
        return np.array(authorities, dtype=np.int64)[self.which]

    def routing(self, point: int) -> Routing:
        """What `route` says of the point at this place."""
        return as_routing(self.decisions[self.which[point]])


def route(*, topic: Topic, lon: float, lat: float, on: date) -> Routing:
    """The authority that answers for `topic` at a point on a day.

    Args:
        topic: the topic, as it is stored.
        lon, lat: WGS 84 degrees.
        on: the calendar day in the region.

    Raises:
        KeyError: the topic is not stored.
    """
    return as_routing(rule_book(on).decide(topic.pk, lon, lat))


def route_many(*, topic_ids: Integers, lons: Floats, lats: Floats, on: date) -> BulkRouting:
    """`route` for many points at once: equal to it on every point.

    Args:
        topic_ids: keys of stored topics.
        lons, lats: WGS 84 degrees; all three of one length.
        on: the calendar day in the region.

    Raises:
        KeyError: a topic is not stored.
    """
    return BulkRouting(*rule_book(on).decide_many(topic_ids, lons, lats))


def rule_book(on: date) -> RuleBook:
    """The rules of a day as they are now; for those who ask many times and want one state of things."""
    return _books.on(on)


_books: PerPeriod[RuleBook] = PerPeriod(
    days_of_change=queries.days_of_change, make=queries.rule_book
)


def as_routing(decision: Decision) -> Routing:
    """A decision of a book of rules as callers get it, with an explanation of their own."""
    return Routing(
        decision.rule.authority if decision.rule else None, json.loads(decision.explanation)
    )


# --- In words -------------------------------------------------------------------------------------


_PASSED_OVER_TOLD = 3
_WHOLE_REGION_KM2 = 40_000
"""A ground so large is the whole region: it has about 44 thousand km², no district over 4."""


def in_words(explanation: Mapping[str, Any], *, in_full: bool = False) -> list[str]:
    """What an explanation says, in the reader's language: first who answers, then why others do not.

    Args:
        explanation: `Routing.explanation`, now or as it was stored with an issue.
        in_full: whether every rule is told as it is, for staff; a resident reads of few other authorities.
    """
    if "chosen_by" in explanation:
        return [_("The authority was chosen by a member of staff.")]
    rules = explanation.get("rules", [])
    passed_over = [rule for rule in rules if "why" in rule]
    if explanation.get("rule") is None:
        first = _("No rule names an authority here: a member of staff will choose it.")
    else:
        first = _("%(authority)s answers: %(rule)s.") % {
            "authority": _authority(rules[0]),
            "rule": _rule(rules[0], with_level=in_full),
        }
    if in_full:
        return [first, *map(_passed_over, passed_over)]
    # One sentence for each authority; none for another rule of the one that answers.
    others = {_authority(rule): rule["why"] for rule in reversed(passed_over)}
    if explanation.get("rule") is not None:
        others.pop(_authority(rules[0]), None)
    told = list(reversed(others.items()))[:_PASSED_OVER_TOLD]
    return [
        first,
        *(
            _("Why not %(authority)s: %(why)s.") % {"authority": name, "why": _reasons()[why]}
            for name, why in told
        ),
    ]


def _passed_over(rule: Mapping[str, Any]) -> str:
    return _("%(authority)s (%(rule)s) was passed over: %(why)s.") % {
        "authority": _authority(rule),
        "rule": _rule(rule, with_level=True),
        "why": _reasons()[rule["why"]],
    }


def _authority(rule: Mapping[str, Any]) -> str:
    return str((get_language() == "en" and rule.get("authority_en")) or rule["authority"])


def _rule(rule: Mapping[str, Any], *, with_level: bool) -> str:
    match rule["covers"]:
        case "topic":
            subject = _("for the topic “%(name)s”") % {"name": rule["of"]}
        case "category":
            subject = _("for the category “%(name)s”") % {"name": rule["of"]}
        case _:
            subject = _("for any topic")
    if with_level and "level" in rule:
        level = Level(rule["level"]).label
        subject = _("%(subject)s of the level “%(level)s”") % {"subject": subject, "level": level}
    km2 = rule.get("km2", 0)
    ground = rule.get("ground") or (
        _("the whole region")
        if km2 > _WHOLE_REGION_KM2
        else _("an area of %(km2)s km²") % {"km2": km2}
    )
    return _("%(subject)s, on the ground: %(ground)s") % {"subject": subject, "ground": ground}


def _reasons() -> dict[str, str]:
    return {
        Why.OTHER_LEVEL: pgettext("rule passed over", "the topic is of another level"),
        Why.NOT_ANSWERING: pgettext("rule passed over", "this authority does not answer any more"),
        Why.LOWER_PRIORITY: pgettext("rule passed over", "the chosen rule has a higher priority"),
        Why.LESS_EXACT: pgettext(
            "rule passed over", "the chosen rule names the topic more exactly"
        ),
        Why.LARGER_GROUND: pgettext("rule passed over", "the chosen rule is for a smaller ground"),
        Why.EVERY_LEVEL: pgettext("rule passed over", "the chosen rule is for this level"),
        Why.LATER_RULE: pgettext("rule passed over", "the chosen rule was entered earlier"),
    }
