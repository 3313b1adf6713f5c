"""The extra questions of a topic: what they may be, whether answers are right, and both in words (R2.1)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from authorities.models import Topic

MOST = 5  # questions of a topic
LONGEST = 500  # characters of a text answer where the question says nothing
TYPES = ("text", "number", "date", "boolean", "choice")
CODE = re.compile(r"[a-z0-9_]+")
ALLOWED = {
    "text": {"max_length"},
    "number": {"min", "max"},
    "date": set[str](),
    "boolean": set[str](),
    "choice": {"choices"},
}


def faults(questions: object) -> list[str]:
    """What is wrong with the questions of a topic as they are written; nothing when all is well."""
    if not isinstance(questions, list) or not all(isinstance(one, dict) for one in questions):
        return ["questions: a list of questions is expected"]
    found = []
    if len(questions) > MOST:
        found.append(f"questions: {len(questions)}, at most {MOST} are asked")
    codes = [question.get("code") for question in questions]
    if len(set(map(str, codes))) < len(codes):
        found.append("questions: two have the same code")
    for question in questions:
        found += [f"question {question.get('code')}: {fault}" for fault in _faults_of(question)]
    return found


def _faults_of(question: Mapping[str, Any]) -> list[str]:
    kind = question.get("type")
    if kind not in TYPES:
        return [f"type {kind!r} is none of {', '.join(TYPES)}"]
    found = []
    if not CODE.fullmatch(str(question.get("code", ""))):
        found.append("a code of a-z, 0-9 and _ is expected")
    if not isinstance(question.get("required"), bool):
        found.append("required must be true or false")
    if not question.get("label") or not question.get("label_en"):
        found.append("label and label_en are expected")
    unknown = question.keys() - {"code", "type", "required", "label", "label_en"} - ALLOWED[kind]
    if unknown:
        found.append(f"{', '.join(sorted(unknown))}: not for the type {kind}")
    limits = [question[name] for name in ("min", "max", "max_length") if name in question]
    if not all(isinstance(limit, int) and not isinstance(limit, bool) for limit in limits):
        found.append("limits must be whole numbers")
    elif "min" in question and "max" in question and question["min"] > question["max"]:
        found.append("min is greater than max")
    if kind == "choice":
        found += _faults_of_choices(question.get("choices"))
    return found


def _faults_of_choices(choices: object) -> list[str]:
    if not isinstance(choices, list) or len(choices) < 2:
        return ["at least two choices are expected"]
    if not all(isinstance(c, dict) and c.keys() == {"code", "name", "name_en"} for c in choices):
        return ["a choice has code, name and name_en"]
    if len({choice["code"] for choice in choices}) < len(choices):
        return ["two choices have the same code"]
    return []


def asked_of(topic: "Topic", kind: str) -> list[dict[str, Any]]:
    """The questions that a message of `kind` must answer: they are about problems alone."""
    return topic.questions if kind == "problem" else []


def checked_answers(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers as they are stored: JSON values by question code, without the empty ones.

    Args:
        questions: `Topic.questions`.
        answers: what the resident gave, by question code: strings of a form, or values of JSON.

    Raises:
        django.core.exceptions.ValidationError: by question code what is wrong, in the reader's language.
    """
    errors: dict[str, ValidationError] = {}
    found: dict[str, Any] = {}
    for code in answers.keys() - {question["code"] for question in questions}:
        errors[code] = ValidationError(_("This topic has no such question."), "unknown")
    for question in questions:
        given = answers.get(question["code"])
        if isinstance(given, str):
            given = given.strip()
        try:
            if given is None or given == "":
                if question["required"]:
                    raise ValidationError(_("Answer this question."), "required")
                continue
            found[question["code"]] = _checked(question, given)
        except ValidationError as error:
            errors[question["code"]] = error
    if errors:
        raise ValidationError(errors)
    return found


def _checked(question: Mapping[str, Any], given: Any) -> Any:
    match question["type"]:
        case "number":
            return _number(question, given)
        case "date":
            try:
                return date.fromisoformat(given).isoformat()
            except (TypeError, ValueError):
                raise ValidationError(_("Give a day, such as 2025-03-31."), "date") from None
        case "boolean":
            if given in (True, "true", "on", "1"):
                return True
            if given in (False, "false", "off", "0"):
                return False
            raise ValidationError(_("Answer yes or no."), "boolean")
        case "choice":
            if given not in [choice["code"] for choice in question["choices"]]:
                raise ValidationError(_("Choose one of the answers."), "choice")
            return given
    most = question.get("max_length", LONGEST)
    if not isinstance(given, str):
        raise ValidationError(_("Answer in words."), "text")
    if len(given) > most:
        raise ValidationError(
            _("At most %(most)d characters, please."), "max_length", {"most": most}
        )
    return given


def _number(question: Mapping[str, Any], given: Any) -> int:
    try:
        number = int(given)
    except (TypeError, ValueError):
        raise ValidationError(_("Give a whole number."), "number") from None
    if isinstance(given, bool) or (isinstance(given, float) and given != number):
        raise ValidationError(_("Give a whole number."), "number")
    if "min" in question and number < question["min"]:
        raise ValidationError(_("At least %(least)d."), "min", {"least": question["min"]})
    if "max" in question and number > question["max"]:
        raise ValidationError(_("At most %(most)d."), "max", {"most": question["max"]})
    return number


def answers_in_words(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """What was asked and what was answered, in the reader's language and in the order of asking.

    Args:
        questions: `Topic.questions`, which may have changed since; an answer without its question
            stands under its code.
        answers: by question code, as they are stored or as a form has them.
    """
    asked = {question["code"]: question for question in questions}
    codes = [code for code in asked if code in answers] + [
        code for code in answers if code not in asked
    ]
    return [
        (localized(asked[code], "label") if code in asked else code, words)
        for code in codes
        if (words := _answer_in_words(asked.get(code, {}), answers[code]))
    ]


def localized(thing: Mapping[str, Any], name: str) -> str:
    """The words `name` of a question or of a choice, in the reader's language."""
    english = thing.get(f"{name}_en") if get_language() == "en" else None
    return str(english or thing[name])


def _answer_in_words(question: Mapping[str, Any], value: Any) -> str:
    if value is None or value == "":
        return ""
    match question.get("type"):
        case "choice":
            names = {choice["code"]: localized(choice, "name") for choice in question["choices"]}
            return names.get(str(value), str(value))
        case "date":
            try:
                day = parse_date(str(value))
            except ValueError:  # not checked yet
                day = None
            return date_format(day, "DATE_FORMAT") if day else str(value)
        case "boolean" if value == "on":
            return _("yes")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
