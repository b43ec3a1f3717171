"""What the city knows of the person who applies, so that nobody is asked it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.foundation.directory import mandates
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.queries import Gap, Identity
from yiwang.foundation.kernel.identifiers import mask_id, mask_name, mask_phone
from yiwang.foundation.kernel.text import Words

KNOWN: Mapping[str, str] = {
    "person.name": "name",
    "person.resident_id": "resident_id",
    "person.phone": "phone",
}
"""Elements of the vocabulary that an account tells, by the field of the directory's `Identity`."""

PROVEN = ("person.name", "person.resident_id")
"""What the directory has checked: a machine decides on nothing else that a person says about themselves."""

SOURCE = Words("来自您的账号", "From your account")


def known(identity: Identity | None) -> dict[str, str]:
    """The elements that the account tells, where it does."""
    if identity is None:
        return {}
    told = {code: str(getattr(identity, name)) for code, name in KNOWN.items()}
    return {code: value for code, value in told.items() if value}


def masked(identity: Identity | None) -> list[tuple[Words, str]]:
    """What the account tells, as a page shows it before anything is filled in."""
    if identity is None:
        return []
    found = [(Words("姓名", "Name"), mask_name(identity.name))]
    if identity.resident_id:
        found.append((Words("身份证号", "Identity number"), mask_id(identity.resident_id)))
    if identity.phone:
        found.append((Words("手机号", "Telephone"), mask_phone(identity.phone)))
    return found


def gap_of(applicant: Identity, mandate: int | None, minimum: Level) -> Gap | None:
    """What is missing to apply for what needs `minimum`: of the applicant, and of whoever acts for them."""
    missing = directory.gap(applicant.level, minimum)
    if missing is None and mandate is not None:
        agent = directory.identity_of_person(mandates.card_of(mandate).agent_id)
        missing = directory.gap(agent.level, minimum)
    return missing


def is_proven(answers: Mapping[str, Any], identity: Identity) -> bool:
    """Whether what the answers say about the person is what a register, a clerk or the city has confirmed."""
    told = known(identity)
    return identity.level.reaches(Level.REAL_NAME) and all(
        answers.get(code, told.get(code)) == told.get(code) for code in PROVEN
    )
