"""Rows of the exchange. Sheets and steps hold personal data: no event holds them, all rows are erasable."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yiwang.casework.cases.models import Case
from yiwang.foundation.documents.models import Document


class System(models.Model):
    """A department's own system, as its file arranges it: for which posts ("water/permits") and matters (none: all).

    `tables` says how the exchange tables are reached, secrets left out; null: over the API alone. `arranged` is False
    once the file is gone, `is_open` what the operator switches. `last_sheet` numbers sheets without a gap.
    """

    department = models.CharField(max_length=33, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    posts = models.JSONField()
    matters = models.JSONField(default=list)
    tables = models.JSONField(null=True)
    arranged = models.BooleanField(default=True)
    is_open = models.BooleanField(default=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    last_sheet = models.PositiveBigIntegerField(default=0)
    heard_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"system:{self.department}"


class Sheet(models.Model):
    """The whole file of one part of a case at one revision, as it was put out. `digest` is SHA-256 of the canonical
    JSON of `body`. `put_out_at`: when it stood in the exchange tables, or was first read over the API."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40)
    revision = models.PositiveIntegerField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    put_out_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "number"], name="exchange_sheet_number_once"),
            models.UniqueConstraint(fields=["system", "case", "part", "revision"], name="exchange_sheet_once"),
        ]
        indexes = [
            models.Index(
                fields=["system", "number"], condition=Q(put_out_at__isnull=True), name="exchange_sheet_to_put_out"
            ),
            models.Index(fields=["system", "made_at"], name="exchange_sheet_of_day"),
        ]

    def __str__(self) -> str:
        return f"sheet:{self.number}"


class Paper(models.Model):
    """A document that a sheet names: its system may read it."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "document"], name="exchange_paper_once")]

    def __str__(self) -> str:
        return f"paper:{self.document_id}"


class State(models.TextChoices):
    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"


class Step(models.Model):
    """What the system did, under its own number; `body` is the step as `steps.Reported` writes it, erasable.

    `reported_at` is when it was done there, `received_at` when we first heard of it. `version` is the event of the case
    that tells of it. `answered`: the state that its system was told in the exchange tables; over the API it asks.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    project = models.CharField(max_length=80)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=16)
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    reported_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    ended_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, blank=True, default="")
    reason_zh = models.CharField(max_length=400, blank=True, default="")
    reason_en = models.CharField(max_length=600, blank=True, default="")
    version = models.PositiveIntegerField(null=True)
    answered = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "number"], name="exchange_step_once")]
        indexes = [
            models.Index(fields=["case", "part"], condition=Q(state="waiting"), name="exchange_step_waiting"),
            models.Index(fields=["system", "id"], name="exchange_step_of_system"),
            models.Index(fields=["system", "ended_at"], condition=Q(state="refused"), name="exchange_step_refused"),
            models.Index(fields=["system", "received_at"], name="exchange_step_of_day"),
            models.Index(fields=["system", "project"], name="exchange_step_of_project"),
            models.Index(fields=["system", "id"], condition=~Q(answered=F("state")), name="exchange_step_to_answer"),
        ]

    def __str__(self) -> str:
        return f"step:{self.number}"


class Count(models.Model):
    """What the system says at the end of a day of one project: how many sheets it holds and how many steps it sent in
    all, with their digests (`reconciling`)."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    project = models.CharField(max_length=80)
    sheets = models.PositiveIntegerField()
    sheets_digest = models.CharField(max_length=64)
    steps = models.PositiveIntegerField()
    steps_digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "day", "project"], name="exchange_count_once")]

    def __str__(self) -> str:
        return f"count:{self.day}:{self.project}"


class Reconciliation(models.Model):
    """A day's comparison with one system; `counted` is False where the system sent no counts."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    at = models.DateTimeField()
    projects = models.PositiveIntegerField()
    counted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "day"], name="exchange_reconciliation_once")]

    def __str__(self) -> str:
        return f"reconciliation:{self.day}"


class Difference(models.Model):
    """Where the two sides' records of a project differ. `gone_at`: a later comparison found them alike."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    project = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    """sheets, or steps"""
    ours = models.PositiveIntegerField()
    theirs = models.PositiveIntegerField()
    day = models.DateField()
    found_at = models.DateTimeField()
    resent_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "project", "kind"],
                condition=Q(gone_at__isnull=True),
                name="exchange_difference_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"difference:{self.project}:{self.kind}"
