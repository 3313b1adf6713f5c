"""What a search of the public looks through: words of each text, and where each word stands.

An index of PostgreSQL tells where rows lie, and each row must then be looked at: a word that half a
million messages have takes ten seconds to count. Postings tell the messages themselves, as bits.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from issues.models.issue import Issue


class SearchText(models.Model):
    """The stems of a published text and its address; a trigger writes it with the text itself."""

    issue = models.OneToOneField(
        Issue, models.CASCADE, primary_key=True, related_name="search_text"
    )
    words = SearchVectorField()
    is_pending = models.BooleanField(default=True, help_text="the postings do not know it yet")

    class Meta:
        indexes = [
            models.Index(fields=["issue"], condition=Q(is_pending=True), name="search_text_pending")
        ]

    def __str__(self) -> str:
        return str(self.issue_id)


class Posting(models.Model):
    """Which messages of a block have a stem.

    A block is `issues.queries.search.BLOCK` messages whose keys follow each other. `members` are
    their places in it: as bits, one for each place, or where that is shorter as numbers of two bytes.
    """

    pk = models.CompositePrimaryKey("stem", "block")
    stem = models.TextField()
    block = models.PositiveIntegerField()
    members = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["block"], name="posting_of_block")]

    def __str__(self) -> str:
        return f"{self.stem}/{self.block}"


class Word(models.Model):
    """A word as residents write it: what somebody may have meant who mistyped it."""

    word = models.TextField(primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_trigrams")]

    def __str__(self) -> str:
        return self.word
