"""Topics are learned from texts: what is learned, how sure it is, and what of it is stored."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from authorities.topic_learning.features import read
from authorities.topic_learning.fitting import Example, Subject, calibration_error, fit, ridge
from authorities.topic_learning.learned import Bar, Learned, UnreadableError, dump, load

SUBJECTS = {
    "pothole": Subject("roads", frozenset({"problem"})),
    "light": Subject("roads", frozenset({"problem", "proposal"})),
    "rubbish": Subject("waste", frozenset({"problem", "thanks"})),
}
TEXTS = {
    "pothole": [
        "На дороге яма, пробил колесо",
        "Глубокая яма в асфальте у школы",
        "Выбоина, асфальт провалился, колесо погнул",
        "Ямы на дороге, объезжаем по встречной",
    ],
    "light": [
        "Не горит фонарь на улице",
        "Темно, фонари не работают",
        "На столбе перегорела лампа, темно идти",
        "Освещение улицы отключили, фонарь мигает",
    ],
    "rubbish": [
        "Не вывозят мусор, баки полные",
        "Мусор у контейнера лежит неделю",
        "Переполнены баки, мусоровоз не приезжает",
        "Контейнер полный, отходы не забирают",
    ],
}
EXAMPLES = [Example(text, topic, "problem") for topic, texts in TEXTS.items() for text in texts] + [
    Example("яма", "pothole"),
    Example("фонарь", "light"),
    Example("мусор", "rubbish"),
]


@pytest.fixture(scope="module")
def learned() -> Learned:
    return fit(EXAMPLES, SUBJECTS)[0]


def test_other_forms_of_the_words_are_understood(learned: Learned) -> None:
    judged = learned.judge("Прошу заделать две ямы и выбоину возле дома", SUBJECTS)
    assert judged.topics[int(judged.shares.argmax())] == "pothole"
    assert judged.shares.sum() == pytest.approx(1)


def test_only_what_can_be_chosen_is_weighed(learned: Learned) -> None:
    judged = learned.judge("яма на дороге", ["light", "rubbish", "never_learned"])
    assert judged.topics == ("light", "rubbish")


def test_of_words_never_seen_nothing_is_said(learned: Learned) -> None:
    judged = learned.judge("qwerty 12345", SUBJECTS)
    assert judged.best(3) == []
    assert not judged.contradicts("pothole", Bar(0, 0))
    assert learned.judge("", SUBJECTS).best(3) == []
    assert learned.judge("яма", []).best(3) == []


def test_the_words_that_counted_stand_in_the_text(learned: Learned) -> None:
    text = "Здравствуйте! Возле дома переполнены баки, пахнет."
    spans = learned.judge(text, SUBJECTS).words_for("rubbish", "light")
    assert {text[start:end] for start, end in spans} >= {"баки"}
    assert "Здравствуйте" not in {text[start:end] for start, end in spans}


def test_what_was_learned_is_read_back_as_it_was(learned: Learned) -> None:
    again = load(dump(learned))
    for text in ("яма и фонарь", "баки", "Здравствуйте"):
        before, after = learned.judge(text, SUBJECTS), again.judge(text, SUBJECTS)
        assert np.array_equal(before.shares, after.shares)
        assert before.best(3) == after.best(3)


def _pickled() -> bytes:
    into = BytesIO()
    np.savez(into, said=np.array([{"a": object}], dtype=object))
    return into.getvalue()


@pytest.mark.parametrize("stored", [b"", b"PK\x03\x04", b"\x80\x04N.", _pickled()])
def test_other_bytes_are_refused_and_nothing_of_them_runs(stored: bytes) -> None:
    with pytest.raises(UnreadableError):
        load(stored)


def test_of_residents_nothing_is_kept_that_one_alone_has_written() -> None:
    theirs = Example("Яма у дома Верещагиной", "pothole", "problem", is_invented=False)
    learned, figures = fit([*EXAMPLES, theirs], SUBJECTS)
    assert figures.messages == 1
    assert "верещагина" not in learned.vocabulary
    assert not any("вереща" in feature for feature in learned.vocabulary)


def test_a_letter_sent_twice_is_learned_once() -> None:
    again = [Example(f"{one.text}!", one.topic, one.kind) for one in EXAMPLES if one.kind]
    assert fit([*EXAMPLES, *again], SUBJECTS)[1].texts == len(EXAMPLES)


def test_without_a_message_nothing_can_be_learned() -> None:
    with pytest.raises(ValueError, match="no message"):
        fit([Example("яма", "pothole")], SUBJECTS)


def test_the_closed_form_says_what_learning_without_the_text_would_say() -> None:
    rows = np.random.default_rng(1).normal(size=(12, 5)).astype(np.float32)
    targets = np.eye(3, dtype=np.float32)[np.arange(12) % 3]
    sparse = [(np.arange(5), one) for one in rows]
    _, unseen = ridge(rows @ rows.T, sparse, 5, targets)
    for left_out in range(12):
        rest = np.arange(12) != left_out
        mine = rows[rest]
        weights, _ = ridge(mine @ mine.T, [(np.arange(5), one) for one in mine], 5, targets[rest])
        assert unseen[left_out] == pytest.approx(rows[left_out] @ weights, abs=1e-4)


def test_confidence_that_is_always_right_has_no_error() -> None:
    hits = np.array([True, True, False, False])
    assert calibration_error(np.array([1.0, 1.0, 0.0, 0.0]), hits) == 0
    assert calibration_error(np.array([0.0, 0.0, 1.0, 1.0]), hits) == 1
    assert calibration_error(np.array([0.55, 0.55, 0.55, 0.55]), hits) == pytest.approx(0.05)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
@example("А\U00017000")
def test_any_text_has_features_that_point_at_its_words(text: str) -> None:
    features = read(text)
    for word in features.words:
        assert 0 <= word.span[0] < word.span[1] <= len(text)
    for numbers in (*features.whole.values(), *features.pieces.values()):
        assert all(0 <= number < len(features.words) for number in numbers)
