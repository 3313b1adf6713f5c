"""Cohen's kappa: figures of the textbook, and what can never be otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.agreement import agreement

VERDICTS = st.sampled_from(["accept", "reject"])
PAIRS = st.lists(st.tuples(VERDICTS, VERDICTS), max_size=60)


def test_the_known_example() -> None:
    told = [("a", "a")] * 20 + [("a", "r")] * 5 + [("r", "a")] * 10 + [("r", "r")] * 15
    found = agreement(told)
    assert (found.count, found.same, found.share) == (50, 35, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_many_accepted_messages_make_no_agreement_by_themselves() -> None:
    told = [("a", "a")] * 90 + [("a", "r")] * 5 + [("r", "a")] * 5
    found = agreement(told)
    assert found.share == 0.9
    assert found.kappa is not None
    assert found.kappa < 0


def test_where_both_always_say_the_same_word_kappa_is_silent() -> None:
    assert agreement([("a", "a")] * 7).kappa is None
    assert agreement([]).kappa is None
    assert agreement([]).share is None


@given(PAIRS)
def test_it_does_not_matter_who_was_first(pairs: list[tuple[str, str]]) -> None:
    turned = agreement((other, one) for one, other in pairs)
    found = agreement(pairs)
    assert (found.count, found.same) == (turned.count, turned.same)
    assert found.kappa == pytest.approx(turned.kappa)


@given(PAIRS)
def test_one_is_the_most_and_only_for_always_alike(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs)
    if found.kappa is not None:
        assert -1 <= found.kappa <= 1
        assert (found.kappa == 1) is (found.same == found.count)
