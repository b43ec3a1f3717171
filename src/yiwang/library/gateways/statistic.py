"""A statistic: what is asked about many, and the figures that answer it. Values, and what a grant lets be asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field, Product, Statistics, Subject
from yiwang.library.gateways.fragment import Predicate
from yiwang.library.gateways.grant import Grant, Mask, MaskKind
from yiwang.library.gateways.refusals import NotGranted

MOST_MEASURES = 8
MOST_FIELDS = 8
"""to group by"""
MOST_GROUPS = 1_000
COUNT, SUM, MEAN = "count", "sum", "mean"
SURE = 0.05
"""How often noise may be larger than what is told of it."""
NUMBERS = frozenset({ElementKind.INTEGER, ElementKind.MONEY})

Cell = str | int | float | bool | date | datetime | Decimal | None


@dataclass(frozen=True, slots=True)
class Measure:
    """`kind` is count (of rows), sum or mean; the latter two of a whole-number `field`."""

    kind: str
    field: str = ""

    @property
    def column(self) -> str:
        return f"{self.kind} {self.field}".rstrip()


@dataclass(frozen=True, slots=True)
class Statistic:
    """Measures of one product, for each combination of the fields in `by`, of the rows in `where`.

    What was asked before is known again by its exact form: who asks puts fields and measures in one order.
    """

    product: str
    """such as `market.enterprises@1`"""
    measures: tuple[Measure, ...]
    by: tuple[str, ...] = ()
    where: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A row for each group: its fields, then its measures, in the statistic's order. `record` is in the owner's log.

    Without noise, `people` is how many a group must have; `withheld` groups are not told (0 too where those who fit
    are so few altogether that it would tell of them). With noise, `people` is 0: `epsilon` was spent on the question
    (nothing where it was asked `again`), `left` remains of `budget` (`renewed` as in the contract), and in 95 of 100
    cases a measure is off by no more than what `within` says for it. A mean that noise would drown is None, and so is
    what is said of it where all are.
    """

    rows: tuple[tuple[Cell, ...], ...]
    record: int = -1
    people: int = 0
    withheld: int = 0
    epsilon: Decimal = Decimal(0)
    left: Decimal = Decimal(0)
    budget: Decimal = Decimal(0)
    renewed: str = ""
    again: bool = False
    within: tuple[float | None, ...] = ()


def off_by(sensitivity: int, epsilon: float, sure: float = SURE) -> int:
    """What the noise of a figure that one person can change by `sensitivity` rarely exceeds."""
    return math.ceil(sensitivity / epsilon * math.log(1 / sure))


def check(statistic: Statistic, product: Product, grant: Grant) -> None:
    """Raises NotGranted: a field that is not granted is answered like one that does not exist."""
    if statistic.product != product.reference:
        raise NotGranted("no_grant", statistic.product)
    measures, by = statistic.measures, statistic.by
    if not 0 < len(measures) <= MOST_MEASURES or len(set(measures)) != len(measures):
        raise NotGranted("statistic", "measures")
    if len(by) > MOST_FIELDS or len(set(by)) != len(by):
        raise NotGranted("statistic", "group by")
    how = product.statistics or Statistics()
    for name in by:
        known = _granted(name, product, grant)
        if how.privacy is not None and not _listed(known, grant):
            raise NotGranted("statistic_group", name)
        if known.kind is ElementKind.CHOICES:
            raise NotGranted("statistic", name)
    for name in statistic.where.fields() if statistic.where is not None else ():
        _granted(name, product, grant)
    for measure in measures:
        _check_measure(measure, how, product, grant)
    if not tells_apart(product, grant.fields):
        raise NotGranted("statistic_subject", product.subject_field or "")


def _granted(name: str, product: Product, grant: Grant) -> Field:
    if name not in grant.fields or name not in product.by_name:
        raise NotGranted("field", name)
    return product.by_name[name]


def _listed(known: Field, grant: Grant) -> bool:
    """The contract says which groups there can be: which of them occur is the people's own affair."""
    fits = known.kind is ElementKind.BOOLEAN or (known.kind is ElementKind.CHOICE and bool(known.choices))
    return fits and grant.fields[known.name].kind is MaskKind.NONE


def _check_measure(measure: Measure, how: Statistics, product: Product, grant: Grant) -> None:
    if measure.kind == COUNT and not measure.field:
        return
    if measure.kind not in (SUM, MEAN):
        raise NotGranted("statistic", measure.column)
    known = _granted(measure.field, product, grant)
    if known.kind not in NUMBERS or grant.fields[known.name].kind not in (MaskKind.NONE, MaskKind.GENERALISE):
        raise NotGranted("statistic", known.name)
    if how.privacy is not None and known.name not in how.privacy.bounds:
        raise NotGranted("statistic_bounds", known.name)


def person_of(product: Product) -> str | None:
    """The field that tells one subject from another; None where each row is one."""
    if product.subject is Subject.NONE or product.key == (product.subject_field,):
        return None
    return product.subject_field


def tells_apart(product: Product, fields: Mapping[str, Mask]) -> bool:
    """Whether who is granted these fields can tell ten rows of one person from those of ten."""
    person = person_of(product)
    return person is None or (person in fields and fields[person].kind in (MaskKind.NONE, MaskKind.HASH))


def fields_of(statistic: Statistic, product: Product, grant: Grant) -> tuple[str, ...]:
    """What is read for it; where rows are only counted, any one field."""
    names: Iterable[str] = [*statistic.by, *(each.field for each in statistic.measures if each.field)]
    person = person_of(product)
    found = dict.fromkeys([*names, *([person] if person else [])])
    return tuple(found) or (next(iter(grant.fields)),)
