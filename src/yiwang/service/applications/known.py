"""What the city's library told of an applicant, as a draft or an application keeps it: values, sources, proofs. Pure.

A register that holds one row of a person answers by itself. One that holds several things of theirs (two premises) says
what they have, not which they mean: they choose one row, and only then does it answer and prove. They may say of any
that the application is about none of them; then they are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element
from yiwang.service.applications import answers
from yiwang.service.applications.answers import Answer, WrongAnswer
from yiwang.service.catalogue.service import Held

NONE_OF_THEM = -1
"""Chosen: the application is about none of the rows."""

Row = Mapping[str, Any]


class State(StrEnum):
    READ = "read"
    OFFLINE = "offline"
    """the department did not answer; it is asked again"""
    REFUSED = "refused"
    """the gateway refuses; officers look up themselves"""
    UNPROVED = "unproved"
    """asked again after the submission: nothing there proves it, and the applicant brings it"""
    DECLINED = "declined"
    """the applicant did not agree that it is read"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """The applicant says that a value is wrong. `case` is the number of the correction at the owner."""

    said: Answer | None
    held: Answer | None
    at: datetime
    case: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """What the department said when it was asked again before the decision: whether each value still stands."""

    at: datetime
    record: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    """One product as it was read. `rows` are values by field as JSON has them; `record` is the position in the owner's
    log, None where nothing was read. `chosen` is a row's number, NONE_OF_THEM, or None where nothing is chosen."""

    id: int
    product: str
    title: Words
    department: str
    post: str
    state: State
    elements: Mapping[str, str]
    materials: tuple[str, ...]
    at: datetime
    rows: tuple[Row, ...] = ()
    proofs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    record: int | None = None
    as_of: datetime | None = None
    chosen: int | None = None
    disputes: Mapping[str, Dispute] = field(default_factory=dict)
    recheck: Recheck | None = None
    enterprise: str = ""
    """the credit code of the enterprise it is about; empty: about the person"""
    enterprise_name: str = ""
    agreed: bool = False
    """the contract wants the applicant's consent, and they gave it"""

    @property
    def is_choice(self) -> bool:
        return self.state is State.READ and len(self.rows) > 1

    @property
    def row(self) -> Row | None:
        """The row that speaks for the applicant."""
        if self.chosen is not None:
            return self.rows[self.chosen] if 0 <= self.chosen < len(self.rows) else None
        return self.rows[0] if len(self.rows) == 1 else None


@dataclass(frozen=True, slots=True)
class Known:
    """An element's value with its source."""

    element: str
    value: Answer
    lookup: LookUp

    @property
    def dispute(self) -> Dispute | None:
        return self.lookup.disputes.get(self.element)


@dataclass(frozen=True)
class Told:
    """All that the library told for one draft or application."""

    lookups: tuple[LookUp, ...] = ()

    def known(self, elements: Mapping[str, Element]) -> dict[str, Known]:
        """The value of each element of the service that the library knows; what is no answer to it is left out."""
        found: dict[str, Known] = {}
        for lookup in self.lookups:
            row = lookup.row
            for code, name in lookup.elements.items() if row is not None else ():
                value = readable(elements.get(code), (row or {}).get(name))
                if value is not None and code not in found:
                    found[code] = Known(code, value, lookup)
        return found

    @cached_property
    def choices(self) -> tuple[LookUp, ...]:
        """Products of which the applicant has not said yet which row is meant, each once."""
        found: dict[str, LookUp] = {}
        for lookup in self.lookups:
            if lookup.is_choice and lookup.elements and lookup.chosen is None:
                found.setdefault(lookup.product, lookup)
        return tuple(found.values())

    @cached_property
    def held(self) -> Held:
        proved: dict[str, str] = {}
        awaited: dict[str, str] = {}
        unproved: set[str] = set()
        about = {each.product for each in self.lookups if each.elements}
        for lookup in self.lookups:
            for key in lookup.materials:
                if lookup.state is State.OFFLINE:
                    awaited[key] = lookup.department
                elif lookup.state is not State.REFUSED:
                    proving = lookup.proofs.get(key, ())
                    if lookup.product in about and (lookup.is_choice or lookup.chosen is not None):
                        proving = tuple(number for number in proving if number == lookup.chosen)
                    if proving:
                        proved[key] = lookup.department
                    else:
                        unproved.add(key)
        return Held(
            proved,
            {key: department for key, department in awaited.items() if key not in proved},
            frozenset(unproved - set(proved) - set(awaited)),
        )

    @property
    def disputes(self) -> dict[str, Dispute]:
        return {element: each for lookup in self.lookups for element, each in lookup.disputes.items()}

    @property
    def settled(self) -> frozenset[str]:
        """Elements and materials of which nothing more is to be asked: told, waiting for the applicant's choice, or
        owed by a silent department."""
        found = {*self.held.proved, *self.held.awaited}
        for lookup in self.lookups:
            if lookup.state is State.OFFLINE or (lookup.is_choice and lookup.chosen is None):
                found |= set(lookup.elements)
            row = lookup.row or {}
            found |= {code for code, name in lookup.elements.items() if row.get(name) is not None}
        return frozenset(found)

    @property
    def tried(self) -> frozenset[tuple[str, str]]:
        """Products and what they were asked for."""
        return frozenset(
            (lookup.product, key) for lookup in self.lookups for key in (*lookup.elements, *lookup.materials)
        )

    def about(self, enterprise: str) -> Told:
        """What was told of the person, and of this enterprise of theirs only. The same object where that is all."""
        kept = tuple(each for each in self.lookups if each.enterprise in ("", enterprise))
        return self if len(kept) == len(self.lookups) else Told(kept)

    def proof_of(self, material: str) -> LookUp | None:
        """The reading that proves a material."""
        return next((each for each in self.lookups if each.proofs.get(material)), None)


NOTHING_TOLD = Told()


def readable(element: Element | None, value: Any) -> Answer | None:
    """A register's value as an answer to the element; None where it cannot be one."""
    if element is None or value is None:
        return None
    try:
        return answers.sent(element, value)
    except WrongAnswer:
        return None


def same_row(rows: Sequence[Row], wanted: Row) -> int | None:
    """The one row that says the same as `wanted` wherever both speak; None where none or several do."""
    fitting = [
        number
        for number, row in enumerate(rows)
        if (common := set(row) & set(wanted)) and all(row[name] == wanted[name] for name in common)
    ]
    return fitting[0] if len(fitting) == 1 else None
