from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from yiwang.foundation.jobs.declarations import job
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.foundation.notifications import texting
from yiwang.foundation.notifications.mail import PostOffice, post_office
from yiwang.foundation.notifications.models import Message, TextMessage
from yiwang.foundation.notifications.sealing import opened


@job(
    "notifications.send_mail",
    retries=12,
    lease=timedelta(minutes=1),
    longest=timedelta(minutes=5),
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(hours=6),
)
def send_mail(message: int) -> None:
    """E-mail a person that a message waits in their inbox: its subject and where to read it, nothing personal.

    At least once: a worker killed between the sending and its record sends again, under the same Message-ID, so
    that mail programs show it once. Tried again for about a day while the post office is away.
    """
    told = Message.objects.select_related("user").filter(pk=message, mailed_at__isnull=True, mail_refused="").first()
    if told is None or not told.user.email or not told.user.is_active:
        return
    office = post_office()
    try:
        _letter(told, office).send()
    except SMTPRecipientsRefused as refusal:
        codes = {code for code, _answer in refusal.recipients.values()}
        if any(code < 500 for code in codes):
            raise
        Message.objects.filter(pk=message).update(mail_refused=str(max(codes)))
        return
    Message.objects.filter(pk=message).update(mailed_at=now())


@job(
    "notifications.send_text",
    retries=6,
    lease=timedelta(minutes=1),
    longest=timedelta(minutes=2),
    first_wait=timedelta(seconds=2),
    longest_wait=timedelta(seconds=30),
)
def send_text(message: int) -> None:
    """Hand a text message to the city's gateway, unless it has expired; phone and words are erased either way.

    At least once, under the same key: a gateway that knows keys delivers it once. Raises NotTaken, to be tried again.
    """
    row = TextMessage.objects.filter(pk=message, sent_at__isnull=True, refused="").first()
    if row is None:
        return
    gateway, text = texting.gateway(), opened(row.key, row.sealed)
    over = "expired" if now() >= row.expires_at else "no gateway" if gateway is None else "" if text else "sealed"
    if not over:
        assert gateway is not None
        assert text is not None
        try:
            gateway.send(text)
        except texting.Refused as refusal:
            over = f"refused {refusal}"[:40]
    TextMessage.objects.filter(pk=message).update(sealed="", refused=over, sent_at=None if over else now())


def _letter(told: Message, office: PostOffice) -> EmailMessage:
    with translation.override(told.user.language):
        subject = Words(told.subject_zh, told.subject_en).in_language(told.user.language)
        text = _(
            "Hello,\n\n"
            "a message is waiting for you in Yiwang:\n\n"
            "    %(subject)s\n\n"
            "Sign in to read it and to see what to do:\n"
            "%(address)s\n\n"
            "This e-mail was sent by a machine; nobody reads replies to it. "
            "For your safety it holds none of your answers, and we never ask for your password by e-mail."
        ) % {"subject": subject, "address": f"{office.site}/inbox/"}
    host = urlsplit(office.site).hostname or "localhost"
    return EmailMessage(
        subject=subject,
        body=text,
        from_email=office.sender,
        to=[told.user.email],
        headers={"Message-ID": f"<message-{told.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=office.open(),
    )
