"""Subjects, the records that are about them, and what happened to their ids."""

from __future__ import annotations

from django.db import models


class Record(models.Model):
    """One record of a product, and whose it is. `digest` is a keyed digest of product and key (hexadecimal)."""

    product = models.CharField(max_length=90)
    """`market.enterprises@1`"""
    digest = models.CharField(max_length=64, unique=True)
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
