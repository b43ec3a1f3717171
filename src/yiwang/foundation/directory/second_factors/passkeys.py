"""Passkeys (W3C Web Authentication, level 2): adding one, and proving with one who sits there.

The device always verifies its holder (PIN, finger, face), so that a passkey counts as two factors. `response` is what
the browser answered, as JSON; `state` is what stood in the session since the challenge was made. `origin` is where the
page stands (`https://city.example`): an answer made for another page proves nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from yiwang.foundation.directory import limits
from yiwang.foundation.directory.models import Passkey, User
from yiwang.foundation.directory.refusals import NotPossible
from yiwang.foundation.directory.second_factors.actions import WrongFactor
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words, canonical

NAME = "一网"
MOST = 10
LONGEST = 20_000
"""Characters of a browser's answer."""
TOO_MANY = NotPossible(
    "too_many_passkeys",
    Words("您已有 10 个通行密钥，请先移除不用的", "You have 10 passkeys. Remove one that you do not use"),
)
KNOWN = NotPossible("passkey_known", Words("这个通行密钥已经添加过", "This passkey is here already"))


@dataclass(frozen=True, slots=True)
class Challenge:
    """`options` go to the browser as JSON, `state` stays in the session."""

    options: str
    state: Mapping[str, Any]


def begin_adding(user: User, origin: str) -> Challenge:
    """Raises NotPossible (too many)."""
    held = [_data(row) for row in Passkey.objects.filter(user=user)]
    if len(held) >= MOST:
        raise TOO_MANY
    handle = salted_hmac("yiwang.directory.passkey", str(user.pk), algorithm="sha256").digest()
    options, state = _server(origin).register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=user.username, display_name=user.name),
        held,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Challenge(json.dumps(dict(options.public_key)), state)


def add(user: User, name: str, state: Mapping[str, Any], response: str, origin: str) -> None:
    """Keep a passkey. Raises WrongFactor, NotPossible (known already), UnacceptableText."""
    try:
        answer = RegistrationResponse.from_dict(_read(response))
        made = _server(origin).register_complete(state, answer)
    except (ValueError, KeyError, TypeError) as wrong:
        raise WrongFactor from wrong
    data = made.credential_data
    if data is None:
        raise WrongFactor
    try:
        Passkey.objects.create(
            user=user,
            name=canonical(name, max_length=80),
            credential=websafe_encode(data.credential_id),
            public_key=websafe_encode(bytes(data)),
            sign_count=made.counter,
            added_at=time.now(),
        )
    except IntegrityError as known:
        raise KNOWN from known


def begin_proving(origin: str) -> Challenge:
    """For whoever it is: the browser offers the passkeys that it has for this city."""
    options, state = _server(origin).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return Challenge(json.dumps(dict(options.public_key)), state)


def prove(state: Mapping[str, Any], response: str, origin: str, *, address: str) -> User:
    """The account whose passkey answered. A device's counter only goes up: one that does not was copied.

    Raises WrongFactor, limits.TooManyAttempts.
    """
    digest = hashlib.sha256(response.encode("utf-8", "surrogatepass")).hexdigest()
    attempt = limits.admit(limits.Purpose.SECOND_FACTOR, digest, address)
    try:
        answer = AuthenticationResponse.from_dict(_read(response))
        row = Passkey.objects.select_related("user").filter(credential=websafe_encode(answer.raw_id)).first()
        if row is None:
            raise WrongFactor
        _server(origin).authenticate_complete(state, [_data(row)], answer)
    except WrongFactor:
        attempt.failed()
        raise
    except (ValueError, KeyError, TypeError) as wrong:
        attempt.failed()
        raise WrongFactor from wrong
    counted = answer.response.authenticator_data.counter
    unchanged = Passkey.objects.filter(pk=row.pk, user__is_active=True)
    if counted or row.sign_count:
        unchanged = unchanged.filter(sign_count__lt=counted)
    if not unchanged.update(sign_count=counted, last_used_at=time.now()):
        attempt.failed()
        raise WrongFactor
    attempt.succeeded()
    return row.user


def remove(user: User, number: int) -> bool:
    """False where the account has no such passkey."""
    return Passkey.objects.filter(user=user, pk=number).delete()[0] > 0


def _server(origin: str) -> Fido2Server:
    host = urlsplit(origin).hostname or ""
    return Fido2Server(PublicKeyCredentialRpEntity(name=NAME, id=host), verify_origin=lambda came: came == origin)


def _data(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(row.public_key))


def _read(response: str) -> Mapping[str, Any]:
    """Raises ValueError."""
    if len(response) > LONGEST:
        raise ValueError("too long")
    read = json.loads(response)
    if not isinstance(read, dict):
        raise ValueError("not an object")
    return read
