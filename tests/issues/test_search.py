"""Search: the same by postings as by the texts themselves, before and after they are folded."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from authorities.models import Authority
from issues import operations
from issues.models import Issue, Posting, SearchText, Word
from issues.operations.indexing import fold_words
from issues.policies import By
from issues.queries import ranking, search

TEXTS = (
    "Глубокая яма у школы, машины объезжают",
    "Не горит фонарь у школы",
    "Ёлку не убрали, яма во дворе",
    "Спасибо за новый фонарь во дворе школы!",
)


@pytest.fixture
def told(
    resident: User, moderator: User, authority: Authority, message: operations.Message
) -> list[Issue]:
    """Published messages with `TEXTS`."""
    found = []
    for text in TEXTS:
        filed = operations.file_issue(
            by=By.author(resident), message=replace(message, description=text, address="Мира, 1")
        )
        found.append(operations.accept_issue(by=By.moderator(moderator), issue=filed))
    return found


def places(told: list[Issue], words: str) -> list[int]:
    """Which of `TEXTS` are found."""
    keys = set(search.found(search.parsed(words)).keys.tolist())
    return [place for place, issue in enumerate(told) if issue.pk in keys]


@pytest.mark.parametrize("is_folded", [False, True])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("яма", [0, 2]),
        ("ЯМЫ", [0, 2]),
        ("школа фонари", [1, 3]),
        ("елка", [2]),
        ("яма -двор", [0]),
        ('"новый фонарь"', [3]),
        ('"фонарь новый"', []),
        ("мира", [0, 1, 2, 3]),
        ("бегемот", []),
        ("яма во дворе школы", [0, 2, 3]),  # two of three words
        ("и", []),
        ("-яма", []),
    ],
)
def test_words_find_what_has_them(
    told: list[Issue], words: str, expected: list[int], is_folded: bool
) -> None:
    if is_folded:
        fold_words()
    assert places(told, words) == expected


def test_numbers_find_one_message(told: list[Issue]) -> None:
    first = told[0]
    for typed in (first.number, f"№ {first.number}", f"  {first.serial} "):
        assert places(told, typed) == [0]
    assert places(told, "2020-99999999") == []


def test_a_change_is_found_at_once_and_folded_later(told: list[Issue]) -> None:
    assert fold_words() >= 1
    assert fold_words() == 0
    issue = told[0]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE issues_issue SET published_text = 'Открытый люк' WHERE id = %s", [issue.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(
            "UPDATE issues_searchtext SET is_pending = true, words = issues_words_of("
            "'Открытый люк', 'Мира, 1') WHERE issue_id = %s",
            [issue.pk],
        )
    assert places(told, "люк") == [0]
    assert places(told, "яма") == [2]
    fold_words()
    assert not SearchText.objects.filter(is_pending=True).exists()
    assert places(told, "люк") == [0]
    assert places(told, "яма") == [2]
    assert Word.objects.filter(word="люк").exists()


def test_what_awaits_moderation_is_not_searched(issue: Issue) -> None:
    assert not SearchText.objects.exists()


def test_mistyped_words_are_mended(told: list[Issue]) -> None:
    fold_words()
    assert Posting.objects.filter(stem="фонар").exists()
    for typed, meant in (("фанарь", "фонарь"), ("ямв", "яма"), ("zvf", "яма")):
        reading = search.read(typed)
        assert (reading.search.text, reading.is_mended) == (meant, True)
        assert reading.found
    kept = search.read("яма во дворе")
    assert (kept.search.text, kept.is_mended) == ("яма во дворе", False)
    assert not search.read("абракадабра").found
    assert search.read("яма -двор").search.text == "яма -двор"
    # Two of three words are there; all three are once the third is mended.
    reading = search.read("новый фанарь школы")
    assert (reading.search.text, reading.found.lacks_words) == ("новый фонарь школы", False)


def test_the_best_come_first_and_their_words_are_marked(told: list[Issue]) -> None:
    asked = search.parsed("фонарь мира")
    keys = [issue.pk for issue in told]
    assert set(ranking.ranked(asked, keys)[:2]) == {told[1].pk, told[3].pk}
    marked = ranking.highlights(asked, told[:2])
    assert marked[told[1].pk] == ("Не горит <mark>фонарь</mark> у школы", "<mark>Мира</mark>, 1")


@given(st.sets(st.integers(0, search.BLOCK - 1)))
def test_postings_keep_their_members(members: set[int]) -> None:
    packed = search.packed(np.array(sorted(members), dtype=np.int16))
    assert len(packed) <= search.BLOCK // 8
    bits = np.unpackbits(search.unpacked(packed))
    assert set(np.flatnonzero(bits).tolist()) == members


@pytest.mark.django_db
@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_a_search(words: str) -> None:
    reading = search.read(words)
    assert reading.found.has(np.array([1, 10**12])).tolist() == [False, False]


def test_found_says_which_of_some_keys_it_has(
    told: list[Issue], make_user: Callable[..., User]
) -> None:
    found = search.found(search.parsed("яма"))
    keys = np.array([told[0].pk, told[1].pk, 10**9])
    assert found.has(keys).tolist() == [True, False, False]
