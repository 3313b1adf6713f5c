"""Brings the postings of the search up to date with the texts."""

import re
from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from issues.models import Issue, SearchText, Word
from issues.queries.search import BLOCK, lock_block, packed, places_of_stems, write_postings

_WORD = re.compile(r"[а-яё]{3,40}")


def fold_words() -> int:
    """Writes the postings of every block with a text that they do not know yet.

    A search looks at such texts one by one, so it finds them before; here they become cheap.

    Returns:
        How many blocks were written.
    """
    blocks = pending_blocks()
    for block in blocks:
        fold_block(block)
    return len(blocks)


def pending_blocks() -> list[int]:
    """The blocks with a text that the postings do not know yet."""
    pending = SearchText.objects.filter(is_pending=True).annotate(block=F("issue_id") / BLOCK)
    return list(pending.values_list("block", flat=True).distinct().order_by("block"))


@transaction.atomic
def fold_block(block: int, *, unmarked: Collection[int] = ()) -> None:
    """Writes the postings of one block; of two who do it at once the second waits.

    Args:
        block: which.
        unmarked: keys of texts in it that no posting knows, though they are not marked as pending.
    """
    lock_block(block)
    first = block * BLOCK
    texts = SearchText.objects.filter(issue_id__gte=first, issue_id__lt=first + BLOCK)
    pending = texts.filter(is_pending=True)
    keys = list(pending.select_for_update().values_list("pk", flat=True))
    # Whoever changes one of them from here on waits, and makes it pending once more.
    pending.filter(pk__in=keys).update(is_pending=False)
    _learn_words([*keys, *unmarked])
    write_postings(block, {stem: packed(places) for stem, places in places_of_stems(block)})


def _learn_words(keys: list[int]) -> None:
    texts = Issue.objects.filter(pk__in=keys).values_list("published_text", "address")
    different = {text for both in texts.iterator() for text in both}
    words = sorted({word for text in different for word in _WORD.findall(text.lower())})
    known = set(Word.objects.filter(word__in=words).values_list("word", flat=True))
    new = (Word(word=word) for word in words if word not in known)
    Word.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)
