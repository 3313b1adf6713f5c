"""Brings the postings of the search up to date with the texts."""

import re
from collections import defaultdict

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func, Min

from issues.models import Issue, Posting, SearchText, Word
from issues.queries.search import BLOCK, lock_block, packed

_WORD = re.compile(r"[а-яё]{3,40}")


def fold_words() -> int:
    """Writes the postings of every block with a text that they do not know yet.

    A search looks at such texts one by one, so it finds them before; here they become cheap. Of two
    who fold one block at once the second waits.

    Returns:
        How many blocks were written.
    """
    pending = SearchText.objects.filter(is_pending=True)
    written, start = 0, 0
    while (
        key := pending.filter(issue_id__gte=start).aggregate(first=Min("issue_id"))["first"]
    ) is not None:
        _fold_block(key // BLOCK)
        written, start = written + 1, (key // BLOCK + 1) * BLOCK
    return written


@transaction.atomic
def _fold_block(block: int) -> None:
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
    Posting.objects.filter(block=block).delete()
    Posting.objects.bulk_create(
        (
            Posting(stem=stem, block=block, members=packed(members))
            for stem, members in sorted(places.items())
        ),
        batch_size=2000,
    )


def _learn_words(keys: list[int]) -> None:
    texts = Issue.objects.filter(pk__in=keys).values_list("published_text", "address")
    words = sorted({word for text in texts for word in _WORD.findall(" ".join(text).lower())})
    Word.objects.bulk_create(
        (Word(word=word) for word in words), batch_size=2000, ignore_conflicts=True
    )
