"""What a search found: how well it fits, and the words that were looked for marked in it."""

import re
from collections.abc import Sequence

from django.db import connection
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from issues.models import Issue
from issues.queries.search import Search

RANKED = 300
"""The newest messages that are ranked by how well they fit."""


def ranked(search: Search, keys: Sequence[int]) -> list[int]:
    """`keys` in the order in which their texts fit, the best first; the newer of two equals first.

    Args:
        search: what is looked for.
        keys: at most `RANKED` of what was found.
    """
    if not search.wanted:
        return sorted(keys, reverse=True)
    with connection.cursor() as cursor:
        # The second half finds nothing: with an OR the rows are read as a bitmap, of which the
        # database asks the disk for many at once; along the index it would wait for each.
        cursor.execute(
            "SELECT issue_id FROM issues_searchtext"
            " WHERE issue_id = ANY(%s) OR issue_id = ANY('{}') ORDER BY"
            " ts_rank(words, websearch_to_tsquery('russian', %s), 1) DESC, issue_id DESC",
            [list(keys), search.any_word],
        )
        return [row[0] for row in cursor.fetchall()]


_BEGIN, _END = "\x01", "\x02"
_ANGLES = "\x03\x04"
"""In place of < and >, between which PostgreSQL would take words for a tag and drop them."""
_POINTS = ' .,:;!?…()«»"\n\r'
_ANGLES_BACK = str.maketrans(_ANGLES, "<>")


def highlights(search: Search, issues: Sequence[Issue]) -> dict[int, tuple[SafeString, SafeString]]:
    """The part of each text where the words stand, and the address; the words are in `mark`."""
    if not search.wanted:
        return {}
    told = f"StartSel={_BEGIN},StopSel={_END},"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ts_headline('russian', translate(published_text, '<>', %s), query, %s),"
            " ts_headline('russian', address, query, %s)"
            " FROM issues_issue, websearch_to_tsquery('russian', %s) query WHERE id = ANY(%s)",
            [
                _ANGLES,
                f"{told}MinWords=16,MaxWords=30",
                f"{told}HighlightAll=true",
                search.any_word,
                [issue.pk for issue in issues],
            ],
        )
        found = {pk: (text, address) for pk, text, address in cursor.fetchall()}
    marked = {}
    for issue in issues:
        if issue.pk in found:
            text, address = found[issue.pk]
            part = _as_part(text.translate(_ANGLES_BACK), issue.published_text)
            marked[issue.pk] = (_marked(part), _marked(address))
    return marked


def _as_part(text: str, whole: str) -> str:
    """`text` with dots where it leaves words out at an end."""
    bare = re.sub(f"[{_BEGIN}{_END}]", "", text).strip(_POINTS)
    told = whole.strip(_POINTS)
    before = "" if told.startswith(bare[:20]) else "… "
    after = "" if told.endswith(bare[-20:]) else " …"
    return f"{before}{text}{after}"


def _marked(text: str) -> SafeString:
    """HTML with the words between the signs in `mark`."""
    first, *others = text.split(_BEGIN)
    pieces = [("", first), *(piece.partition(_END)[::2] for piece in others)]
    return format_html_join("", "{}{}", ((_mark(inside), after) for inside, after in pieces))


def _mark(word: str) -> SafeString:
    return format_html("<mark>{}</mark>", word) if word else mark_safe("")
