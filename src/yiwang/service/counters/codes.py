"""One-time codes in a call: they go to the phone on record, and each confirms one thing by its digest.

Six digits, ten minutes, five tries. What was read out and then changed is confirmed by no code that was sent before.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.phones import sending
from yiwang.foundation.kernel.text import Words, canonical_json
from yiwang.foundation.kernel.time import now
from yiwang.service.applications.drafts import OpenDraft
from yiwang.service.counters import refusals
from yiwang.service.counters.models import Code, Visit

DIGITS = 6
VALID_FOR = timedelta(minutes=10)
TRIES = 5
APART = timedelta(minutes=1)
MOST = 10
"""Codes in one call."""


def who(visit: Visit) -> str:
    """What the code confirms that says who is calling."""
    return hashlib.sha256(canonical_json(["call", visit.pk])).hexdigest()


def what(draft: OpenDraft) -> str:
    """What the code confirms that says yes to an application: all that would be sent, exactly as it stands now."""
    progress = draft.progress
    promises = sorted([each.part, each.signed] for each in progress.promises)
    files = sorted([key, each.sha256] for key, held in draft.files.items() for each in held)
    later = sorted(progress.deferred)
    body = [
        str(draft.id),
        draft.published.code,
        draft.published.version,
        progress.submitted_answers(),
        promises,
        files,
        later,
        draft.version,
    ]
    return hashlib.sha256(canonical_json(body)).hexdigest()


def send(visit: Visit, about: str, subject: Words | None = None) -> None:
    """Send a code for this to the phone on record: for an application with its name (`subject`), else for the call.

    Raises NotPossible (no text messages, too soon, too many, no confirmed phone any more).
    """
    texts = sending.texts()
    if texts is None:
        raise refusals.NO_TEXTS
    person = directory.identity_of_person(visit.person_id)
    at, code = now(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction.atomic():
        Visit.objects.select_for_update().get(pk=visit.pk)
        sent = list(Code.objects.filter(visit=visit).order_by("-sent_at", "-pk"))
        if sent and sent[0].sent_at + APART > at and sent[0].about == about:
            raise refusals.TOO_SOON
        if len(sent) >= MOST:
            raise refusals.TOO_MANY_CODES
        row = Code.objects.create(visit=visit, about=about, code="", sent_at=at, expires_at=at + VALID_FOR)
        Code.objects.filter(pk=row.pk).update(code=_digest(row.pk, code))
        texts.send(person.phone, _text(code, subject), key=f"counter-code:{row.pk}", expires_at=at + VALID_FOR)


def use(visit: Visit, about: str, code: str) -> str:
    """Take the newest code of the call, if it was sent for exactly this; returns the moment. It works once, and a try
    counts before it is compared. Raises NotPossible."""
    newest = Code.objects.filter(visit=visit).order_by("-sent_at", "-pk").first()
    at = now()
    if newest is None or newest.about != about:
        raise refusals.WRONG_CODE
    fresh = Code.objects.filter(pk=newest.pk, used_at__isnull=True, expires_at__gt=at)
    if not fresh.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        raise refusals.WRONG_CODE
    if not constant_time_compare(newest.code, _digest(newest.pk, "".join(code.split()))):
        raise refusals.WRONG_CODE
    if not fresh.update(used_at=at):
        raise refusals.WRONG_CODE
    return at.isoformat()


def was_sent(visit: int, about: str) -> bool:
    """Whether a code for exactly this is on its way and may still be said."""
    newest = Code.objects.filter(visit=visit).order_by("-sent_at", "-pk").first()
    return newest is not None and newest.about == about and newest.used_at is None and newest.expires_at > now()


def _text(code: str, subject: Words | None) -> str:
    if subject is None:
        return f"验证码 {code}：确认是您在来电。10 分钟内有效。/ {code} confirms that you are calling."
    zh = f"验证码 {code}：同意提交“{subject.zh}”，内容如话务员所读。10 分钟内有效。"
    return f"{zh}/ {code} sends “{subject.en}” as read."


def _digest(number: int, code: str) -> str:
    return salted_hmac("yiwang.counters.code", f"{number}:{code}", algorithm="sha256").hexdigest()
