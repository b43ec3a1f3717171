"""What people do with second factors. Every proof is limited like a password, and works once."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.crypto import salted_hmac

from yiwang.foundation.directory import limits, sealed
from yiwang.foundation.directory.models import Passkey, RecoveryCode, TotpDevice, User
from yiwang.foundation.directory.second_factors import totp
from yiwang.foundation.kernel import time

RECOVERY_CODES = 10
_SEED = "totp"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class WrongFactor(Exception):
    """Not the right code, or one that was used already: nobody is told which."""


def has_one(user: User) -> bool:
    """Whether the account has a second factor."""
    return TotpDevice.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def add_totp(user: User, secret: str, code: str) -> None:
    """Keep an authenticator app, in the place of another, once it has shown that it knows the secret.

    Raises WrongFactor.
    """
    step = totp.step_of(secret, _typed(code), time.now())
    if step is None:
        raise WrongFactor
    TotpDevice.objects.update_or_create(
        user=user, defaults={"seed": sealed.seal(secret, _SEED), "last_step": step, "added_at": time.now()}
    )


def remove_totp(user: User) -> None:
    TotpDevice.objects.filter(user=user).delete()


def prove_totp(user: User, code: str, *, address: str) -> None:
    """The app shows this code now. Raises WrongFactor, limits.TooManyAttempts."""
    attempt = limits.admit(limits.Purpose.SECOND_FACTOR, user.username, address)
    device = TotpDevice.objects.filter(user=user).first()
    secret = sealed.opened(device.seed, _SEED) if device else None
    if device is None or secret is None:
        attempt.failed()
        raise WrongFactor
    step = totp.step_of(secret, _typed(code), time.now(), after=device.last_step)
    # Of two requests with one code the second finds the step taken.
    if step is None or not TotpDevice.objects.filter(user=user, last_step__lt=step).update(last_step=step):
        attempt.failed()
        raise WrongFactor
    attempt.succeeded()


def new_recovery_codes(user: User) -> tuple[str, ...]:
    """Ten codes for the day when phone and key are lost, each for once; earlier ones end. Shown now and never again."""
    codes = tuple("-".join(_random(5) for _ in range(2)) for _ in range(RECOVERY_CODES))
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return codes


def use_recovery_code(user: User, code: str, *, address: str) -> None:
    """Raises WrongFactor, limits.TooManyAttempts."""
    attempt = limits.admit(limits.Purpose.SECOND_FACTOR, user.username, address)
    if not RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at__isnull=True).update(
        used_at=time.now()
    ):
        attempt.failed()
        raise WrongFactor
    attempt.succeeded()


def prove(user: User, typed: str, *, address: str) -> None:
    """A code from the app, or else a recovery code. Raises WrongFactor, limits.TooManyAttempts."""
    if _typed(typed).isdigit() and len(_typed(typed)) == totp.DIGITS:
        prove_totp(user, typed, address=address)
    else:
        use_recovery_code(user, typed, address=address)


def forget_all(user: User) -> None:
    """Take every second factor from an account: its holder has lost them all and has shown who they are."""
    for rows in (TotpDevice, Passkey, RecoveryCode):
        rows.objects.filter(user=user).delete()


def _typed(code: str) -> str:
    return "".join(code.split())


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _digest(user: User, code: str) -> str:
    plain = "".join(each for each in code.lower() if each.isalnum())
    return salted_hmac("yiwang.directory.recovery", f"{user.pk}:{plain}", algorithm="sha256").hexdigest()
