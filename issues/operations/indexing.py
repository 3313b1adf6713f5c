"""Brings the postings of the search up to date with the texts."""

import re

from django.db import transaction
from django.db.models import F, QuerySet

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
def fold_block(block: int) -> None:
    """Writes the postings of one block; of two who do it at once the second waits."""
    lock_block(block)
    first = block * BLOCK
    texts = SearchText.objects.filter(issue_id__gte=first, issue_id__lt=first + BLOCK)
    pending = texts.filter(is_pending=True)
    keys = list(pending.select_for_update().values_list("pk", flat=True))
    # Whoever changes one of them from here on waits, and makes it pending once more.
    pending.filter(pk__in=keys).update(is_pending=False)
    learn_words(Issue.objects.filter(pk__in=keys))
    write_postings(block, {stem: packed(places) for stem, places in places_of_stems(block)})


def learn_words(issues: QuerySet[Issue]) -> None:
    """Notes the words of published texts and their addresses, as what somebody may mean who mistypes one."""
    different: set[str] = set()
    for field in ("published_text", "address"):
        different.update(issues.order_by().values_list(field, flat=True).distinct())
    words = sorted({word for text in different for word in _WORD.findall(text.lower())})
    known = set(Word.objects.filter(word__in=words).values_list("word", flat=True))
    new = (Word(word=word) for word in words if word not in known)
    Word.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)
