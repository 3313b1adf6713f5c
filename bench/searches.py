"""What people look for: words of some message, mistyped at times, or its number; and the naive way to find it."""

import random
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.reader import PUBLIC, Rows

_LETTERS = "абвгдежзиклмнопрстуфхчшыьэюя"
_WORD = re.compile(r"[а-яё]{4,}")


@dataclass(frozen=True)
class Search:
    """One search.

    Attributes:
        text: as typed.
        words: as they stand in a message; none where its number is looked for.
    """

    text: str
    words: tuple[str, ...]

    @property
    def path(self) -> str:
        """The page that answers it."""
        return f"/issues/?{urlencode({'q': self.text})}"

    def of_rows(self, rows: Rows) -> float:
        """The naive way, milliseconds: each text is read for the words, the newest twenty are shown."""
        likes = " AND ".join(
            f"published_text || address ILIKE %(word{place})s" for place in range(len(self.words))
        )
        took, _ = rows.ask(
            "SELECT id, number, published_text, address, count(*) OVER () FROM issues_issue"
            f" WHERE {PUBLIC} AND {likes} ORDER BY published_at DESC LIMIT 20",
            {f"word{place}": f"%{word}%" for place, word in enumerate(self.words)},
        )
        return took


class Searches:
    """Searches for messages that are there, no two alike."""

    def __init__(self, rows: Rows) -> None:
        self._random = random.Random(2)
        _, self._messages = rows.ask(
            "SELECT number, lower(published_text || ' ' || address) FROM issues_issue"
            f" TABLESAMPLE SYSTEM (0.2) REPEATABLE (3) WHERE {PUBLIC} ORDER BY id",
            {},
        )

    def another(self) -> Search:
        """The next one: a tenth are numbers, a fifth have a mistake."""
        number, text = self._random.choice(self._messages)
        kind = self._random.random()
        if kind < 0.1:
            return Search(number, ())
        known = sorted(set(_WORD.findall(text)))
        words = self._random.sample(known, min(len(known), self._random.choice((1, 2, 2, 3))))
        typed = [self._mistyped(words[0]) if kind < 0.3 else words[0], *words[1:]]
        return Search(" ".join(typed), tuple(words))

    def _mistyped(self, word: str) -> str:
        place = self._random.randrange(1, len(word))
        return word[:place] + self._random.choice(_LETTERS) + word[place + 1 :]
