"""Messages by their number, and by words of their text and address: which have them, or what was meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from issues.models import Issue

Bits = NDArray[np.uint8]
Places = NDArray[np.int16]
Keys = NDArray[np.int64]
Mask = NDArray[np.bool_]

BLOCK = 8192
"""Messages whose places one posting tells; its bits fit into one page of the database."""
_BITS_SIZE = BLOCK // 8
MOST_TERMS = 12
"""Words of a search that are heeded; nobody types more."""
READ_FOR_PHRASES = 4000
"""The newest messages with the words of a phrase whose order is looked at."""

_TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_NUMBER = re.compile(r"(?:№|n|no\.?)?\s*(?:(\d{4})-)?(\d{1,9})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Term:
    """A word of a search, or a phrase in quotation marks.

    Attributes:
        text: as typed.
        is_out: whether messages with it are shut out.
        is_phrase: whether its words must follow each other.
        stems: what the dictionary makes of it; empty for «и» and the like.
    """

    text: str
    is_out: bool
    is_phrase: bool
    stems: tuple[str, ...]

    @property
    def typed(self) -> str:
        """As somebody would type it, and as `websearch_to_tsquery` reads it."""
        return "-" * self.is_out + (f'"{self.text}"' if self.is_phrase else self.text)


@dataclass(frozen=True)
class Search:
    """What somebody looks for.

    Attributes:
        text: as typed.
        number: the year (None: any) and the serial, where it is a number.
        terms: the words, in their order.
    """

    text: str
    number: tuple[int | None, int] | None = None
    terms: tuple[Term, ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that a message must have."""
        return tuple(term for term in self.terms if term.stems and not term.is_out)

    @property
    def heeded(self) -> tuple[Term, ...]:
        """The terms that narrow: words such as «и» do not."""
        return tuple(term for term in self.terms if term.stems)

    @property
    def shuts_out_only(self) -> bool:
        """Whether all that narrows has a minus: then nothing is looked for, and nothing found."""
        return bool(self.heeded) and not self.wanted

    @property
    def tsquery(self) -> str:
        """The same for `websearch_to_tsquery`."""
        return " ".join(term.typed for term in self.heeded)

    @property
    def any_word(self) -> str:
        """Any of the wanted words, for `websearch_to_tsquery`: what is ranked and marked."""
        return " or ".join(term.typed for term in self.wanted)


def parsed(words: str) -> Search:
    """What `words` ask for: a number such as «2026-15», words, "a phrase", -not this."""
    words = words.replace("\0", " ").strip()
    if number := _NUMBER.fullmatch(words):
        year, serial = number.groups()
        return Search(words, number=(int(year) if year else None, int(serial)))
    found = [
        (match["word"] or match["phrase"], bool(match["minus"]), match["word"] is None)
        for match in _TERM.finditer(words)
        if re.search(r"\w", match["word"] or match["phrase"] or "")
    ][:MOST_TERMS]
    if not found:
        return Search(words)
    # A sign within a word would mean something to the parser of queries.
    texts = [re.sub(r"[^\w.,/-]+", " ", text).strip(" -.,/") for text, _, _ in found]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('russian', term)) FROM unnest(%s::text[])"
            " WITH ORDINALITY AS typed (term, place) ORDER BY place",
            [texts],
        )
        stems = [tuple(row[0]) for row in cursor.fetchall()]
    return Search(
        words,
        terms=tuple(
            Term(text, is_out, is_phrase and len(of_term) > 1, of_term)
            for text, (_, is_out, is_phrase), of_term in zip(texts, found, stems, strict=True)
        ),
    )


class Found:
    """The messages that a search finds, public or not.

    Attributes:
        lacks_words: whether none has all the words, and these are the ones that have the most of them.
        is_cut: whether older ones were left out, for a phrase that is looked for in the newest alone.
    """

    def __init__(self, is_found: Mask, *, lacks_words: bool = False, is_cut: bool = False) -> None:
        """Args: is_found: for each key from 0 on."""
        self._is_found = is_found
        self.lacks_words = lacks_words
        self.is_cut = is_cut

    @property
    def keys(self) -> Keys:
        """The keys of all, ascending."""
        return np.flatnonzero(self._is_found).astype(np.int64)

    def __bool__(self) -> bool:
        return bool(self._is_found.any())

    def has(self, keys: Keys) -> Mask:
        """Which of `keys` are found."""
        if not self._is_found.size:
            return np.zeros(len(keys), dtype=np.bool_)
        known = keys < self._is_found.size
        return self._is_found[np.where(known, keys, 0)] & known


def found(search: Search) -> Found:
    """All messages that have the words of `search`, or its number; exact, and at once for any word.

    Where none has all the words: those that have the most of them, if more than one.
    """
    if search.number:
        year, serial = search.number
        numbered = Issue.objects.filter(serial=serial, **({"year": year} if year else {}))
        return _of_keys(list(numbered.values_list("pk", flat=True)))
    if not search.wanted:
        return _of_keys([])
    stems = {stem for term in search.heeded for stem in term.stems}
    postings, pending = _read(sorted(stems), search.heeded)
    size = 1 + max([*(block for _, block, _ in postings), *(key // BLOCK for key, _ in pending), 0])
    having = {stem: np.zeros((size, _BITS_SIZE), dtype=np.uint8) for stem in stems}
    for stem, block, members in postings:
        having[stem][block] = unpacked(members)
    of_terms = []
    for place, term in enumerate(search.heeded):
        bits = np.bitwise_and.reduce([having[stem] for stem in term.stems]).reshape(-1)
        for key, matches in pending:
            of_key = np.uint8(128 >> key % 8)
            bits[key // 8] = bits[key // 8] | of_key if matches[place] else bits[key // 8] & ~of_key
        of_terms.append(bits)
    found_now = _together(search, of_terms)
    if not any(term.is_phrase for term in search.heeded):
        return found_now
    keys = found_now.keys
    read = _in_this_order(keys[-READ_FOR_PHRASES:], search.tsquery)
    return _of_keys(read, is_cut=len(keys) > READ_FOR_PHRASES)


def _together(search: Search, of_terms: Sequence[Bits]) -> Found:
    """What has all of the wanted terms, else the most of them, and none that is shut out."""
    wanted = [bits for term, bits in zip(search.heeded, of_terms, strict=True) if not term.is_out]
    allowed = np.full_like(wanted[0], 255)
    for term, bits in zip(search.heeded, of_terms, strict=True):
        if term.is_out and not term.is_phrase:
            allowed &= ~bits
    every = np.bitwise_and.reduce([allowed, *wanted])
    if every.any() or len(wanted) == 1 or any(term.is_phrase for term in search.heeded):
        return Found(np.unpackbits(every).view(np.bool_))
    counts = np.zeros(8 * allowed.size, dtype=np.uint8)
    for bits in wanted:
        counts += np.unpackbits(bits & allowed)
    most = int(counts.max(initial=0))
    return Found(counts == most if most > 1 else np.zeros(0, dtype=np.bool_), lacks_words=most > 1)


def _read(
    stems: Sequence[str], terms: Sequence[Term]
) -> tuple[list[tuple[str, int, bytes]], list[tuple[int, list[bool]]]]:
    """The postings of `stems`; and of the texts that these do not know yet, which of `terms` they have.

    One statement, so that no text moves from one to the other in between.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stem, block, members, NULL::bigint, NULL::boolean[] FROM issues_posting"
            " WHERE stem = ANY(%s) UNION ALL SELECT NULL, NULL, NULL, issue_id, ARRAY("
            "SELECT words @@ plainto_tsquery('russian', term) FROM unnest(%s::text[])"
            " WITH ORDINALITY AS wanted (term, place) ORDER BY place"
            ") FROM issues_searchtext WHERE is_pending",
            [list(stems), [term.text for term in terms]],
        )
        rows = cursor.fetchall()
    postings = [(stem, block, bytes(members)) for stem, block, members, _, _ in rows if stem]
    return postings, [(key, matches) for stem, _, _, key, matches in rows if not stem]


def _in_this_order(keys: Keys, tsquery: str) -> list[int]:
    """Those of `keys` whose texts have the words of each phrase one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT issue_id FROM issues_searchtext WHERE issue_id = ANY(%s)"
            " AND words @@ websearch_to_tsquery('russian', %s)",
            [keys.tolist(), tsquery],
        )
        return [row[0] for row in cursor.fetchall()]


def _of_keys(keys: list[int], *, is_cut: bool = False) -> Found:
    is_found = np.zeros(1 + max(keys, default=-1), dtype=np.bool_)
    is_found[keys] = True
    return Found(is_found, is_cut=is_cut)


def packed(places: Places) -> bytes:
    """The members of a posting, from their places in the block."""
    if 2 * len(places) < _BITS_SIZE:
        return places.astype("<u2").tobytes()
    bits = np.zeros(BLOCK, dtype=np.bool_)
    bits[places] = True
    return np.packbits(bits).tobytes()


def unpacked(members: bytes) -> Bits:
    """The members of a posting as bits."""
    if len(members) == _BITS_SIZE:
        return np.frombuffer(members, dtype=np.uint8)
    bits = np.zeros(BLOCK, dtype=np.bool_)
    bits[np.frombuffer(members, dtype="<u2")] = True
    return np.packbits(bits)


def matching(issues: QuerySet[Issue], words: str) -> QuerySet[Issue]:
    """Those of `issues` that have the number or the words."""
    return issues.filter(pk__in=found(parsed(words)).keys.tolist())


def lock_block(block: int) -> None:
    """Makes whoever else writes the postings of a block wait until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock('issues_posting'::regclass::int, %s)", [block])


def places_of_stems(block: int) -> list[tuple[str, Places]]:
    """Every stem that texts of a block have, and the places of those texts in it."""
    first = block * BLOCK
    with connection.cursor() as cursor:
        # Numbers as PostgreSQL sends them: an array would be written out and read digit by digit.
        cursor.execute(
            "SELECT stem, string_agg(int2send((issue_id - %(first)s)::int2), ''::bytea)"
            " FROM issues_searchtext, unnest(tsvector_to_array(words)) AS stem"
            " WHERE issue_id >= %(first)s AND issue_id < %(first)s + %(size)s GROUP BY stem",
            {"first": first, "size": BLOCK},
        )
        return [(stem, np.sort(np.frombuffer(sent, ">i2"))) for stem, sent in cursor.fetchall()]


def write_postings(block: int, members: Mapping[str, bytes]) -> None:
    """Puts postings of a block, by their stem, in the place of all that it had."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM issues_posting WHERE block = %s", [block])
        # Thousands for each block: a model for each would take most of the time.
        cursor.execute(
            "INSERT INTO issues_posting (stem, block, members) SELECT stem, %s, members"
            " FROM unnest(%s::text[], %s::bytea[]) AS written (stem, members)",
            [block, list(members), list(members.values())],
        )


# --- Typing mistakes ------------------------------------------------------------------------------

_LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_LAYOUT = str.maketrans(_LATIN_KEYS + _LATIN_KEYS.upper(), _RUSSIAN_KEYS + _RUSSIAN_KEYS.upper())
_MENDABLE = re.compile(r"[^\W\d_]{3,40}|[a-z`\[\];',.]{3,40}", re.IGNORECASE)


def mended(search: Search) -> str | None:
    """`search` as it may have been meant, where nothing has its words: the nearest words that texts have.

    A word typed with the Latin layout left on («zvf») is read as it was meant («яма»).

    Returns:
        Words to search for, None where there is no better guess.
    """
    meant = {
        term.text: term.text.translate(_LAYOUT).lower()
        if term.text.isascii()
        else term.text.lower()
        for term in search.wanted
        if not term.is_phrase and _MENDABLE.fullmatch(term.text)
    }
    nearest = _nearest([*meant.values()])
    guesses = {
        typed: nearest[word]
        for typed, word in meant.items()
        if nearest.get(word, typed.lower()) != typed.lower()
    }
    if not guesses:
        return None
    return " ".join(
        term.typed if term.is_out else guesses.get(term.text, term.typed) for term in search.terms
    )


def _nearest(words: Sequence[str]) -> dict[str, str]:
    """For each of `words` that of the texts with the fewest mistakes between the two; of several the most frequent.

    It is the word itself where texts have its stem; a word from which all are too far is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT typed, coalesce((SELECT typed FROM issues_posting"
            " WHERE stem = (ts_lexize('russian_stem', typed))[1] LIMIT 1), ("
            "SELECT word FROM (SELECT word, levenshtein(word, typed) AS mistakes, (SELECT"
            " sum(length(members)) FROM issues_posting"
            " WHERE stem = (ts_lexize('russian_stem', word))[1]) AS frequency"
            " FROM (SELECT word FROM issues_word WHERE word %% typed"
            " ORDER BY similarity(word, typed) DESC LIMIT 30) AS near) AS alike"
            " WHERE mistakes <= CASE WHEN length(typed) <= 4 THEN 1 ELSE 2 END AND frequency > 0"
            " ORDER BY mistakes, frequency DESC, word LIMIT 1"
            ")) FROM unnest(%s::text[]) AS typed",
            [list(words)],
        )
        return {typed: meant for typed, meant in cursor.fetchall() if meant}


@dataclass(frozen=True)
class Reading:
    """How a search was understood.

    Attributes:
        search: what was looked for in the end.
        found: what has it.
        is_mended: whether that are not the words that were typed.
    """

    search: Search
    found: Found
    is_mended: bool = False


def read(words: str) -> Reading:
    """What is found by `words`; by words like them where they are nowhere as they are."""
    search = parsed(words)
    as_typed = found(search)
    if as_typed and not as_typed.lacks_words:
        return Reading(search, as_typed)
    if guess := mended(search):
        meant = parsed(guess)
        as_meant = found(meant)
        if as_meant and not (as_typed and as_meant.lacks_words):
            return Reading(meant, as_meant, is_mended=True)
    return Reading(search, as_typed)
