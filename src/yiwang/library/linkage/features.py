"""From what registers say to what is compared: the features of every record, as one Arrow table.

Columns: `r` (the record's number, from 0), `source` (the register's), and for each comparison its own. Each distinct
value is levelled once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from yiwang.library.linkage import names, values
from yiwang.library.linkage.comparisons import Comparison
from yiwang.library.linkage.meanings import KNOWN, Kind, Meaning

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
    looked_at: dict[str, values.Identifier | None] = {}
    known = [_Facts(register, looked_at) for register in registers]
    for comparison in compared:
        kind = comparison.meaning.kind
        said = [value for facts in known for value in facts.of(comparison.meaning)]
        if kind is Kind.RESIDENT_ID:
            levelled = {value: _number(number) for facts in known for value, number in facts.numbers.items()}
        else:
            levelled = {value: _level(kind, value) for value in set(said)}
        rows = [levelled.get(value) for value in said]
        for at, feature in enumerate(comparison.features):
            column: list[object]
            if feature.endswith("_derived"):
                column = [each for facts in known for each in facts.derived(comparison.meaning)]
            else:
                column = [row[at] if row else None for row in rows]
            columns[feature] = pa.array(column, _TYPES.get(feature.rpartition("_")[2], pa.string()))
    return pa.table(columns)


_TYPES = {"valid": pa.bool_(), "derived": pa.bool_(), "wild": pa.list_(pa.string())}


class _Facts:
    """What one register says, with what follows from it. `looked_at`: the resident numbers of all registers so far."""

    def __init__(self, register: Register, looked_at: dict[str, values.Identifier | None]) -> None:
        self.register = register
        self.nothing = [""] * len(register)
        self._looked_at = looked_at
        self._both: dict[str, list[tuple[str, str]]] = {}

    @cached_property
    def numbers(self) -> Mapping[str, values.Identifier | None]:
        """The resident numbers, each looked at once."""
        said = set(self.register.columns.get("person.resident_id", ()))
        for text in said - self._looked_at.keys():
            self._looked_at[text] = values.resident_id(text) if text else None
        return {text: self._looked_at[text] for text in said}

    def of(self, meaning: Meaning) -> Column:
        said = self.register.columns.get(meaning.element)
        if meaning.element in ("person.birth_date", "person.sex"):
            return [own or told for own, told in self._own_and_told(meaning)]
        if meaning.kind is Kind.DATE:
            return self._days(said or self.nothing)
        if said is None and meaning.element == "person.name":
            return self._whole_names()
        return said if said is not None else self.nothing

    def derived(self, meaning: Meaning) -> Iterable[bool]:
        """Whether a date of birth or a sex is only what the resident number tells."""
        return (not own and bool(told) for own, told in self._own_and_told(meaning))

    def _whole_names(self) -> Column:
        given = self.register.columns.get("person.given_name", self.nothing)
        family = self.register.columns.get("person.surname", self.nothing)
        return [
            f"{last}{first}" if names.is_han(last or first) else f"{first} {last}".strip()
            for first, last in zip(given, family, strict=True)
        ]

    def _days(self, said: Column) -> Column:
        months_first = values.month_first(said)
        level = {value: values.day(value, months_first=months_first) if value else "" for value in set(said)}
        return [level[value] for value in said]

    def _own_and_told(self, meaning: Meaning) -> Sequence[tuple[str, str]]:
        """What the register says itself, and what a valid resident number tells."""
        if meaning.element not in self._both:
            self._both[meaning.element] = self._looked_up(meaning)
        return self._both[meaning.element]

    def _looked_up(self, meaning: Meaning) -> list[tuple[str, str]]:
        said = self.register.columns.get(meaning.element, self.nothing)
        sexes = {} if meaning.kind is Kind.DATE else {value: values.sex(value) for value in set(said)}
        own = self._days(said) if meaning.kind is Kind.DATE else [sexes[value] for value in said]
        told = {
            text: (number.born if meaning.kind is Kind.DATE else number.sex) if number else ""
            for text, number in self.numbers.items()
        }
        numbers = self.register.columns.get("person.resident_id", self.nothing)
        return list(zip(own, (told.get(text, "") for text in numbers), strict=True))


def _ordered(text: str) -> str:
    return "".join(sorted(text))


def _level(kind: Kind, value: str) -> tuple[object, ...] | None:
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
        case Kind.DATE | Kind.SEX:
            text = value.casefold()
            return text, _ordered(text)
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


def _number(number: values.Identifier | None) -> tuple[object, ...] | None:
    return (number.text, _ordered(number.text), number.valid) if number else None


def elements(compared: Iterable[Comparison]) -> tuple[str, ...]:
    return tuple(each.meaning.element for each in compared)
