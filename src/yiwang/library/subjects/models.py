"""Subjects, the records that are about them, what happened to their ids, and what people said of doubtful pairs."""

from __future__ import annotations

from django.db import models


class Record(models.Model):
    """One record of a product, and whose it is. `digest` is a keyed digest of product and key (hexadecimal), `sealed`
    the key itself under a key of the city's data directory."""

    product = models.CharField(max_length=90)
    """`market.enterprises@1`"""
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(default=b"")
    subject = models.CharField(max_length=20)
    """the stable id of a person or enterprise"""

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject"], name="subjects_record_subject")]

    def __str__(self) -> str:
        return self.digest[:12]


class Passage(models.Model):
    """What became of an id: `change` is merged or split, `others` the ids that came to it or out of it."""

    at = models.DateTimeField()
    change = models.CharField(max_length=6, choices=[("merged", "merged"), ("split", "split")])
    subject = models.CharField(max_length=20)
    others = models.JSONField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.change} {self.subject}"


class Reason(models.TextChoices):
    NEAR = "near", "near"
    """the comparison speaks neither clearly for it nor against it"""
    SPLIT = "split", "split"
    """alike by themselves, but what else is known of either contradicts it"""


class Answer(models.TextChoices):
    SAME = "same", "same"
    DIFFERENT = "different", "different"
    UNSURE = "unsure", "unsure"


class Review(models.Model):
    """Two records of which a run could not say whether they are about the same one; `one` has the smaller digest.

    `needs` is how many officers must say the same. An open one that the next run no longer doubts is deleted; one that
    was answered stays, and runs keep to its verdict.
    """

    kind = models.CharField(max_length=10)
    """person or enterprise"""
    one = models.CharField(max_length=64)
    other = models.CharField(max_length=64)
    one_product = models.CharField(max_length=90)
    other_product = models.CharField(max_length=90)
    reason = models.CharField(max_length=5, choices=Reason.choices)
    needs = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=9, choices=Answer.choices, blank=True)
    """empty while it is open"""

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="subjects_review_pair")]
        indexes = [models.Index(fields=["verdict", "kind"], name="subjects_review_open")]

    def __str__(self) -> str:
        return f"{self.one[:12]} {self.other[:12]}"


class Opinion(models.Model):
    """What an officer said of a pair, as it was said: never changed, a later one of the same officer counts instead."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=9, choices=Answer.choices)
    by = models.CharField(max_length=40)
    """`officer:12`"""
    post = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.answer} by {self.by}"
