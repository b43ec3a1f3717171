"""A data product (数据产品): a versioned contract over one table of a department, as everybody may read it.

What the contract does not say is nobody else's business: which database holds the table, and how its columns are
called, stands in the department's own binding (`bindings`). Pure values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Choice, ElementKind


class Sharing(StrEnum):
    """The share class of a product (共享类型). Apart from it, a product may be open to the public (开放)."""

    UNCONDITIONAL = "unconditional"
    """无条件共享: any department, on a grant that needs no reason of its own"""
    CONDITIONAL = "conditional"
    """有条件共享: on a request that the owner approves"""
    WITHHELD = "withheld"
    """不予共享: nobody, by law"""


class Level(StrEnum):
    """How much harm a leak does (数据安全法 art. 21)."""

    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"


class Subject(StrEnum):
    """Whom or what a row is about, as `Product.subject_field` names it."""

    PERSON = "person"
    """by resident identity number (GB 11643)"""
    ENTERPRISE = "enterprise"
    """by unified social credit code (GB 32100)"""
    NONE = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a product.

    `element` is the city's element it means, where there is one. `authoritative`: this department is the one source of
    that element (一数一源). `personal` marks what tells of a natural person.
    """

    name: str
    kind: ElementKind
    words: Words
    element: str | None = None
    choices: tuple[Choice, ...] = ()
    level: Level = Level.GENERAL
    personal: bool = False
    authoritative: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A promise about the data, run at the gateway. `kind`: required, unique, one_of, feel; `field` where one is meant.

    `expression` is FEEL over the product's fields for `feel`; true is good, null counts as good.
    """

    key: str
    kind: str
    field: str | None = None
    expression: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Privacy:
    """Figures with noise (differential privacy): each question costs `epsilon` of the `budget` that one department has
    for the product, all majors together; `renewed` is "yearly" (by the city's calendar) or empty: never.

    A person counts with at most `rows_each` rows; a field's values are clamped to its `bounds` before they are added.
    """

    epsilon: Decimal
    budget: Decimal
    renewed: str = ""
    rows_each: int = 1
    bounds: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statistics:
    """How figures are given to those who may see no row: of groups of `people` or more, exactly; or with `privacy`."""

    people: int = 10
    privacy: Privacy | None = None


@dataclass(frozen=True)
class Product:
    """A contract. `code` is "market.enterprises"; a change that breaks consumers needs a new `major`.

    `subject_field` holds the identifier of whom a row is about; `key` are the fields that make a row unique; `cursor`
    is the field that grows with every change (changed-since). `proves` are materials (by key) that a row about the
    subject proves, so that they need not be brought (免交); `proves_when` is FEEL over the row.
    """

    department: str
    name: str
    major: int
    minor: int
    title: Words
    summary: Words
    basis: tuple[str, ...]
    sharing: Sharing
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    open: bool = False
    subject: Subject = Subject.NONE
    subject_field: str | None = None
    cursor: str | None = None
    fresh_within: timedelta | None = None
    level: Level = Level.GENERAL
    quality: tuple[QualityRule, ...] = ()
    consent: bool = False
    """the person concerned must agree before a row of theirs is released"""
    proves: Mapping[str, str | None] = field(default_factory=dict)
    """material key → FEEL over the row, or None where the row's being there is proof enough"""
    represents: str | None = None
    """the field with the credit code of an enterprise for which the person of the row stands by law"""
    statistics: Statistics | None = None
    """None: the contract promises none; the gateway then keeps to `Statistics()`"""

    @property
    def code(self) -> str:
        return f"{self.department}.{self.name}"

    @property
    def version(self) -> str:
        return f"{self.major}.{self.minor}"

    @property
    def reference(self) -> str:
        """As grants name it: "market.enterprises@1"."""
        return f"{self.code}@{self.major}"

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {each.name: each for each in self.fields}


readable(Product)
