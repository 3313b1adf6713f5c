"""A topic's own questions: their definition, and the answers of a form or of an app."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from authorities.questions import answers_in_words, checked_answers, faults


def question(code: str, kind: str, *, required: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "type": kind,
        "required": required,
        "label": "Вопрос?",
        "label_en": "Question?",
    } | more


COLOURS = [{"code": code, "name": code, "name_en": code} for code in ("red", "green")]
ASKED = [
    question("entrance", "number", required=True, min=1, max=50),
    question("since", "date"),
    question("urgent", "boolean"),
    question("colour", "choice", choices=COLOURS),
    question("words", "text", max_length=10),
]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            {
                "entrance": " 4 ",
                "since": "2026-03-31",
                "urgent": "on",
                "colour": "red",
                "words": " да ",
            },
            {"entrance": 4, "since": "2026-03-31", "urgent": True, "colour": "red", "words": "да"},
        ),
        ({"entrance": 4, "urgent": False, "since": None}, {"entrance": 4, "urgent": False}),
        ({"entrance": "50", "since": "", "colour": "", "words": "  "}, {"entrance": 50}),
    ],
)
def test_answers_are_kept_as_json_values(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert checked_answers(ASKED, given) == kept


@pytest.mark.parametrize(
    ("code", "given", "error"),
    [
        ("entrance", None, "required"),
        ("entrance", "", "required"),
        ("entrance", "four", "number"),
        ("entrance", 4.5, "number"),
        ("entrance", True, "number"),
        ("entrance", [4], "number"),
        ("entrance", 0, "min"),
        ("entrance", 51, "max"),
        ("since", "31.03.2026", "date"),
        ("since", 20260331, "date"),
        ("urgent", "perhaps", "boolean"),
        ("colour", "blue", "choice"),
        ("colour", ["red"], "choice"),
        ("words", "a" * 11, "max_length"),
        ("words", 5, "text"),
        ("shoe_size", "44", "unknown"),
    ],
)
def test_a_wrong_answer_is_told_by_its_question(code: str, given: Any, error: str) -> None:
    with pytest.raises(ValidationError) as refused:
        checked_answers(ASKED, {"entrance": 4} | {code: given})
    assert [
        (name, [one.code for one in errors]) for name, errors in refused.value.error_dict.items()
    ] == [(code, [error])]


def test_all_wrong_answers_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        checked_answers(ASKED, {"since": "tomorrow", "colour": "blue"})
    assert refused.value.error_dict.keys() == {"entrance", "since", "colour"}


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("no list", "a list of questions is expected"),
        ([question(f"q{n}", "text") for n in range(6)], "at most 5"),
        ([question("q", "text"), question("q", "date")], "the same code"),
        ([question("Q!", "text")], "a code of a-z"),
        ([question("q", "photo")], "is none of"),
        ([question("q", "text", label="")], "label and label_en"),
        ([question("q", "text") | {"required": 1}], "true or false"),
        ([question("q", "text", min=1)], "min: not for the type text"),
        ([question("q", "number", min="1")], "whole numbers"),
        ([question("q", "number", min=2, max=1)], "min is greater"),
        ([question("q", "choice")], "at least two"),
        ([question("q", "choice", choices=COLOURS[:1] * 2)], "the same code"),
        ([question("q", "choice", choices=[{"code": "a"}, {"code": "b"}])], "name and name_en"),
    ],
)
def test_a_wrong_definition_is_named(asked: Any, fault: str) -> None:
    assert any(fault in found for found in faults(asked))
    assert not faults(ASKED)


def test_answers_are_read_in_words() -> None:
    """In the order of asking; what was asked no more stands under its code."""
    shades = [{"code": "red", "name": "красный", "name_en": "red"}]
    asked = [
        question("since", "date", label="Когда?"),
        question("colour", "choice", choices=shades),
        question("urgent", "boolean"),
        question("words", "text"),
    ]
    given = {"gone": 5, "urgent": False, "colour": "red", "since": "2026-03-31", "words": ""}
    with override("ru"):
        assert answers_in_words(asked, given) == [
            ("Когда?", "31 марта 2026"),
            ("Вопрос?", "красный"),
            ("Вопрос?", "нет"),
            ("gone", "5"),
        ]
    with override("en"):
        unchecked = {"since": "2026-13-45", "urgent": "on", "colour": "blue"}
        assert [words for _asked, words in answers_in_words(asked, unchecked)] == [
            "2026-13-45",
            "blue",
            "yes",
        ]
