"""How good a product's data is, found out where it lies: the contract's own rules and those that every contract makes.

Every contract promises, without saying so: required and key fields are there, the key is unique, a choice is one of the
choices, an identity number (GB 11643) and a credit code (GB 32100) fit their check digits, values are of their kind,
and the newest change is no older than `fresh_within`. A rule is named by what it checks: `required.name`, `key`,
`choice.status`, `identifier.uscc`, `kind.born`, `fresh`; those of the contract by their own key. No row leaves.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from yiwang.foundation import rules
from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_resident_id, check_uscc
from yiwang.foundation.kernel.readable import readable
from yiwang.foundation.kernel.time import city_date, now, start_of_day
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field, Product, QualityRule
from yiwang.library.gateways.gateway import Quality, RuleScore

_CHECKS: Mapping[ElementKind, Callable[[str], str]] = {
    ElementKind.RESIDENT_ID: check_resident_id,
    ElementKind.USCC: check_uscc,
}


@dataclass(frozen=True, slots=True)
class Tally:
    """What one part of a product's rows came to; `unconvertible` counts, by field, values that are not of its kind."""

    rows: int
    latest: datetime | None
    bad: dict[str, int]
    unconvertible: dict[str, int]

    def to_bytes(self) -> bytes:
        return msgspec.json.encode(self)

    @staticmethod
    def from_bytes(body: bytes) -> Tally:
        return msgspec.json.decode(body, type=Tally)


class Once(Protocol):
    """Finds out what is there more than once."""

    def again(self, rule: str, values: tuple[object, ...]) -> bool:
        """Whether these values are known to have been there under that rule before."""


class Seen:
    """Within this process: one digest of every value is kept."""

    def __init__(self) -> None:
        self._seen: dict[str, set[bytes]] = {}

    def again(self, rule: str, values: tuple[object, ...]) -> bool:
        seen, found = self._seen.setdefault(rule, set()), digest(values)
        if found in seen:
            return True
        seen.add(found)
        return False


class Digests:
    """Elsewhere: each value's digest is given to who gathers them, and nothing is known here."""

    def __init__(self, give: Callable[[str, bytes], object], key: bytes) -> None:
        self._give, self._key = give, key

    def again(self, rule: str, values: tuple[object, ...]) -> bool:
        self._give(rule, digest(values, self._key))
        return False


def digest(values: tuple[object, ...], key: bytes = b"") -> bytes:
    """16 bytes that no two different values share. `hash` would not do: it takes -1 for -2."""
    return hashlib.blake2b(repr(values).encode(), digest_size=16, key=key).digest()


class Assessment:
    """Takes in a product's rows, batch by batch, and keeps counts. `once` knows what was there before."""

    def __init__(self, product: Product, once: Once | None = None) -> None:
        self.product = product
        self.rows = 0
        self.latest: datetime | None = None
        self.bad: Counter[str] = Counter()
        self._once = Seen() if once is None else once
        self._required = tuple(field for field in product.fields if field.required or field.name in product.key)
        self._expressions = {
            rule.key: rules.parse(rule.expression or "") for rule in product.quality if rule.kind == "feel"
        }
        named = {field.name for field in product.fields}
        self._read = {key: sorted(each.uses(named)) for key, each in self._expressions.items()}

    def take(self, batch: pa.RecordBatch) -> None:
        self.rows += batch.num_rows
        for field in self._required:
            self.bad[f"required.{field.name}"] += batch.column(field.name).null_count
        for field in self.product.fields:
            if field.choices:
                self.bad[f"choice.{field.name}"] += _outside(batch.column(field.name), field)
            if field.kind in _CHECKS:
                wrong = Counter(batch.column(field.name).to_pylist())
                check = _CHECKS[field.kind]
                self.bad[f"identifier.{field.name}"] += sum(
                    times for value, times in wrong.items() if value is not None and not _passes(check, value)
                )
        self._take_unique("key", self.product.key, batch)
        for rule in self.product.quality:
            self._take_rule(rule, batch)
        self._take_latest(batch)

    def _take_unique(self, key: str, names: Sequence[str], batch: pa.RecordBatch) -> None:
        if not names:
            return
        for values in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
            if None not in values and self._once.again(key, values):
                self.bad[key] += 1

    def _take_rule(self, rule: QualityRule, batch: pa.RecordBatch) -> None:
        if rule.kind == "feel":
            self.bad[rule.key] += self._false(rule.key, batch)
        elif rule.kind == "required" and rule.field is not None:
            self.bad[rule.key] += batch.column(rule.field).null_count
        elif rule.kind == "one_of" and rule.field is not None:
            self.bad[rule.key] += _outside(batch.column(rule.field), self.product.by_name[rule.field])
        elif rule.kind == "unique" and rule.field is not None:
            self._take_unique(rule.key, (rule.field,), batch)

    def _false(self, key: str, batch: pa.RecordBatch) -> int:
        """Rows of which the expression is exactly false; null counts as good."""
        names, expression = self._read[key], self._expressions[key]
        today = city_date(now())
        columns = [batch.column(name).to_pylist() for name in names]
        lines: Iterable[tuple[object, ...]] = zip(*columns, strict=True) if names else [()] * batch.num_rows
        return sum(
            expression.evaluate({**dict(zip(names, values, strict=True)), "today": today}) is False for values in lines
        )

    def _take_latest(self, batch: pa.RecordBatch) -> None:
        cursor = self.product.cursor
        if cursor is None or self.product.by_name[cursor].kind not in (ElementKind.MOMENT, ElementKind.DATE):
            return
        newest = pc.max(batch.column(cursor)).as_py()
        if newest is not None:
            self._later(_moment(newest))

    def _later(self, moment: datetime) -> None:
        self.latest = moment if self.latest is None else max(self.latest, moment)

    def tally(self, unconvertible: Counter[str]) -> Tally:
        """What has been taken in so far, to be added elsewhere."""
        return Tally(self.rows, self.latest, dict(self.bad), dict(unconvertible))

    def add(self, tally: Tally) -> None:
        """What was taken in elsewhere."""
        self.rows += tally.rows
        self.bad.update(tally.bad)
        if tally.latest is not None:
            self._later(tally.latest)

    def result(self, unconvertible: Counter[str]) -> Quality:
        """`unconvertible` counts, by field, the values that are not of its kind."""
        product = self.product
        kinds = [RuleScore(f"kind.{name}", self.rows, count) for name, count in sorted(unconvertible.items()) if count]
        names = [f"required.{field.name}" for field in self._required]
        names += ["key"] if product.key else []
        names += [f"choice.{field.name}" for field in product.fields if field.choices]
        names += [f"identifier.{field.name}" for field in product.fields if field.kind in _CHECKS]
        names += [rule.key for rule in product.quality]
        scores = [RuleScore(name, self.rows, self.bad[name]) for name in dict.fromkeys(names)]
        at = now()
        if product.fresh_within is not None and self.rows:
            scores.append(RuleScore("fresh", 1, int(not _fresh(self.latest, at, product.fresh_within))))
        return Quality(product.reference, at, self.rows, self.latest, (*scores, *kinds))


def assess(product: Product, batches: Iterator[pa.RecordBatch], unconvertible: Counter[str]) -> Quality:
    """Runs the rules over all rows of a product; `unconvertible` is what reading the batches filled."""
    assessment = Assessment(product)
    for batch in batches:
        assessment.take(batch)
    return assessment.result(unconvertible)


def _outside(column: pa.Array, field: Field) -> int:
    """Rows with a value that is none of the choices."""
    codes = pa.array([choice.code for choice in field.choices], type=pa.string())
    if not pa.types.is_list(column.type):
        known = pc.is_in(column, value_set=codes)
        return int(len(column) - column.null_count - (pc.sum(known).as_py() or 0))
    wrong = pc.invert(pc.is_in(pc.list_flatten(column), value_set=codes))
    return int(pc.count_distinct(pc.list_parent_indices(column).filter(wrong)).as_py())


def _passes(check: Callable[[str], str], value: str) -> bool:
    try:
        return check(value) == value
    except InvalidIdentifier:
        return False


def _moment(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else start_of_day(value)


def _fresh(latest: datetime | None, at: datetime, within: timedelta) -> bool:
    return latest is not None and at - latest <= within


readable(Tally)
