"""Who walks the table: one persona for every way in which the platform tells people apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tests.foundation.directory import people
from yiwang.foundation.directory import actions
from yiwang.foundation.directory.access import Role
from yiwang.foundation.directory.models import User

DEPARTMENT = "water"
POST = f"{DEPARTMENT}/permits"


class Persona(StrEnum):
    VISITOR = "visitor"
    OWNER = "the resident whose it is"
    STRANGER = "another resident"
    COLLEAGUE = "an officer of the department"
    OUTSIDER = "an officer of another department"
    ADMINISTRATOR = "an administrator"
    SYSTEM = "the own system of the department"

    @property
    def role(self) -> Role:
        return ROLES[self]


ROLES = {
    Persona.VISITOR: Role.VISITOR,
    Persona.OWNER: Role.RESIDENT,
    Persona.STRANGER: Role.RESIDENT,
    Persona.COLLEAGUE: Role.OFFICER,
    Persona.OUTSIDER: Role.OFFICER,
    Persona.ADMINISTRATOR: Role.ADMINISTRATOR,
    Persona.SYSTEM: Role.SYSTEM,
}


@dataclass(frozen=True)
class World:
    """The personas' accounts. What objects are built belongs to the owner and lies with the colleague's post."""

    owner: User
    stranger: User
    colleague: User
    outsider: User
    administrator: User
    system: User

    def account(self, persona: Persona) -> User | None:
        return None if persona is Persona.VISITOR else getattr(self, persona.name.lower())


def world() -> World:
    return World(
        owner=people.resident("王小满"),
        stranger=people.resident("陈大年"),
        colleague=people.officer(POST),
        outsider=people.officer("fire/permits"),
        administrator=people.administrator(),
        system=actions.system_account(DEPARTMENT),
    )
