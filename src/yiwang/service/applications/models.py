"""Rows of drafts and applications. Answers and papers are personal data: no event holds them, all rows are erasable."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiwang.casework.cases.models import Case
from yiwang.foundation.directory.models import Mandate, Person
from yiwang.foundation.documents.models import Document


class Draft(models.Model):
    """An application that is being filled in, or the correction of a part of one (`corrects`, `part`).

    `applicant` is whose application it is, `owner` the account that fills it in: the applicant's own, that of whoever
    acts for them under the `mandate`, or a clerk's, who does it at a window or on the telephone (`channel`).

    `answers` is flat, by element; null says that the person left an optional question empty. `deferred` are materials
    that the person will bring later (容缺受理). `signed` says when which part's promise was signed. `consents` says for
    each product that wants it whether the person agreed that it is read. `ordinary` are the parts on which they do not
    want to promise. `version` is the compare-and-set of every
    change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, default="web")
    service = models.CharField(max_length=80)
    service_version = models.PositiveIntegerField()
    answers = models.JSONField(default=dict)
    deferred = models.JSONField(default=list)
    signed = models.JSONField(default=dict)
    consents = models.JSONField(default=dict)
    ordinary = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    corrects = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    submitted_as = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "applicant", "service"],
                condition=Q(submitted_as__isnull=True, corrects__isnull=True),
                name="applications_one_open_draft",
            ),
            models.UniqueConstraint(
                fields=["corrects", "part"],
                condition=Q(submitted_as__isnull=True, corrects__isnull=False),
                name="applications_one_open_correction",
            ),
        ]

    def __str__(self) -> str:
        return f"draft:{self.pk}"


class DraftMaterial(models.Model):
    """One file of a material, in the order of bringing."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "key", "document"], name="applications_draft_material_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key}:{self.document_id}"


class Application(models.Model):
    """What was submitted: whose it is (`applicant`), and the account that sent it (`owner`), where that is another's
    under which `mandate`. `worked_out` are the elements whose answer is a suggestion that stood; `ordinary` the parts
    that go without a promise. `tracking` is the digest of tracking code and second fact: neither is kept.

    `salt` makes the digest that the case's last submitting event holds (`evidence`); empty before there were such.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+", primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=80)
    service_version = models.PositiveIntegerField()
    answers = models.JSONField()
    worked_out = models.JSONField(default=list)
    signed = models.JSONField(default=dict)
    ordinary = models.JSONField(default=list)
    tracking = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["applicant", "-case"], name="applications_of_applicant"),
            models.Index(fields=["owner", "-case"], condition=Q(mandate__isnull=False), name="applications_of_agent"),
        ]

    def __str__(self) -> str:
        return f"application:{self.pk}"


class ApplicationMaterial(models.Model):
    """One file of a material as submitted. A correction that brings a better one says when this was replaced."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key}:{self.document_id}"


class LookUp(models.Model):
    """What one product of the library told of the applicant, for a draft or for the application it became; or of the
    `enterprise` (its credit code) for which the register says they stand.

    `asked_as` is the case that the owner's log names, such as `draft:UUID`. `body` holds title, elements, rows and
    proofs as `lookups.read` takes them; `disputed` what the applicant says is
    wrong; `rechecked` what the department said when it was asked again. Personal and erasable like the answers.
    """

    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey(Application, null=True, on_delete=models.CASCADE, related_name="+")
    enterprise = models.CharField(max_length=18, blank=True, default="")
    product = models.CharField(max_length=90)
    department = models.CharField(max_length=40)
    post = models.CharField(max_length=81)
    state = models.CharField(max_length=10)
    asked_as = models.CharField(max_length=50, db_index=True)
    record = models.PositiveBigIntegerField(null=True)
    body = models.JSONField()
    chosen = models.SmallIntegerField(null=True)
    disputed = models.JSONField(default=dict)
    rechecked = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "at"], name="applications_lookup_waiting")]

    def __str__(self) -> str:
        return f"{self.product}:{self.record}"


class EarlierSubmission(models.Model):
    """All that stood submitted until a correction or a later paper: what an earlier event of the case commits to."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    body = models.JSONField()
    salt = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.application_id}:{self.pk}"


class EarlierAnswers(models.Model):
    """What answers said before a part was corrected: only those that the correction changed."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40)
    answers = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.part}:{self.at}"


class OnSiteCheck(models.Model):
    """The case that checks, on site, a promise on which a part was granted (告知承诺制)."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+", primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "part"], name="applications_one_check_a_part"),
        ]

    def __str__(self) -> str:
        return f"check:{self.pk}"


class FailedAttempt(models.Model):
    """What somebody could not get done, in their words, and who they are where they were signed in (办不成事).

    The case holds neither: its receipt commits to `words` under `salt`. `about` is the application that they mean.
    `tracking` is the digest of a code that is not kept.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+", primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=120, blank=True)
    about = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.TextField()
    salt = models.CharField(max_length=32)
    tracking = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"failed attempt:{self.pk}"


class CheckedSubmission(models.Model):
    """What rules found of what stands submitted (`checks.Remark`s); `unread` papers could not be read in time. Personal
    and erasable like the answers; made anew when they change."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="+", primary_key=True)
    body = models.JSONField()
    unread = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checks:{self.pk}"


class Breach(models.Model):
    """A promise that was found false: until `until` none is taken in this matter of the person or the enterprise.

    `identifier` is a resident's number or an enterprise's credit code; personal and erasable.
    """

    on_site = models.ForeignKey(OnSiteCheck, on_delete=models.CASCADE, related_name="+")
    matter = models.CharField(max_length=80)
    identifier = models.CharField(max_length=40)
    found_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on_site", "identifier"], name="applications_breach_once"),
        ]
        indexes = [models.Index(fields=["identifier", "matter", "until"], name="applications_breach_of")]

    def __str__(self) -> str:
        return f"breach:{self.pk}"


class PaymentOrder(models.Model):
    """A fee that the applicant was asked to pay online. `number` is what the cashier knows it by."""

    number = models.CharField(max_length=100, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40)
    amount_fen = models.PositiveBigIntegerField()
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "part"], name="applications_order_of_part"),
            models.Index(fields=["asked_at"], condition=Q(paid_at__isnull=True), name="applications_order_waiting"),
        ]

    def __str__(self) -> str:
        return self.number


class TransactionState(models.TextChoices):
    """What became of money that came in."""

    TAKEN = "taken"
    TO_RETURN = "to_return"
    RETURNED = "returned"


class Transaction(models.Model):
    """Money that came in at the cashier, by the cashier's own number: counted once."""

    number = models.CharField(max_length=120, unique=True)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.PositiveBigIntegerField()
    paid_at = models.DateTimeField(db_index=True)
    told_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=TransactionState.choices)
    returned_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number
