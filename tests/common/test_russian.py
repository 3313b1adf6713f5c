"""Any word can be read, also one that nobody has ever written."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from common import russian


@settings(deadline=None)
@given(st.text(min_size=1, max_size=12))
@example("а\U00017000")  # a letter without a name
def test_any_word_has_a_first_form(word: str) -> None:
    assert russian.lemma(word)
    assert russian.is_known(word) in {True, False}


def test_first_forms_have_one_letter_for_two() -> None:
    assert russian.lemma("ёлки") == "елка"
    assert russian.is_known("ёлки")
    assert not russian.is_known("ёлкинг")
