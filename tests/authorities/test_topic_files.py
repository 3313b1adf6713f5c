"""The catalogue of topics and the demo's texts, read as files: what their importers may rely on."""

import csv
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ROOT / "fixtures" / "topics"
DEMO_TEXTS = ROOT / "fixtures" / "demo" / "texts"
CLASSIFIER = ROOT.parent / "shared" / "data" / "appeals_classifier_subset.csv"

KINDS = {"problem", "proposal", "thanks"}
LEVELS = {"municipal", "regional", "federal", "contractor"}
QUESTION_TYPES = {"text", "number", "date", "boolean", "choice"}

# The categories by which residents already know such portals, and the section on land value.
KNOWN_CATEGORIES = {
    "Образование",
    "Природа, экология",
    "Экономика и бизнес",
    "Связь, интернет",
    "СМИ",
    "Транспорт",
    "Работа МФЦ",
    "Проблемы бизнеса",
    "Торговля",
    "Городское благоустройство",
    "Двор, придомовые территории",
    "Дом, ЖКХ",
    "Автомобильные дороги",
    "Медицина",
    "Физическая культура и спорт",
    "Кадастровая стоимость земли",
}

TOPIC_KEYS = {
    "code",
    "name",
    "name_en",
    "kinds",
    "term_days",
    "level",
    "classifier_code",
    "keywords",
    "notice",
    "questions",
    "examples",
    "examples_proposal",
    "examples_thanks",
}
QUESTION_KEYS = {
    "code",
    "type",
    "required",
    "label",
    "label_en",
    "choices",
    "min",
    "max",
    "max_length",
}

PHONE = re.compile(r"(?:\+7|\b8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}|\d{7,}")
EMAIL_OR_LINK = re.compile(r"\S@\S|https?:|www\.")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@cache
def categories() -> dict[str, dict[str, Any]]:
    """The categories by file name, in the order of the catalogue."""
    return {
        path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(TOPICS.glob("*.yaml"))
    }


def topics() -> list[dict[str, Any]]:
    return [topic for category in categories().values() for topic in category["topics"]]


def messages(topic: dict[str, Any]) -> Iterator[str]:
    for key in ("examples", "examples_proposal", "examples_thanks"):
        yield from topic.get(key, [])


def test_catalogue_is_large_enough_and_has_every_known_category() -> None:
    assert len(categories()) >= 17
    assert len(topics()) >= 125
    names = {category["name"] for category in categories().values()}
    assert names >= KNOWN_CATEGORIES


def test_codes_and_names_are_unique() -> None:
    for rows in (list(categories().values()), topics()):
        for key in ("code", "name", "name_en"):
            values = [row[key] for row in rows]
            assert sorted(values) == sorted(set(values)), key


def test_map_icons_stay_few_enough_to_be_drawn() -> None:
    icons = {category["icon"] for category in categories().values()}
    assert len(icons) <= 25
    assert all(re.fullmatch("[a-z]+", icon) for icon in icons)


@pytest.mark.parametrize("name", sorted(path.name for path in TOPICS.glob("*.yaml")))
def test_category_file(name: str) -> None:
    category = categories()[name]
    assert set(category) == {"code", "name", "name_en", "icon", "topics"}
    assert re.fullmatch(r"\d\d-[a-z_]+\.yaml", name)
    assert name[3:-5] == category["code"]
    assert CYRILLIC.search(category["name"])
    assert not CYRILLIC.search(category["name_en"])
    offered = {kind for topic in category["topics"] for kind in topic["kinds"]}
    assert offered == KINDS, "a resident can report, propose and thank in every category"


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: str(topic["code"]))
def test_topic(topic: dict[str, Any]) -> None:
    assert set(topic) <= TOPIC_KEYS
    assert re.fullmatch("[a-z0-9_]{3,50}", topic["code"])
    assert CYRILLIC.search(topic["name"])
    assert not CYRILLIC.search(topic["name_en"])
    assert topic["kinds"]
    assert set(topic["kinds"]) <= KINDS
    assert 1 <= topic["term_days"] <= 20, "the law's 30 calendar days hold about 20 working days"
    assert topic["level"] in LEVELS
    assert re.fullmatch(r"\d{4}(\.\d{4}){3,4}", topic["classifier_code"])
    assert 5 <= len(topic["keywords"]) <= 12
    assert len(set(topic["keywords"])) == len(topic["keywords"])
    assert all(isinstance(word, str) for word in topic["keywords"])
    if "notice" in topic:
        assert set(topic["notice"]) == {"ru", "en"}


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: str(topic["code"]))
def test_extra_questions_are_few_and_answerable(topic: dict[str, Any]) -> None:
    questions = topic.get("questions", [])
    assert len(questions) <= 5
    assert len({question["code"] for question in questions}) == len(questions)
    for question in questions:
        assert set(question) <= QUESTION_KEYS
        assert re.fullmatch("[a-z0-9_]+", question["code"])
        assert question["type"] in QUESTION_TYPES
        assert isinstance(question["required"], bool)
        assert CYRILLIC.search(question["label"])
        assert not CYRILLIC.search(question["label_en"])
        assert ("choices" in question) == (question["type"] == "choice")
        assert not {"min", "max"} & set(question) or question["type"] == "number"
        assert "max_length" not in question or question["type"] == "text"
        if {"min", "max"} <= set(question):
            assert question["min"] < question["max"]
        choices = question.get("choices", [])
        assert len(choices) != 1
        assert len({choice["code"] for choice in choices}) == len(choices)
        for choice in choices:
            assert set(choice) == {"code", "name", "name_en"}
            assert re.fullmatch("[a-z0-9_]+", choice["code"])


@pytest.mark.parametrize("topic", topics(), ids=lambda topic: str(topic["code"]))
def test_examples_read_like_messages_and_hold_no_personal_data(topic: dict[str, Any]) -> None:
    assert len(topic["examples"]) >= 3
    for kind in ("proposal", "thanks"):
        assert bool(topic.get(f"examples_{kind}")) == (kind in topic["kinds"])
    for text in messages(topic):
        assert 60 <= len(text) <= 400, text
        assert not PHONE.search(text), text
        assert not EMAIL_OR_LINK.search(text), text


def test_no_message_is_repeated() -> None:
    texts = [text for topic in topics() for text in messages(topic)]
    assert len(texts) == len(set(texts))


def test_classifier_codes_exist_as_leaf_questions() -> None:
    if not CLASSIFIER.exists():
        pytest.skip(f"the classifier of appeals is not at {CLASSIFIER}")
    with CLASSIFIER.open(encoding="utf-8", newline="") as file:
        leaves = {row["code"] for row in csv.DictReader(file) if row["level"] >= "4"}
    unknown = {topic["code"] for topic in topics() if topic["classifier_code"] not in leaves}
    assert not unknown


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def demo(name: str) -> Any:
    return yaml.safe_load((DEMO_TEXTS / name).read_text(encoding="utf-8"))


def test_demo_answers_serve_every_category_and_decision() -> None:
    answers = demo("answers.yaml")
    assert set(answers) == {category["code"] for category in categories().values()}
    for by_decision in answers.values():
        assert set(by_decision) == {"done", "explained", "refused", "deferred"}
        for texts in by_decision.values():
            assert len(texts) >= 3
            assert all(placeholders(text) == {"date", "act"} for text in texts)


def test_demo_answers_by_topic_name_known_topics() -> None:
    answers = demo("topic_answers.yaml")
    assert set(answers) <= {topic["code"] for topic in topics()}
    for texts in answers.values():
        assert all(placeholders(text) == {"date", "act"} for text in texts)


def test_demo_people_and_reviews_are_enough_for_a_lively_map() -> None:
    residents = demo("residents.yaml")
    assert len({(row["last_name"], row["first_name"]) for row in residents}) >= 60
    for row in residents:
        assert row["patronymic"].endswith("на" if row["gender"] == "female" else "ич")
    signatories = demo("signatories.yaml")
    assert len(signatories) >= 20
    assert {row["level"] for row in signatories} == LEVELS
    reviews = demo("reviews.yaml")
    assert set(reviews["comments"]) == {1, 2, 3, 4, 5}
    assert all(len(comments) >= 8 for comments in reviews["comments"].values())
    assert len(reviews["rework"]) >= 12


def test_every_reason_of_rejection_has_its_ground_and_letter_in_both_languages() -> None:
    reasons = demo("rejections.yaml")
    assert len({reason["code"] for reason in reasons}) == len(reasons) >= 10
    for reason in reasons:
        for key in ("name", "legal_ground", "letter"):
            assert CYRILLIC.search(reason[key])
            assert not CYRILLIC.search(reason[f"{key}_en"])
