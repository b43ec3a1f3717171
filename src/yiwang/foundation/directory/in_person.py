"""Somebody stands at a window with their identity card: the directory finds or makes the person, proven face to face.

An account that was opened in somebody's name without their card seen may be another's: the clerk asks, and one that is
not theirs is shut and taken from them before anything is proven.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from yiwang.foundation.directory import proving
from yiwang.foundation.directory.actions import TAKEN_PHONE, first_password, revoke_tokens, switch
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.events import SignInHandedOver
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import Person, User, UserKind
from yiwang.foundation.directory.publishing import publish
from yiwang.foundation.directory.refusals import NotPermitted, NotPossible
from yiwang.foundation.directory.second_factors import actions as second_factors
from yiwang.foundation.directory.single_sign_on import actions as single_sign_on
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import check_phone, check_resident_id
from yiwang.foundation.kernel.text import Words, canonical


@dataclass(frozen=True, slots=True)
class Card:
    """What an identity card says, and the telephone number that its holder gives, or none."""

    name: str
    resident_id: str
    phone: str = ""


class WhoseAccount(Exception):
    """There is an account in this name whose holder was never seen: the clerk asks whether it is theirs."""

    def __init__(self, username: str) -> None:
        super().__init__("whose account")
        self.username = username


OTHER_NAME = NotPossible(
    "other_name",
    Words("这个证件号登记的是另一姓名，请再看身份证", "Another name goes with this number. Look at the card again"),
    "name",
)


NOT_SEEN = NotPossible(
    "not_seen",
    Words("请先当面核验身份证，再交付登录密码", "Look at their identity card first, then hand over a password"),
)


def identify(card: Card, *, account_is_theirs: bool | None = None, by: Actor) -> int:
    """The person whose card the clerk has compared with their face; made where there is none.

    Raises NotPermitted (only officers), NotPossible (another name, phone of another person, oneself), WhoseAccount,
    InvalidIdentifier, UnacceptableText.
    """
    if by.kind is not ActorKind.OFFICER:
        raise NotPermitted(f"{by} looks at no cards")
    name, number = canonical(card.name, max_length=64), check_resident_id(card.resident_id)
    phone = check_phone(card.phone) if card.phone else ""
    with transaction.atomic():
        person, _made = Person.objects.get_or_create(resident_id=number, defaults={"name": name})
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.name != name:
            raise OTHER_NAME
        if not Level(person.level).reaches(Level.FACE_TO_FACE):
            _settle_account(person, account_is_theirs)
            proving.confirm_face_to_face(person.pk, by=by)
        if phone and phone != person.phone and person.phone_confirmed_at is None:
            _give_phone(person, phone)
    return person.pk


@dataclass(frozen=True, slots=True)
class SignIn:
    """A first password at the only moment when it can be read."""

    user_id: int
    username: str
    password: str


def hand_over_sign_in(person_id: int, *, by: Actor) -> SignIn:
    """Open an account for somebody who was seen face to face, or let them into theirs again: a first password that
    opens nothing but the page on which they choose their own. What else signed in to the account ends.

    Raises NotPermitted (only officers), NotPossible (nobody saw their card, an officer's own account).
    """
    if by.kind is not ActorKind.OFFICER:
        raise NotPermitted(f"{by} hands over no sign-ins")
    password = first_password()
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        if not Level(person.level).reaches(Level.FACE_TO_FACE):
            raise NOT_SEEN
        user = User.objects.select_for_update().filter(person=person).first()
        opened = user is None
        if user is None:
            user = User.objects.create_user(
                f"u{secrets.randbelow(10**9):09d}", name=person.name, person=person, registered_at=time.now()
            )
        elif user.kind != UserKind.RESIDENT or not user.is_active:
            raise NOT_SEEN
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        second_factors.forget_all(user)
        single_sign_on.disconnect(user)
        revoke_tokens(user)
        publish(user.pk, SignInHandedOver(opened=opened), by=by)
    return SignIn(user.pk, user.username, password)


def known(card: Card) -> tuple[int, str] | None:
    """The person of this name and number with their confirmed telephone number; None where there is none.

    Raises InvalidIdentifier, UnacceptableText.
    """
    name, number = canonical(card.name, max_length=64), check_resident_id(card.resident_id)
    found = Person.objects.filter(name=name, resident_id=number, phone_confirmed_at__isnull=False).first()
    return None if found is None or not found.phone else (found.pk, found.phone)


def _settle_account(person: Person, is_theirs: bool | None) -> None:
    account = User.objects.filter(person=person).first()
    if account is None or is_theirs:
        return
    if is_theirs is None:
        raise WhoseAccount(account.username)
    switch(account, False)
    User.objects.filter(pk=account.pk).update(person=None)
    Person.objects.filter(pk=person.pk).update(phone="", phone_confirmed_at=None)
    person.refresh_from_db()


def _give_phone(person: Person, phone: str) -> None:
    """What they say is kept unconfirmed: a code that is sent there confirms it."""
    try:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).update(phone=phone)
    except IntegrityError as taken:
        raise TAKEN_PHONE from taken
