"""Brings the postings of the search up to date with the texts."""

import re
from collections import defaultdict

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func

from issues.models import Issue, SearchText, Word
from issues.queries.search import BLOCK, lock_block, packed, write_postings

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
    _learn_words(keys)
    places = defaultdict(list)
    stems = Func(
        F("words"), function="tsvector_to_array", output_field=ArrayField(models.TextField())
    )
    for key, of_text in texts.values_list("pk", stems).order_by("pk").iterator():
        for stem in of_text:
            places[stem].append(key - first)
    write_postings(block, {stem: packed(places[stem]) for stem in sorted(places)})


def _learn_words(keys: list[int]) -> None:
    texts = Issue.objects.filter(pk__in=keys).values_list("published_text", "address")
    words = sorted({word for text in texts for word in _WORD.findall(" ".join(text).lower())})
    known = set(Word.objects.filter(word__in=words).values_list("word", flat=True))
    new = (Word(word=word) for word in words if word not in known)
    Word.objects.bulk_create(new, batch_size=2000, ignore_conflicts=True)
