"""Rows of the directory: who there is, which offices there are, who holds which post, and how people sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.directory.levels import Level


class Person(models.Model):
    """A natural person. The resident identity number (GB 11643) is empty until it is known.

    Number and phone are personal data: pages show them masked, logs and events never hold them. `level` is the highest
    that an IdentityProof proves; `phone_confirmed_at` is when a code that was sent to the phone came back.
    """

    name = models.CharField(max_length=64)
    resident_id = models.CharField(max_length=18, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    level = models.CharField(max_length=12, default=Level.UNVERIFIED.value)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident_id"],
                condition=~models.Q(resident_id=""),
                name="directory_person_resident_id_is_one_persons",
            ),
            models.UniqueConstraint(
                fields=["phone"], condition=~models.Q(phone=""), name="directory_person_phone_is_one_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"person:{self.pk}"


class IdentityProof(models.Model):
    """That a level of identity was proven: how, by whom (`officer:12`, `resident:3`, `machine`), when. Never changed.

    `level` is a `levels.Level`, `means` a `levels.Means`.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=12)
    means = models.CharField(max_length=10)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["person", "at", "pk"]

    def __str__(self) -> str:
        return f"proof:{self.pk}"


class IdentityLevel(models.Model):
    """What the city calls a level, and how one reaches it (`identity.yaml`)."""

    code = models.CharField(max_length=12, unique=True)
    name_zh = models.CharField(max_length=20)
    name_en = models.CharField(max_length=20)
    how_zh = models.CharField(max_length=120)
    how_en = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.code


class Enterprise(models.Model):
    """A legal person or other organisation, known by its unified social credit code (GB 32100)."""

    name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18, unique=True)
    representative = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.uscc


class MandateKind(models.TextChoices):
    """Why one person may act for another: who gave it, or which law does (民法典 art. 23, 27, 161)."""

    PROXY = "proxy", _("Proxy")
    FAMILY = "family", _("Family")
    PARENT = "parent", _("Parent")
    GUARDIAN = "guardian", _("Guardian")
    STAFF = "staff", _("Staff")
    HELPER = "helper", _("Helper of the city")


class Mandate(models.Model):
    """One person acts for another, in some services, for a time (帮办代办、委托代理: 民法典 art. 161-175).

    `principal` is for whom, `agent` who acts. With an `enterprise` it reaches no further than what is applied for in
    its name, and lasts as long as the principal represents it. `services` are codes; empty: every service. `records`
    says whether departments may tell the agent what they hold about the principal. Asked for by the agent, it is in
    force once the principal has agreed (`given_at`). `given_by` and `ended_by` are actors; `given_how` says where the
    principal said so: online, at a window, by phone. UTC; `until` is exclusive.
    """

    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MandateKind.choices)
    services = models.JSONField(default=list)
    records = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    given_at = models.DateTimeField(null=True)
    given_by = models.CharField(max_length=40, blank=True, default="")
    given_how = models.CharField(max_length=10, blank=True, default="")
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["agent", "until"], name="directory_mandate_of_agent"),
            models.Index(fields=["principal", "until"], name="directory_mandate_of_principal"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("agent")), name="directory_mandate_is_for_another"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=MandateKind.values), name="directory_mandate_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"mandate:{self.pk}"


class Department(models.Model):
    """An authority of the city, named by its own file; `order` is its place in lists.

    A branch has a `parent`, the city's department, and a `place`, the code of the district or street in which it is
    competent; `uscc` is its own credit code where its department lists one.
    """

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12, blank=True, default="")
    uscc = models.CharField(max_length=18, blank=True, default="")

    class Meta:
        ordering = ["order", "code"]
        indexes = [models.Index(fields=["place"], condition=~models.Q(place=""), name="directory_branches_by_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "place"],
                condition=models.Q(parent__isnull=False),
                name="directory_one_branch_a_place",
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, place="")
                | (models.Q(parent__isnull=False) & ~models.Q(place="")),
                name="directory_branch_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Post(models.Model):
    """A post in a department, written `water/permits`. Work is given to posts; people hold them for a term."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["department__order", "department__code", "order", "code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="directory_post_code_in_department")]

    def __str__(self) -> str:
        return f"{self.department.code}/{self.code}"


class UserKind(models.TextChoices):
    RESIDENT = "resident", _("Resident")
    OFFICER = "officer", _("Officer")
    ADMINISTRATOR = "administrator", _("Administrator")
    SYSTEM = "system", _("Department's own system")


class UserManager(BaseUserManager["User"]):
    """Creates accounts; a user name is kept in lower case, so that Wang and wang are one account."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """An account. What its holder may do follows from `kind`, and for officers from the posts they hold now."""

    # Signing in is recorded by SignInAttempt on the city's clock.
    last_login = None

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=UserKind.choices, default=UserKind.RESIDENT)
    language = models.CharField(max_length=8, choices=[("zh-hans", "简体中文"), ("en", "English")], default="zh-hans")
    email = models.EmailField(blank=True, default="")
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    registered_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=UserKind.values), name="directory_user_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.username


class Appointment(models.Model):
    """An officer's term in a post: from `since` (inclusive) until `until` (exclusive; open while null). UTC."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    appointed_by = models.CharField(max_length=40)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["user", "post", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="directory_appointment_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["user", "post"],
                condition=models.Q(until__isnull=True),
                name="directory_appointment_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"appointment:{self.pk}"


class ApiToken(models.Model):
    """A bearer token for the API. Only its SHA-256 is kept: the token itself has 256 random bits and is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"], name="directory_token_of_user")]

    def __str__(self) -> str:
        return f"token:{self.pk}"


class PhoneCode(models.Model):
    """A one-time code sent to a phone. `phone` and `code` are keyed digests; `user` is for whom it was asked."""

    purpose = models.CharField(max_length=16)
    phone = models.CharField(max_length=64)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone", "sent_at"], name="directory_code_of_phone"),
            models.Index(fields=["sent_at"], name="directory_code_at"),
        ]

    def __str__(self) -> str:
        return f"code:{self.pk}"


class TotpDevice(models.Model):
    """An account's authenticator app. `seed` is sealed; `last_step` is the step of the last code that was taken."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+", primary_key=True)
    seed = models.TextField()
    last_step = models.BigIntegerField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"totp:{self.pk}"


class Passkey(models.Model):
    """A key in a device (WebAuthn): `credential` is its id, `public_key` what proves its signatures (base64url).

    `sign_count` is what the device counted last; one that goes backwards was copied.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    sign_count = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"passkey:{self.pk}"


class RecoveryCode(models.Model):
    """A code for the day when a second factor is lost; only its keyed digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "digest"], name="directory_recovery_code")]

    def __str__(self) -> str:
        return f"recovery:{self.pk}"


class ExternalIdentity(models.Model):
    """Who the holder of an account is at an identity provider (OpenID Connect): its issuer and its subject there."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    connected_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="directory_external_identity_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="directory_external_identity_of_account"),
        ]

    def __str__(self) -> str:
        return f"external:{self.pk}"


class UnsentForm(models.Model):
    """What a person typed into a form that did not arrive (`directory.unsent`): personal, gone after an hour.

    `browser` is the digest of a random cookie; `path` is where the form stands.
    """

    browser = models.CharField(max_length=64)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    fields = models.JSONField()
    files = models.BooleanField()
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "browser", "path"], name="directory_unsent_form_once"),
        ]

    def __str__(self) -> str:
        return f"unsent:{self.pk}"


class AttemptOutcome(models.TextChoices):
    """`pending` counts as failed: the row is written before the password is looked at, so that racing guesses count."""

    PENDING = "pending"
    FAILED = "failed"
    REFUSED = "refused"
    SUCCEEDED = "succeeded"


class SignInAttempt(models.Model):
    """One try to sign in, to register or to prove who one is; rate limits count these.

    `account` is a keyed digest of what was typed: people type passwords into the wrong field.
    """

    purpose = models.CharField(max_length=16)
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=AttemptOutcome.choices, default=AttemptOutcome.PENDING)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="directory_attempt_account"),
            models.Index(fields=["address", "at"], name="directory_attempt_address"),
            models.Index(fields=["at"], name="directory_attempt_at"),
        ]

    def __str__(self) -> str:
        return f"attempt:{self.pk}"
