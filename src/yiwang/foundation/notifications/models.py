from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One message in a person's inbox, kept in both languages: the reader may change theirs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    """What happened, once: telling it again to the same person changes nothing."""
    subject_zh = models.CharField(max_length=200)
    subject_en = models.CharField(max_length=200)
    body_zh = models.TextField()
    body_en = models.TextField()
    link = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_refused = models.CharField(max_length=200, default="")
    """The answer of a mail server that will never take mail for this person's address."""

    class Meta:
        constraints = [models.UniqueConstraint("user", "key", name="notifications_told_once")]
        indexes = [
            models.Index("user", models.F("id").desc(), name="notifications_inbox"),
            models.Index("user", condition=Q(read_at__isnull=True), name="notifications_unread"),
        ]

    def __str__(self) -> str:
        return f"message:{self.pk}"


class TextMessage(models.Model):
    """A text message. `sealed` holds phone and words until it is sent, has expired or was refused; then it is empty."""

    key = models.CharField(max_length=100, unique=True)
    sealed = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, default="")

    def __str__(self) -> str:
        return f"text:{self.pk}"
