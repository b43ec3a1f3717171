"""Raising an account's identity level: what proves it is written down, and no proof lowers it.

The register that knows names and numbers is a department's and lies above the directory: the library registers a
`Register` at start-up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from django.db import transaction

from yiwang.foundation.directory import limits
from yiwang.foundation.directory.actor import Actor, ActorKind
from yiwang.foundation.directory.levels import Level, Means
from yiwang.foundation.directory.models import IdentityProof, Person, User
from yiwang.foundation.directory.refusals import NotPermitted
from yiwang.foundation.directory.refusals import NotPossible as NotPossible
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.text import Words


class Said(StrEnum):
    """What a register says of a name and a number."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    """It knows no such number, or another name for it."""
    SILENT = "silent"
    """It does not answer now."""
    NONE = "none"
    """There is none to ask."""


class Register(Protocol):
    """Who knows which name goes with which identity number."""

    def confirms(self, user_id: int) -> Said:
        """What the register says of the account holder's name and number."""


_register: Register | None = None


def register_register(register: Register) -> None:
    """Tell the directory whom to ask about names and numbers."""
    global _register
    _register = register


NO_NUMBER = NotPossible(
    "no_identity_number",
    Words(
        "您的账号还没有身份证号。请带身份证到任一窗口核实",
        "Your account has no identity number. Bring your identity card to any service window",
    ),
)
DISAGREES = NotPossible(
    "register_disagrees",
    Words(
        "姓名和身份证号与登记不一致。请带身份证到任一窗口核实",
        "Name and identity number are not those in the register. Bring your identity card to any service window",
    ),
)
SILENT = NotPossible(
    "register_silent",
    Words("登记部门暂时没有应答。请过几分钟再试", "The register does not answer now. Try again in a few minutes"),
)
NO_REGISTER = NotPossible(
    "no_register",
    Words(
        "这里还不能在线核实。请带身份证到任一窗口核实",
        "Nothing can be checked online here yet. Bring your identity card to any service window",
    ),
)


def confirm_real_name(user: User, *, address: str) -> None:
    """Raise the holder to `real_name` when the register agrees with name and number; nothing changes above that.

    Raises NotPossible (no number, the register disagrees or does not answer), limits.TooManyAttempts.
    """
    person = user.person
    if person is None or not person.resident_id:
        raise NO_NUMBER
    if Level(person.level).reaches(Level.REAL_NAME):
        return
    attempt = limits.admit(limits.Purpose.IDENTITY, user.username, address)
    said = Said.NONE if _register is None else _register.confirms(user.pk)
    if said in (Said.SILENT, Said.NONE):
        raise SILENT if said is Said.SILENT else NO_REGISTER
    if said is Said.DISAGREES:
        attempt.failed()
        raise DISAGREES
    attempt.succeeded()
    prove(person.pk, Level.REAL_NAME, Means.REGISTER, by=f"resident:{user.pk}")


def confirm_face_to_face(person_id: int, *, by: Actor) -> None:
    """Raise a person to `face_to_face`: the clerk has compared their face with their identity card.

    Raises NotPermitted (only officers), NotPossible (themselves, or no identity number), Person.DoesNotExist.
    """
    if by.kind is not ActorKind.OFFICER or by.id is None:
        raise NotPermitted(f"{by} looks at no faces")
    person = Person.objects.get(pk=person_id)
    if User.objects.filter(pk=by.id, person=person).exists():
        raise NotPossible(
            "own_identity", Words("不能核实自己，请同事核实", "Nobody confirms themselves. Ask a colleague")
        )
    if not person.resident_id:
        raise NotPossible("no_identity_number", Words("请先登记身份证号", "Enter the identity number first"))
    prove(person_id, Level.FACE_TO_FACE, Means.WINDOW, by=str(by))


def prove(person_id: int, level: Level, means: Means, *, by: str) -> None:
    """Write down that the level is proven. The person's level is the highest that was ever proven."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        at = time.now()
        IdentityProof.objects.create(person=person, level=level, means=means, by=by, at=at)
        if not Level(person.level).reaches(level):
            person.level = level
            person.save(update_fields=["level"])
