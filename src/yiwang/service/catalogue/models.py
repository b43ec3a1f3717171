"""Published services at rest: what there is, and every version there ever was.

A version is never changed: drafts and cases point at it and must mean tomorrow what they mean today.
"""

from django.db import models


class ServiceKind(models.TextChoices):
    MATTER = "matter"
    BUNDLE = "bundle"
    GUIDANCE = "guidance"


class Service(models.Model):
    """One code and the version of it that people are offered now; `offered` is false once the city takes it back."""

    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=ServiceKind.choices)
    name_zh = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    department = models.CharField(max_length=120)
    """The department's code; for guidance its name as imported, because it need not be one of ours."""
    current = models.ForeignKey("Version", null=True, on_delete=models.PROTECT, related_name="+")
    offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "offered", "code"], name="catalogue_service_offered")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ServiceKind.values), name="catalogue_service_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SupervisingPost(models.Model):
    """A post ("supervision/failed-attempts") that hears of failed attempts, and `within` which limit it answers; the
    first in `place` whose department is not concerned hears of it."""

    place = models.PositiveSmallIntegerField(unique=True)
    post = models.CharField(max_length=81)
    within = models.CharField(max_length=40)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.post


class Version(models.Model):
    """One published version. `digest` is the SHA-256 (hexadecimal) of the canonical body. Written once."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["service", "number"]
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="catalogue_version_number_once")]

    def __str__(self) -> str:
        return f"{self.service_id}/{self.number}"
