"""Rows of the centre: published contracts and their versions, purposes, grants, the requests they came of."""

from __future__ import annotations

from django.db import models

from yiwang.casework.cases.models import Case
from yiwang.foundation.directory.models import User


class Product(models.Model):
    """A data product by its code ("market.enterprises"); `offered` is false once its department took it back."""

    code = models.CharField(max_length=81, unique=True)
    department = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    current = models.ForeignKey("ProductVersion", null=True, on_delete=models.PROTECT, related_name="+")
    offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["department", "code"]

    def __str__(self) -> str:
        return self.code


class ProductVersion(models.Model):
    """One published contract. `digest` is the SHA-256 (hexadecimal) of its canonical body. Written once.

    `current`: the newest of its major that is still served; grants name product and major.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["product", "number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="centre_productversion_number_once")]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.number}"


class Edition(models.Model):
    """What contracts and grants together are now, under a name by chance: another name, and something has changed.

    One row, its number `ONLY`; none before the first change.
    """

    ONLY = 1
    name = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.name


class Purpose(models.Model):
    """Why data may be read: a short code that grants and accesses carry, and its words."""

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code


class RulingOffice(models.Model):
    """The posts that rule on a refused request (one row, as the city's file says); none: nobody rules."""

    examines = models.CharField(max_length=81)
    decides = models.CharField(max_length=81)

    def __str__(self) -> str:
        return self.decides


class GrantState(models.TextChoices):
    ISSUED = "issued"
    REVOKED = "revoked"


class Grant(models.Model):
    """A grant as it was signed. That it has expired is no state: `expires` and the clock say it.

    `body` is the grant's canonical JSON; whoever reads under it hands `body`, `signature` and `key_id` to the gateway.
    """

    code = models.CharField(max_length=80, unique=True)
    owner = models.CharField(max_length=40)
    """the department whose product it is"""
    product = models.CharField(max_length=90)
    """`market.enterprises@1`"""
    department = models.CharField(max_length=40)
    post = models.CharField(max_length=81)
    purpose = models.CharField(max_length=40)
    expires = models.DateTimeField()
    state = models.CharField(max_length=8, choices=GrantState.choices, default=GrantState.ISSUED)
    standing = models.BooleanField(default=False)
    """published with the city's files"""
    request = models.ForeignKey("ShareRequest", null=True, on_delete=models.PROTECT, related_name="+")
    body = models.BinaryField()
    signature = models.BinaryField()
    key_id = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    """of its stream in the ledger"""
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.TextField(blank=True, default="")
    """erasable; the event holds its salted digest"""
    salt = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        ordering = ["owner", "product", "department", "post", "-issued_at", "-pk"]
        indexes = [models.Index(fields=["department", "purpose", "state"], name="centre_grant_consumer")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=GrantState.values), name="centre_grant_state_is_known")
        ]

    def __str__(self) -> str:
        return self.code


class ShareRequest(models.Model):
    """What a department asks of another's product; a case decides it. `terms` is the grant as it is asked for.

    `refused`: for a ruling, the request whose refusal it is about.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    product = models.CharField(max_length=90)
    department = models.CharField(max_length=40)
    post = models.CharField(max_length=81)
    terms = models.JSONField()
    reason = models.TextField()
    """why it is needed; what an officer wrote, erasable"""
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    refused = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["refused"], condition=models.Q(refused__isnull=False), name="centre_sharerequest_one_ruling"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Correction(models.Model):
    """What a person says is wrong in a record about them; a case of the owner's data steward answers. Erasable."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    product = models.CharField(max_length=90)
    field = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    held = models.TextField(blank=True)
    said = models.TextField(blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["-case"]
        indexes = [models.Index(fields=["user", "product", "field"], name="centre_correction_of_user")]

    def __str__(self) -> str:
        return f"{self.pk}"


class QuestionState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Question(models.Model):
    """A question in SQL over products, and what became of it. The rows of the answer lie in a file for an hour only.

    `code` and `detail` say why there is no answer. `steps` and `missing` are what was asked of whom (`reading.Step`),
    `method` how an owner made figures of what gives no rows (`reading.Method`), `engine` what worked out the answer
    from the rows that came (empty where figures came instead).
    """

    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=81)
    purpose = models.CharField(max_length=40)
    case = models.CharField(max_length=32, blank=True, default="")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.WAITING)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    give_up = models.BooleanField(default=False)
    progress = models.JSONField(default=list)
    code = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=300, blank=True, default="")
    steps = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    rows = models.PositiveIntegerField(default=0)
    truncated = models.BooleanField(default=False)
    seconds = models.FloatField(default=0)
    method = models.JSONField(null=True)
    engine = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["asked_by", "-id"], name="centre_question_mine")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=QuestionState.values), name="centre_question_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class FollowedLog(models.Model):
    """How far the centre has read a department's access log, and the last signed head of it that it has checked."""

    department = models.CharField(max_length=40, unique=True)
    position = models.PositiveBigIntegerField(default=0)
    """the next record to read"""
    watched = models.PositiveBigIntegerField(default=0)
    """the first record of the last day that was not over when unusual access was looked for"""
    size = models.PositiveBigIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, default="")
    """why the log does not continue the head that was checked before; empty: it does"""

    def __str__(self) -> str:
        return self.department


class PostHabit(models.Model):
    """How many looks at an owner's personal data a post took on a day, by how many officers."""

    owner = models.CharField(max_length=40)
    post = models.CharField(max_length=81)
    day = models.DateField()
    looks = models.PositiveIntegerField()
    officers = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "post", "day"], name="centre_posthabit_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.post} {self.day}"


class UnusualAccess(models.Model):
    """An officer's accesses of one day that are unusual for one reason; a case of the owner's data steward. Erasable.

    `actor` is written `officer:12`; `positions` are those of the records in the owner's log.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")
    owner = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    post = models.CharField(max_length=81)
    day = models.DateField()
    reason = models.CharField(max_length=20)
    positions = models.JSONField()

    class Meta:
        ordering = ["-day", "-case"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "actor", "day", "reason"], name="centre_unusualaccess_once")
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class FieldUse(models.Model):
    """How often a granted field was read under a grant, counted from the owners' logs."""

    grant = models.CharField(max_length=80)
    field = models.CharField(max_length=80)
    reads = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "field"], name="centre_fielduse_once")]

    def __str__(self) -> str:
        return f"{self.grant} {self.field}"


class QualityRun(models.Model):
    """One check of a product at its gateway; `latest` is its newest change, as far as the product tells."""

    product = models.CharField(max_length=90)
    at = models.DateTimeField()
    rows = models.PositiveBigIntegerField()
    latest = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["product", "-at"], name="centre_qualityrun_newest")]

    def __str__(self) -> str:
        return f"{self.product} {self.at}"


class QualityScore(models.Model):
    """How many rows a rule looked at in a run, and how many it found wanting."""

    run = models.ForeignKey(QualityRun, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=80)
    rows = models.PositiveBigIntegerField()
    bad = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["run", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "rule"], name="centre_qualityscore_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.rule}"
