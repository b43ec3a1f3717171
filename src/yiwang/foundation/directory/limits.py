"""How often somebody may try: limits on guessing passwords and codes, in the database and on the city's clock.

Five failures for one account close it for a quarter of an hour, each further five for twice as long, at most an hour.
Fifty failures from one address within an hour close the address until the oldest of them is an hour old.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.crypto import salted_hmac

from yiwang.foundation.directory.models import AttemptOutcome, SignInAttempt
from yiwang.foundation.kernel import time

ROUND = 5
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=1)
REMEMBERED = timedelta(hours=24)
ADDRESS_WINDOW = timedelta(hours=1)


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    REGISTER = "register"
    LOOK_UP = "look_up"
    IDENTITY = "identity"
    FAILED_ATTEMPT = "failed_attempt"
    CODE = "code"
    SECOND_FACTOR = "second_factor"


ADDRESS_LIMITS = {
    Purpose.SIGN_IN: 50,
    Purpose.REGISTER: 20,
    Purpose.LOOK_UP: 50,
    Purpose.IDENTITY: 50,
    Purpose.FAILED_ATTEMPT: 20,
    Purpose.CODE: 20,
    Purpose.SECOND_FACTOR: 50,
}
"""Tries an hour from one address: failed ones, for what opens or sends something new successful ones too."""
OPENING = frozenset({Purpose.REGISTER, Purpose.FAILED_ATTEMPT, Purpose.CODE})

OF_ACCOUNTS = frozenset({Purpose.SIGN_IN, Purpose.IDENTITY, Purpose.SECOND_FACTOR})
"""What is limited for each account, too."""


class TooManyAttempts(Exception):
    """Raised before a password is looked at. `wait` is how long until the next try is heard."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"too many attempts: wait {wait}")

    @property
    def minutes(self) -> int:
        """Whole minutes to tell the person, never too few."""
        return max(1, -(-int(self.wait.total_seconds()) // 60))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was admitted and waits for its outcome."""

    id: int

    def succeeded(self) -> None:
        SignInAttempt.objects.filter(pk=self.id).update(outcome=AttemptOutcome.SUCCEEDED)

    def failed(self) -> None:
        SignInAttempt.objects.filter(pk=self.id).update(outcome=AttemptOutcome.FAILED)


def admit(purpose: Purpose, account: str, address: str) -> Attempt:
    """Count one try by what was typed as the account and by the address it came from.

    The row is written before the limits are read and counts as failed until told otherwise, so that guesses sent at
    the same moment see one another. Raises TooManyAttempts.
    """
    at = time.now()
    row = SignInAttempt.objects.create(purpose=purpose, account=_key(account), address=network_of(address), at=at)
    wait = max(_wait_for_account(row), _wait_for_address(row))
    if wait > timedelta(0):
        SignInAttempt.objects.filter(pk=row.pk).update(outcome=AttemptOutcome.REFUSED)
        raise TooManyAttempts(wait)
    return Attempt(row.pk)


def account_wait(failures: Sequence[datetime], at: datetime) -> timedelta:
    """How long an account stays closed after these failures, oldest first, since the last success."""
    rounds = len(failures) // ROUND
    if rounds == 0:
        return timedelta(0)
    closed_for = min(FIRST_WAIT * 2 ** min(rounds - 1, 8), LONGEST_WAIT)
    return max(failures[rounds * ROUND - 1] + closed_for - at, timedelta(0))


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which one household holds."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def forget_old_attempts() -> int:
    """Delete attempts that no limit looks at any more; returns how many."""
    return SignInAttempt.objects.filter(at__lt=time.now() - REMEMBERED).delete()[0]


def _wait_for_account(row: SignInAttempt) -> timedelta:
    if row.purpose not in OF_ACCOUNTS:
        return timedelta(0)
    earlier = SignInAttempt.objects.filter(
        purpose=row.purpose, account=row.account, at__gt=row.at - REMEMBERED
    ).exclude(pk=row.pk)
    failures: list[datetime] = []
    for at, outcome in (
        earlier.exclude(outcome=AttemptOutcome.REFUSED).order_by("-at", "-pk").values_list("at", "outcome")[:200]
    ):
        if outcome == AttemptOutcome.SUCCEEDED:
            break
        failures.append(at)
    return account_wait(failures[::-1], row.at)


def _wait_for_address(row: SignInAttempt) -> timedelta:
    counted = [AttemptOutcome.FAILED, AttemptOutcome.PENDING]
    if row.purpose in OPENING:
        counted.append(AttemptOutcome.SUCCEEDED)
    allowed = ADDRESS_LIMITS[Purpose(row.purpose)]
    earlier = (
        SignInAttempt.objects.filter(
            purpose=row.purpose, address=row.address, at__gt=row.at - ADDRESS_WINDOW, outcome__in=counted
        )
        .exclude(pk=row.pk)
        .order_by("-at", "-pk")
        .values_list("at", flat=True)
    )
    oldest = list(earlier[allowed - 1 : allowed])
    return max(oldest[0] + ADDRESS_WINDOW - row.at, timedelta(0)) if oldest else timedelta(0)


def _key(account: str) -> str:
    return salted_hmac("yiwang.directory.attempt", account.strip().casefold(), algorithm="sha256").hexdigest()
