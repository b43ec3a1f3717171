import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    QUARANTINE = "quarantine"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Document(models.Model):
    """A file that somebody uploaded. Its bytes lie in the store under their SHA-256, once however often uploaded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    """What it was uploaded for, as the receiving package names it: "applications.material"."""
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=40, default="")
    pages = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.QUARANTINE)
    reason = models.CharField(max_length=20, default="")
    """Why it was refused: a key of `refusals.REASONS`."""
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    """The version before this one."""
    created_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    """Since when something needs it; empty: it is deleted after a week."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="accepted") | (~Q(media_type="") & Q(pages__gte=1)),
                name="documents_accepted_was_inspected",
            ),
            models.CheckConstraint(
                condition=Q(attached_at__isnull=True) | Q(state="accepted"), name="documents_attached_was_accepted"
            ),
        ]
        indexes = [
            models.Index("sha256", name="documents_sha256"),
            models.Index("created_at", condition=Q(attached_at__isnull=True), name="documents_unattached"),
            models.Index("owner", condition=Q(attached_at__isnull=True), name="documents_unattached_of"),
        ]

    def __str__(self) -> str:
        return f"document:{self.pk}"


class DocumentText(models.Model):
    """What a document says, as `reading` found it; personal like the document, and gone with it."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="+", primary_key=True)
    body = models.JSONField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"text of {self.document_id}"
