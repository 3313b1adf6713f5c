"""What residents of the demo answer to the extra questions of a topic."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from authorities.models import Topic
from authorities.questions import asked_of


def answers(topic: Topic, kind: str, *, on: date) -> dict[str, Any]:
    """Answers to the questions that must be answered, by question code.

    Args:
        topic, kind: of the message.
        on: the day of writing; what happened, happened before.
    """
    asked = asked_of(topic, kind)
    return {question["code"]: _answer(question, on) for question in asked if question["required"]}


def _answer(question: Mapping[str, Any], on: date) -> Any:
    match question["type"]:
        case "choice":
            choices = question["choices"]
            return choices[on.toordinal() % len(choices)]["code"]
        case "number":
            least, most = question.get("min", 1), question.get("max", 9)
            return least + on.toordinal() % (most - least + 1)
        case "date":
            return (on - timedelta(days=3)).isoformat()
        case "boolean":
            return on.toordinal() % 2 == 0
    return "Не помню точно"
