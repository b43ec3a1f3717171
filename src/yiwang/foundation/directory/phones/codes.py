"""One-time codes by text message: six digits, five minutes, five tries; only keyed digests of them are kept.

Codes go to a phone that somebody typed, so that the answer never says whether an account has it. They sign in only
where an earlier code, or the city, has confirmed the phone: a mistyped number must open nobody's account.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from yiwang.foundation.directory import limits
from yiwang.foundation.directory.models import Person, PhoneCode, User, UserKind
from yiwang.foundation.directory.phones import sending
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words

DIGITS = 6
VALID_FOR = timedelta(minutes=5)
TRIES = 5
APART = timedelta(minutes=1)
"""Between two codes to one phone."""
AT_MOST: Sequence[tuple[int, timedelta]] = ((5, timedelta(hours=1)), (10, timedelta(days=1)))
"""Codes to one phone within a time."""
REMEMBERED = timedelta(days=1)


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"


class WrongCode(Exception):
    """Not the code that was sent last, or that one is used, too old, or was tried too often: nobody is told which."""


PHONE_TAKEN = NotPossible(
    "phone_taken",
    Words("这个手机号已用于另一账号", "This phone belongs to another account"),
    "phone",
)


def are_offered() -> bool:
    """Whether this city sends codes."""
    return sending.texts() is not None


def send_to_sign_in(phone: str, *, address: str) -> None:
    """Send a code to the phone if it is a resident's confirmed one; nothing tells the sender whether it is.

    Raises limits.TooManyAttempts.
    """
    user = _holder_of(phone)
    _send(Purpose.SIGN_IN, phone, address, for_whom=user, language=user.language if user else "", real=user is not None)


def send_to_confirm(user: User, phone: str, *, address: str) -> None:
    """Send a code to a phone that the account's holder says is theirs. Raises limits.TooManyAttempts."""
    _send(Purpose.CONFIRM, phone, address, for_whom=user, language=user.language, real=True)


def sign_in(phone: str, code: str, *, address: str) -> User:
    """The resident whose confirmed phone this is. Raises WrongCode, limits.TooManyAttempts."""
    attempt = limits.admit(limits.Purpose.SIGN_IN, phone, address)
    user = _holder_of(phone)
    if not _use(Purpose.SIGN_IN, phone, code, user) or user is None:
        attempt.failed()
        raise WrongCode
    attempt.succeeded()
    return user


def confirm(user: User, phone: str, code: str, *, address: str) -> None:
    """Make this the account holder's confirmed phone. Raises WrongCode, NotPossible (taken), limits.TooManyAttempts."""
    attempt = limits.admit(limits.Purpose.SIGN_IN, user.username, address)
    if user.person_id is None or user.person is None or not _use(Purpose.CONFIRM, phone, code, user):
        attempt.failed()
        raise WrongCode
    attempt.succeeded()
    try:
        with transaction.atomic():
            Person.objects.filter(pk=user.person_id).update(phone=phone, phone_confirmed_at=time.now())
    except IntegrityError as taken:
        raise PHONE_TAKEN from taken
    user.person.refresh_from_db()


def forget_old_codes() -> int:
    """Delete codes that no limit looks at any more; returns how many."""
    return PhoneCode.objects.filter(sent_at__lt=time.now() - REMEMBERED).delete()[0]


def _holder_of(phone: str) -> User | None:
    return User.objects.filter(
        person__phone=phone, person__phone_confirmed_at__isnull=False, is_active=True, kind=UserKind.RESIDENT
    ).first()


def _send(purpose: Purpose, phone: str, address: str, *, for_whom: User | None, language: str, real: bool) -> None:
    texts = sending.texts()
    if texts is None:
        raise RuntimeError("this city sends no text messages")
    limits.admit(limits.Purpose.CODE, phone, address).succeeded()
    digest, at, code = _phone_digest(phone), time.now(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction.atomic():
        _refuse_too_many(digest, at)
        row = PhoneCode.objects.create(
            purpose=purpose, phone=digest, user=for_whom, sent_at=at, expires_at=at + VALID_FOR, code=""
        )
        PhoneCode.objects.filter(pk=row.pk).update(code=_code_digest(row.pk, code))
        if real:
            with translation.override(language):
                text = _("%(code)s is your code. It works for 5 minutes. Tell it to nobody, not even to us.") % {
                    "code": code
                }
            texts.send(phone, text, key=f"code:{row.pk}", expires_at=at + VALID_FOR)


def _refuse_too_many(phone: str, at: datetime) -> None:
    """Raises limits.TooManyAttempts."""
    sent = list(
        PhoneCode.objects.filter(phone=phone, sent_at__gt=at - REMEMBERED)
        .order_by("-sent_at", "-pk")
        .values_list("sent_at", flat=True)
    )
    waits = [sent[0] + APART - at] if sent else []
    waits += [sent[most - 1] + within - at for most, within in AT_MOST if len(sent) >= most]
    longest = max(waits, default=timedelta(0))
    if longest > timedelta(0):
        raise limits.TooManyAttempts(longest)


def _use(purpose: Purpose, phone: str, code: str, user: User | None) -> bool:
    """Whether it is the newest code that was sent for this; it works once. A try counts before it is compared."""
    newest = (
        PhoneCode.objects.filter(purpose=purpose, phone=_phone_digest(phone), user=user)
        .order_by("-sent_at", "-pk")
        .first()
    )
    if newest is None:
        return False
    open_now = PhoneCode.objects.filter(pk=newest.pk, used_at__isnull=True, expires_at__gt=time.now())
    if not open_now.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        return False
    typed = "".join(code.split())
    if not constant_time_compare(newest.code, _code_digest(newest.pk, typed)):
        return False
    return open_now.update(used_at=time.now()) == 1


def _phone_digest(phone: str) -> str:
    return salted_hmac("yiwang.directory.phone", phone, algorithm="sha256").hexdigest()


def _code_digest(number: int, code: str) -> str:
    return salted_hmac("yiwang.directory.phone_code", f"{number}:{code}", algorithm="sha256").hexdigest()
