"""Whatever rules there are, one goes first, in whatever order they come, and each other is told why."""

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from authorities.models import Authority
from authorities.rules import Rule, Subject, Why, decide

SUBJECT = Subject(topic_id=1, category_id=2, level="municipal")


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    found = []
    for key in range(1, draw(st.integers(0, 7)) + 1):
        covers = draw(st.sampled_from(["topic", "category", "any"]))
        found.append(
            Rule(
                id=key,
                authority=Authority(pk=key, name=str(key), is_active=draw(st.booleans())),
                topic_id=1 if covers == "topic" else None,
                category_id=2 if covers == "category" else None,
                level=draw(st.sampled_from(["", "municipal", "federal"])),
                priority=draw(st.integers(-1, 1)),
                ground=0,
                ground_name="",
                km2=draw(st.sampled_from([1.0, 2.0])),
                of="",
            )
        )
    return found


@given(rules(), st.randoms(use_true_random=False))
def test_the_order_they_come_in_does_not_matter(fitting: list[Rule], chance: Random) -> None:
    shuffled = list(fitting)
    chance.shuffle(shuffled)
    assert decide(shuffled, SUBJECT) == decide(fitting, SUBJECT)


@given(rules())
def test_the_first_is_the_best_of_those_that_may_answer(fitting: list[Rule]) -> None:
    decision = decide(fitting, SUBJECT)
    may = [rule for rule in fitting if rule.authority.is_active and rule.level in ("", "municipal")]
    assert decision.rule == min(may, key=Rule.rank, default=None)


@given(rules())
def test_every_other_rule_is_told_with_its_reason(fitting: list[Rule]) -> None:
    decision = decide(fitting, SUBJECT)
    told = json.loads(decision.explanation)
    first = [told["rule"]] if told["rule"] else []
    assert [rule["id"] for rule in told["rules"]] == first + told["passed_over"]
    assert {rule["id"] for rule in told["rules"]} == {rule.id for rule in fitting}
    for rule in told["rules"][len(first) :]:
        assert Why(rule["why"])
