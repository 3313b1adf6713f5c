"""The table is complete and says what SPEC R1.2 says."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.workflow import (
    ACTIONS,
    OPEN_STATES,
    PUBLIC_STATES,
    ActionRefusedError,
    Actor,
    Need,
    State,
    available,
    next_state,
)

EVERY_NEED = frozenset(Need)


def test_every_state_is_reached_from_filing() -> None:
    reached: set[State] = {State.SUBMITTED}
    while True:
        further = {
            action.target
            for action in ACTIONS.values()
            if action.target and not action.sources.isdisjoint(reached)
        } | reached
        if further == reached:
            break
        reached = further
    assert reached == set(State)


def test_from_every_open_state_an_end_is_reached() -> None:
    for state in OPEN_STATES:
        assert "withdraw" in {action.name for action in available(state, actor=Actor.AUTHOR)}


def test_nothing_leaves_closed_and_withdrawn() -> None:
    for state in (State.CLOSED, State.WITHDRAWN):
        assert {a.target for a in ACTIONS.values() if state in a.sources} <= {None}


@pytest.mark.parametrize(
    "way",
    [
        ["submit", "reject", "resubmit", "accept", "publish", "acknowledge"],
        ["submit", "accept", "publish", "dispatch", "register", "start", "answer", "rate", "close"],
        ["submit", "accept", "publish", "dispatch", "refuse_registration", "assign", "dispatch"],
        ["submit", "accept", "publish", "dispatch", "register", "start", "extend", "answer"],
        ["submit", "accept", "publish", "dispatch", "register", "start", "redirect", "start"],
        ["submit", "accept", "publish", "dispatch", "register", "defer", "answer", "reopen"],
        [
            "submit",
            "accept",
            "publish",
            "dispatch",
            "register",
            "answer",
            "reopen",
            "dispatch",
            "start",
            "answer",
            "close_by_silence",
        ],
        [
            *("submit", "accept", "publish", "dispatch", "register"),
            *("answer", "reopen", "dispatch", "answer", "reopen", "dispatch"),
            *("answer", "rate", "control", "head_decides"),
        ],
    ],
)
def test_the_ways_of_the_specification_can_be_gone(way: list[str]) -> None:
    state: State | None = None
    for name in way:
        action = ACTIONS[name]
        state = next_state(action, state, actor=min(action.actors), hidden=False, given=EVERY_NEED)


@given(
    st.sampled_from(sorted(ACTIONS)),
    st.none() | st.sampled_from(State),
    st.sampled_from(Actor),
    st.booleans(),
    st.frozensets(st.sampled_from(Need)),
)
def test_an_action_gives_its_target_or_a_reason(
    name: str, state: State | None, actor: Actor, hidden: bool, needs: frozenset[Need]
) -> None:
    action = ACTIONS[name]
    after, why = None, None
    try:
        after = next_state(action, state, actor=actor, hidden=hidden, given=needs)
    except ActionRefusedError as refused:
        why = refused.why
    if after is None:
        assert why in {"state", "actor", "hidden"} | {need.value for need in Need}
        return
    assert after == (action.target or state)
    assert actor in action.actors
    assert action.needs <= needs
    assert (state in action.sources) if action.sources else state is None


def test_only_a_moderator_judges() -> None:
    for name, actor in itertools.product(("reject", "uphold", "hide", "unhide"), Actor):
        assert (actor in ACTIONS[name].actors) is (actor is Actor.MODERATOR)
    # A rule that administrators switch on may say yes, and nothing but yes.
    assert ACTIONS["accept"].actors == {Actor.MODERATOR, Actor.SYSTEM}


def test_what_is_not_yet_judged_is_not_public() -> None:
    assert PUBLIC_STATES.isdisjoint(
        {State.SUBMITTED, State.REJECTED, State.ACCEPTED, State.WITHDRAWN}
    )
