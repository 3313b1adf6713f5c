"""One value has one byte string, whoever writes it."""

import json
from datetime import UTC, datetime, timedelta, timezone

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
