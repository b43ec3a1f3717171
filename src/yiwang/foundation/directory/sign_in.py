"""Proving who one is with a password, and the session that follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login, logout
from django.db.models import Q
from django.http import HttpRequest

from yiwang.foundation.directory import limits
from yiwang.foundation.directory.models import User, UserKind
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_phone

LONGEST_PASSWORD = 256

IDLE: Mapping[str, timedelta] = {
    UserKind.RESIDENT: timedelta(hours=2),
    UserKind.OFFICER: timedelta(minutes=30),
    UserKind.ADMINISTRATOR: timedelta(minutes=30),
}
"""How long a session lives without a request."""

AT_MOST: Mapping[str, timedelta] = {
    UserKind.RESIDENT: timedelta(hours=24),
    UserKind.OFFICER: timedelta(hours=10),
    UserKind.ADMINISTRATOR: timedelta(hours=10),
}
"""How long a session lives at most, however busy."""

_BACKEND = "yiwang.foundation.directory.sign_in.SessionAccounts"
_SIGNED_IN_AT = "signed_in_at"
_SEEN_AT = "seen_at"
_SEEN_EVERY = timedelta(minutes=1)


class WrongCredentials(Exception):
    """The account does not exist, is switched off, or the password is another: nobody is told which."""


class SessionAccounts:
    """Django's backend for sessions: finds the account again. Passwords are looked at by `prove` alone; a department's
    own system has tokens and no sessions."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        return None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).exclude(kind=UserKind.SYSTEM).first()


def prove(identifier: str, password: str, *, address: str) -> User:
    """The account whose user name or phone and password these are.

    A wrong password, an unknown account and one that is switched off cost the same time (one password hash) and raise
    the same WrongCredentials. Raises TooManyAttempts before anything is looked at.
    """
    account = canonical_identifier(identifier)
    attempt = limits.admit(limits.Purpose.SIGN_IN, account, address)
    user = User.objects.filter(Q(username=account) | Q(person__phone=account)).first() if account else None
    if not _matches(user, password) or user is None or not user.is_active:
        attempt.failed()
        raise WrongCredentials
    attempt.succeeded()
    return user


def prove_again(user: User, password: str, *, address: str) -> None:
    """Make sure that it is still the account's holder who sits there. Raises WrongCredentials, TooManyAttempts."""
    attempt = limits.admit(limits.Purpose.SIGN_IN, user.username, address)
    if not _matches(user, password):
        attempt.failed()
        raise WrongCredentials
    attempt.succeeded()


def canonical_identifier(typed: str) -> str:
    """A phone number in its one form, or a user name in lower case: every spelling counts as the same account."""
    typed = typed.strip()[:80]
    try:
        return check_phone(typed)
    except InvalidIdentifier:
        return typed.lower()


def begin_session(request: HttpRequest, user: User) -> None:
    """Sign in: a new session key and CSRF secret, nothing kept from the visitor's session."""
    request.session.flush()
    login(request, user, backend=_BACKEND)
    at = time.now().isoformat()
    request.session[_SIGNED_IN_AT] = at
    request.session[_SEEN_AT] = at


def end_session(request: HttpRequest) -> None:
    """Sign out: the session is deleted."""
    logout(request)


def keep_session(request: HttpRequest, user: User) -> bool:
    """Whether the session of this request still runs on the city's clock; notes that it was seen.

    A session that was begun otherwise than by `begin_session` begins now.
    """
    at = time.now()
    signed_in, seen = _moment(request, _SIGNED_IN_AT), _moment(request, _SEEN_AT)
    if signed_in is None or seen is None:
        request.session[_SIGNED_IN_AT] = request.session[_SEEN_AT] = at.isoformat()
        return True
    if at >= signed_in + AT_MOST[user.kind] or at >= seen + IDLE[user.kind]:
        return False
    if at >= seen + _SEEN_EVERY:
        request.session[_SEEN_AT] = at.isoformat()
    return True


def address_of(request: HttpRequest) -> str:
    """The address a request came from.

    Behind the city's own proxies (YIWANG_PROXIES) it is the last address in X-Forwarded-For that is none of theirs;
    from anybody else the header is only a claim and is not read.
    """
    proxies = frozenset(getattr(settings, "YIWANG_PROXIES", ()))
    address = str(request.META.get("REMOTE_ADDR", ""))
    if address not in proxies:
        return address
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        address = hop.strip()
        if address not in proxies:
            break
    return address


def _matches(user: User | None, password: str) -> bool:
    if user is None or len(password) > LONGEST_PASSWORD:
        # The hash of nobody's password takes as long as the comparison with somebody's.
        User().set_password(password[:LONGEST_PASSWORD])
        return False
    return user.check_password(password)


def _moment(request: HttpRequest, key: str) -> datetime | None:
    try:
        return datetime.fromisoformat(request.session[key])
    except (KeyError, TypeError, ValueError):
        return None
