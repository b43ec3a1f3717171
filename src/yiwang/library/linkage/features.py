"""From what registers say to what is compared: the features of every record, as one Arrow table.

Columns: `r` (the record's number, from 0), `source` (the register's), and for each comparison its own. Each distinct
value is levelled once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pyarrow as pa

from yiwang.foundation.kernel.time import city_date, now
from yiwang.library.linkage import names, values
from yiwang.library.linkage.bags import bags
from yiwang.library.linkage.comparisons import Comparison, bag_of
from yiwang.library.linkage.meanings import KNOWN, Kind, Meaning
from yiwang.library.linkage.said import Said, first_said

Column = Sequence[str]


@dataclass(frozen=True)
class Register:
    """One source: its name, and the text of each element, a value for each record (empty where it says nothing).

    `ids` are the records' own keys, for what comes out."""

    name: str
    ids: Sequence[str]
    columns: Mapping[str, Column]
    meanings: Mapping[str, Meaning]

    def __len__(self) -> int:
        return len(self.ids)


def common_meanings(registers: Sequence[Register]) -> tuple[Meaning, ...]:
    """What is compared among these registers, each meaning once.

    Whole names and parts of names are brought to the same: Chinese parts are put together, and so are western ones
    where another register knows whole names only. What a resident number tells (date of birth, sex) is compared too.
    """
    found: dict[str, Meaning] = {}
    for register in registers:
        for element, meaning in register.meanings.items():
            if meaning.kind is not Kind.RECORD and any(register.columns[element]):
                found.setdefault(element, meaning)
    parts = [element for element in ("person.given_name", "person.surname") if element in found]
    if parts and ("person.name" in found or (len(parts) == 2 and _chinese(registers, parts[1]))):
        for element in parts:
            del found[element]
        found.setdefault("person.name", KNOWN["person.name"])
    if "person.resident_id" in found:
        for element in ("person.birth_date", "person.sex"):
            found.setdefault(element, KNOWN[element])
    order = list(KNOWN)
    return tuple(sorted(found.values(), key=lambda it: order.index(it.element) if it.element in order else 99))


def _chinese(registers: Sequence[Register], element: str) -> bool:
    said = [value for register in registers for value in register.columns.get(element, ())[:2_000] if value]
    return sum(names.is_han(value) for value in said) * 2 > len(said)


def features(registers: Sequence[Register], compared: Sequence[Comparison], *, first: int = 0) -> pa.Table:
    """One row for each record of every register in turn; `first` is the number of the first."""
    records = sum(map(len, registers))
    columns: dict[str, pa.Array] = {
        "r": pa.array(range(first, first + records), pa.int64()),
        "source": pa.array([at for at, register in enumerate(registers) for _ in range(len(register))], pa.int32()),
    }
    facts = _Facts(registers)
    for comparison in compared:
        meaning = comparison.meaning
        said = facts.of(meaning)
        numbers = facts.numbers if meaning.kind is Kind.RESIDENT_ID else None
        own = [feature for feature in comparison.features if not feature.endswith("_derived")]
        levelled = _levelled(own, said.values, partial(_level, meaning.kind) if numbers is None else _seen_in(numbers))
        for feature in comparison.bagged:
            levelled = levelled.append_column(bag_of(feature), pa.array(bags(_texts(levelled.column(feature)))))
        columns |= zip(levelled.column_names, levelled.take(said.places).columns, strict=True)
        if len(own) < len(comparison.features):
            columns[f"{comparison.column}_derived"] = facts.derived(meaning)
    return pa.table(columns)


_TYPES = {"valid": pa.bool_(), "wild": pa.list_(pa.string())}
_AT_ONCE = 2_048
"""values whose features are Python's before they become Arrow's: the collector of garbage looks at all that is alive"""

Features = tuple[object, ...] | None


def _levelled(features: Sequence[str], said: Sequence[str], level: Callable[[str], Features]) -> pa.Table:
    """The features of each value, in their order; none of a value that says nothing."""
    nothing = (None,) * len(features)
    schema = pa.schema([(each, _TYPES.get(each.rpartition("_")[2], pa.string())) for each in features])
    batches = []
    for start in range(0, len(said), _AT_ONCE):
        rows = [level(value) or nothing for value in said[start : start + _AT_ONCE]]
        columns = map(pa.array, zip(*rows, strict=True), schema.types)
        batches.append(pa.RecordBatch.from_arrays(list(columns), schema=schema))
    return pa.Table.from_batches(batches, schema).combine_chunks()


def _texts(column: pa.ChunkedArray) -> list[str]:
    return [text or "" for text in column.to_pylist()]


def _seen_in(numbers: Mapping[str, values.Identifier | None]) -> Callable[[str], Features]:
    return lambda text: _number(numbers[text])


class _Facts:
    """What the registers say, one below the other, with what follows from it."""

    def __init__(self, registers: Sequence[Register]) -> None:
        self._registers = registers
        self._both: dict[str, tuple[pa.Array, pa.Array]] = {}

    @cached_property
    def resident_ids(self) -> Said:
        return self._said("person.resident_id")

    @cached_property
    def numbers(self) -> Mapping[str, values.Identifier | None]:
        """What is seen in the resident numbers, in the order of their distinct values."""
        today = city_date(now())
        return {text: values.resident_id(text, today=today) for text in self.resident_ids.values}

    def of(self, meaning: Meaning) -> Said:
        if meaning.kind is Kind.RESIDENT_ID:
            return self.resident_ids
        if meaning.element in _TOLD:
            return Said.of(self._own_or_told(meaning)[0])
        if meaning.kind is Kind.DATE:
            return self._days(meaning.element)
        if meaning.element == "person.name":
            return Said.joined(Said.of(_names(register)) for register in self._registers)
        return self._said(meaning.element)

    def derived(self, meaning: Meaning) -> pa.Array:
        """Whether a date of birth or a sex is only what the resident number tells."""
        return self._own_or_told(meaning)[1]

    def _own_or_told(self, meaning: Meaning) -> tuple[pa.Array, pa.Array]:
        if meaning.element not in self._both:
            birth = meaning.kind is Kind.DATE
            own = self._days(meaning.element) if birth else self._said(meaning.element).levelled(values.sex)
            told = [(number.born if birth else number.sex) if number else "" for number in self.numbers.values()]
            self._both[meaning.element] = first_said(own.column(), self.resident_ids.spread(told, pa.string()))
        return self._both[meaning.element]

    def _said(self, element: str) -> Said:
        return Said.joined(Said.of(_column(register, element)) for register in self._registers)

    def _days(self, element: str) -> Said:
        """Each register has its own way to write a date."""
        return Said.joined(_days(Said.of(_column(register, element))) for register in self._registers)


_TOLD = ("person.birth_date", "person.sex")
"""what a resident number tells"""


def _column(register: Register, element: str) -> Column:
    return register.columns.get(element) or [""] * len(register)


def _days(said: Said) -> Said:
    months_first = values.month_first(said.values)
    return said.levelled(lambda value: values.day(value, months_first=months_first) if value else "")


def _names(register: Register) -> Column:
    """Whole names, put together where only their parts are known."""
    if "person.name" in register.columns:
        return register.columns["person.name"]
    given, family = _column(register, "person.given_name"), _column(register, "person.surname")
    return [
        f"{last}{first}" if names.is_han(last or first) else f"{first} {last}".strip()
        for first, last in zip(given, family, strict=True)
    ]


def _ordered(text: str) -> str:
    return "".join(sorted(text))


def _level(kind: Kind, value: str) -> Features:
    """The features of one value, in the order of its comparison; None where it says nothing."""
    if not value:
        return None
    match kind:
        case Kind.NAME:
            whole = names.name(value)
            if whole is None:
                return None
            spelt = whole.text if whole.text.isascii() else None
            wild = names.with_one_missing(whole.text)
            return (whole.text, whole.letters, whole.sound, whole.tones, whole.family, whole.given, spelt, wild)
        case Kind.GIVEN | Kind.FAMILY:
            part = names.part(value, family=kind is Kind.FAMILY)
            return (part.text, _ordered(names.spelt(part.text)), part.sound, names.spelt(part.text)) if part else None
        case Kind.DATE:
            return value, _ordered(value)
        case Kind.SEX:
            return (value,)
        case Kind.USCC | Kind.NUMBER:
            return _number(values.uscc(value) if kind is Kind.USCC else values.number(value))
        case Kind.PHONE:
            digits = values.phone(value)
            return (digits, _ordered(digits)) if digits else None
        case Kind.ADDRESS:
            address = values.address(value)
            return (address.text, address.road, address.numbers, names.spelt(address.road)) if address else None
        case Kind.COMPANY:
            full, own = values.company(value)
            spelt = names.spelt(full)
            return (full, _ordered(spelt), own, names.spelt(own), spelt) if full else None
        case _:
            text = names.levelled(value).replace(" ", "")
            spelt = names.spelt(text)
            return (text, _ordered(spelt), spelt) if text else None


def _number(number: values.Identifier | None) -> Features:
    return (number.text, _ordered(number.text), number.valid) if number else None


def elements(compared: Iterable[Comparison]) -> tuple[str, ...]:
    return tuple(each.meaning.element for each in compared)
