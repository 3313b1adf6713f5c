"""One value has one byte string, whoever writes it."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_survives_and_its_form_is_stable(value: canonical.Json) -> None:
    form = canonical.dumps(value)
    assert json.loads(form) == value
    assert canonical.dumps(json.loads(form)) == form


@given(VALUES)
def test_the_form_is_what_any_json_library_writes(value: canonical.Json) -> None:
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical.dumps(value) == written.encode()


@pytest.mark.parametrize("value", [2**63, -(2**64), 10**40, {"a": [1 << 70, "я\x7f\x1f"]}])
def test_numbers_of_any_length_are_written_whole(value: canonical.Json) -> None:
    assert json.loads(canonical.dumps(value)) == value


class Word(StrEnum):
    """A stored code."""

    ONE = "one"


class Number(IntEnum):
    """A stored number."""

    ONE = 1


def test_codes_are_written_as_what_they_stand_for() -> None:
    value: canonical.Json = {Word.ONE: [Word.ONE, Number.ONE, True], "a": (Word.ONE,)}
    assert canonical.dumps(value) == b'{"a":["one"],"one":["one",1,true]}'


def test_nesting_of_any_depth_is_written() -> None:
    value: canonical.Json = "core"
    for _layer in range(300):
        value = [value]
    assert canonical.dumps(value) == b"[" * 300 + b'"core"' + b"]" * 300


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical.dumps("\ud800")


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical.digest(value) == canonical.digest(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [1.5, {"a": 0.1}, [b"x"], {1: "a"}, {"a": datetime.now(UTC)}])
def test_what_has_no_single_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="canonical JSON"):
        canonical.dumps(value)  # type: ignore[arg-type]  # the refusal is what is tested


def test_a_moment_is_written_in_utc() -> None:
    moscow = timezone(timedelta(hours=3))
    moment = datetime(2026, 1, 31, 12, 30, tzinfo=moscow)
    assert canonical.moment(moment) == "2026-01-31T09:30:00.000000Z"
