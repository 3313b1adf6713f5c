"""The findings are right often enough to be shown: measured on messages that people would write."""

from functools import cache

import pytest

from authorities.models import Kind
from bench import topics
from bench.findings import (
    LEAST_PRECISION,
    OF_WORDS,
    Score,
    by_rules,
    labelled,
    scores,
    wrong_topic,
)
from common import personal_data
from moderation.models import Code

LEAST_RECALL = {
    Code.PROFANITY: 0.9,
    Code.INSULT: 0.8,
    Code.THREAT: 0.85,
    Code.PERSONAL_DATA: 0.9,
    Code.TOO_SHORT: 0.95,
    Code.SHOUTING: 0.9,
    Code.TRANSLITERATION: 0.9,
}
"""A little less than is reached: precision comes first."""


@cache
def _measured() -> dict[str, Score]:
    return scores(by_rules, list(labelled()))


def test_there_are_enough_messages_and_most_are_clean() -> None:
    messages = list(labelled())
    texts = [message.text for message in messages]
    assert len(messages) >= 600
    assert len(set(texts)) == len(texts)
    assert sum(not message.codes for message in messages) >= 300


@pytest.mark.parametrize("code", OF_WORDS)
def test_what_is_shown_is_right(code: Code) -> None:
    score = _measured()[code.value]
    assert score.precision >= LEAST_PRECISION
    assert score.recall >= LEAST_RECALL[code]


def test_of_personal_data_the_kind_is_right() -> None:
    right = wrong = missed = 0
    for message in labelled():
        found = {one.kind.value for one in personal_data.find(message.text)}
        right += len(found & message.kinds)
        wrong += len(found - message.kinds)
        missed += len(message.kinds - found)
    assert right / (right + wrong) >= LEAST_PRECISION
    assert right / (right + missed) >= LEAST_RECALL[Code.PERSONAL_DATA]


def test_a_topic_is_called_wrong_only_when_it_is() -> None:
    messages = [message for message in labelled() if message.topic]
    assert len(messages) >= 60
    assert {message.topic for message in messages} <= topics.subjects().keys()
    score = wrong_topic(messages)
    assert score.precision >= LEAST_PRECISION
    assert score.recall >= 0.7
    doubted = [
        one.text
        for one in topics.held()
        if one.kind == Kind.PROBLEM and topics.contradicts(one.text, one.topic)
    ]
    assert len(doubted) <= 0.01 * len(topics.held())


def test_suggested_topics_are_right_as_often_as_is_said() -> None:
    """A little less than is reached on messages that no model has learned from."""
    told = topics.told()
    assert {one.topic for one in topics.held()} == topics.subjects().keys()
    assert told.right_first >= 0.62
    assert told.right_in_three >= 0.8
    assert told.silent <= 0.2
    assert told.calibration_error is not None
    assert told.calibration_error <= 0.1


def test_no_held_message_is_learned_from() -> None:
    assert not {one.text for one in topics.written()} & {one.text for one in topics.held()}
