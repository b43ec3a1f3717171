"""The index at rest: which generation of it is current, what it holds, and the postings of each term.

Rows are written by `actions.rebuild` only, a whole index in one transaction.
"""

from django.db import models


class Index(models.Model):
    name = models.CharField(max_length=64, unique=True)
    generation = models.CharField(max_length=64, default="")
    """SHA-256 (hexadecimal) of everything indexed: the same documents are the same generation on every machine."""


class Entry(models.Model):
    """One indexed document. `lengths` are the numbers of terms in its fields, in the order of `ranking.FIELDS`."""

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    lengths = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["index", "ordinal"], name="search_entry_ordinal"),
            models.UniqueConstraint(fields=["index", "key"], name="search_entry_key"),
        ]


class Posting(models.Model):
    """Where one term occurs: `occurrences` packs ordinal, field and count as in `postings.pack`."""

    index = models.ForeignKey(Index, on_delete=models.CASCADE, related_name="+")
    term = models.CharField(max_length=64)
    occurrences = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "term"], name="search_posting_term")]
