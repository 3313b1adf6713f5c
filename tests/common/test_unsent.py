"""What was typed over the end of a session is kept, and no more of it than a form has."""

from django.test import RequestFactory

from common import unsent


def kept(**sent: str) -> dict[str, str]:
    request = RequestFactory().post("/my/2026-1/rate/", sent)
    request.session = {}  # type: ignore[assignment]
    unsent.keep(request)
    words: dict[str, str] = request.session["unsent"]["words"]
    return words


def test_words_are_kept_and_what_the_page_said_itself_is_not() -> None:
    assert kept(comment="Яма на месте.", stars="1", csrfmiddlewaretoken="x", seen="7") == {
        "comment": "Яма на месте.",
        "stars": "1",
    }


def test_however_much_is_sent_the_store_of_sessions_gets_little() -> None:
    words = kept(stars="1", **{f"field-{number}": "я" * 9_000 for number in range(50)})
    assert words["stars"] == "1"
    assert sum(len(name) + len(value) for name, value in words.items()) <= unsent.LONGEST
