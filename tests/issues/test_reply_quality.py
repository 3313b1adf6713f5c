"""The check of answers against labelled ones: little is missed, and nearly nothing is said in vain."""

import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from issues.reply_quality import ADVICE, TITLES, VISIBLE_WORK, Code, Draft, Finding, check

LABELLED: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "labelled_answers.yaml").read_text(encoding="utf-8")
)


def draft(entry: dict[str, Any]) -> Draft:
    return Draft(
        text=entry["text"],
        decision=entry.get("decision", "done"),
        message=entry.get("message", ""),
        is_visible_work=entry.get("visible", True),
        has_files=entry.get("files", False),
        due_date=entry.get("due"),
        earlier=tuple(entry.get("earlier", ())),
        hidden_name=("Воронцова", "Анна"),
        own_words=("+7 495 000-00-00", "square@example.org"),
    )


def found(text: str, **fields: Any) -> dict[Code, Finding]:
    fields = {"decision": "explained", "message": ""} | fields
    return {finding.code: finding for finding in check(Draft(text=text, **fields))}


def test_few_false_alarms_and_little_missed(record_property: Any, capsys: Any) -> None:
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    told = []
    for entry in LABELLED:
        codes = {finding.code.value for finding in check(draft(entry))}
        expected = set(entry.get("is", ()))
        right.update(codes & expected)
        wrong.update(codes - expected)
        missed.update(expected - codes)
        if codes != expected:
            told.append(f"{entry['text'][:70]}: +{codes - expected} -{expected - codes}")
    precision = right.total() / (right.total() + wrong.total())
    recall = right.total() / (right.total() + missed.total())
    summary = f"{len(LABELLED)} answers: precision {precision:.3f}, recall {recall:.3f}"
    record_property("reply_quality", summary)
    with capsys.disabled():
        sys.stdout.write(f"\n{summary}\n")
    assert len(LABELLED) >= 60
    assert precision >= 0.95, told
    assert recall >= 0.9, told
    good = [entry for entry in LABELLED if not entry.get("is")]
    assert sum(bool(check(draft(entry))) for entry in good) <= 1, told


def test_the_good_answers_of_the_demo_are_left_in_peace() -> None:
    """Some hundred answers that somebody else wrote."""
    folder = Path(__file__).parents[2] / "fixtures" / "demo" / "texts"
    by_category = yaml.safe_load((folder / "answers.yaml").read_text(encoding="utf-8"))
    by_topic = yaml.safe_load((folder / "topic_answers.yaml").read_text(encoding="utf-8"))
    told = [
        (category, decision, text)
        for category, answers in by_category.items()
        for decision, texts in answers.items()
        for text in texts
    ] + [(code.split("_")[0], "done", text) for code, texts in by_topic.items() for text in texts]
    alarms = [
        (text, findings)
        for category, decision, text in told
        if (
            findings := check(
                Draft(
                    text=text.format(date="12 мая 2026", act="18-А"),
                    decision=decision,
                    is_visible_work=category in VISIBLE_WORK,
                    has_files=True,
                    due_date=date(2026, 9, 1) if decision == "deferred" else None,
                )
            )
        )
    ]
    assert len(told) > 300
    assert len(alarms) <= len(told) * 0.01, alarms


@pytest.mark.parametrize("code", Code)
def test_every_finding_is_labelled_and_explained(code: Code) -> None:
    assert any(code in entry.get("is", ()) for entry in LABELLED)
    with translation.override("ru"):
        assert TITLES[code]
        assert ADVICE[code]


def test_a_finding_names_the_words_it_means() -> None:
    text = "Информация принята к сведению. Звоните: +7 916 123-45-67."
    findings = found(text, decision="done")
    assert findings[Code.NO_ACTION].words == ("принята к сведению",)
    assert findings[Code.PERSONAL].words == ("+7 916 123-45-67",)
    assert findings[Code.PERSONAL].must_be_confirmed
    assert not findings[Code.NO_ACTION].must_be_confirmed


def test_offices_are_no_personal_data() -> None:
    text = (
        "Осмотр проведён 5 мая. Приёмная: 8 (495) 123-45-67, info@square.example.org, 112, "
        "горячая линия 8 800 100-20-30. Исполнитель: Петров И. И."
    )
    assert Code.PERSONAL not in found(text)
    mobile = "Осмотр проведён 5 мая, дежурный отвечает по телефону +7 926 000-11-22."
    assert Code.PERSONAL in found(mobile)
    assert Code.PERSONAL not in found(mobile, own_words=("+7 (926) 000-11-22",))


def test_an_author_who_asked_not_to_be_named_is_not_named_in_any_case() -> None:
    for word in ("Воронцова", "Воронцовой", "Воронцову"):
        text = f"Осмотр 5 мая проведён в присутствии заявителя {word}, акт № 4."
        assert found(text, hidden_name=("Воронцова",))[Code.PERSONAL].words == (word,)
        assert Code.PERSONAL not in found(text)
    street = "Осмотр 5 мая проведён на улице Ворона, акт № 4."
    assert Code.PERSONAL not in found(street, hidden_name=("Воронцова",))


def test_missing_points_are_quoted() -> None:
    message = "1) Заделайте яму на въезде.\n2) Спилите сухое дерево у школы."
    findings = found("Яма заделана 3 мая, акт № 15.", decision="done", message=message)
    assert findings[Code.UNANSWERED].words == ("Спилите сухое дерево у школы.",)


def test_a_promised_day_in_its_field_is_a_day() -> None:
    text = "Ремонт включён в план, подрядчик будет определён по торгам."
    assert Code.NO_DATE in found(text, decision="deferred")
    day = date(2027, 1, 1)
    assert Code.NO_DATE not in found(text, decision="deferred", due_date=day)


@given(text=st.text(max_size=400), message=st.text(max_size=400), days=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_any_text_is_judged_and_always_alike(text: str, message: str, days: int) -> None:
    one = Draft(
        text=text,
        decision="deferred" if days else "done",
        message=message,
        due_date=date(2026, 5, 1) + timedelta(days) if days else None,
        earlier=(message,),
    )
    again = Draft(one.text, one.decision, message, due_date=one.due_date, earlier=(message,))
    assert check(one) == check(again)
    assert all(len(words) <= 160 for finding in check(one) for words in finding.words)


def test_a_long_text_is_judged_before_the_test_runs_out_of_time() -> None:
    for text in ("прошу 1) " * 2_000, "а" * 4_000, "в целях " * 2_500, "принято меры " * 1_500):
        assert isinstance(check(Draft(text=text, decision="done", message=text)), list)
