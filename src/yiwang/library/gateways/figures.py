"""Figures out of rows, beside the data: groups of a few are withheld, or everything gets noise. Only they go out.

**Threshold**: exact figures. A group of fewer than `people` persons is withheld; so is one in which fewer have a value
that is added, or to whose sum one person gives more than 80 %. The groups that are withheld must themselves make up a
group that could be told, or the smallest of the others is withheld too: a total must not give them away. This does not
protect against somebody who asks many overlapping questions and subtracts the answers.

**Privacy** (differential, Dwork et al. 2006, noise by OpenDP) protects each person whatever else is asked or known:
groups are those that the contract lists, also the empty ones; a person counts with at most `rows_each` rows; sums are
of values clamped to the contract's bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations

import duckdb
import pyarrow as pa

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways import locked
from yiwang.library.gateways.contract import Privacy, Product
from yiwang.library.gateways.refusals import NotGranted
from yiwang.library.gateways.statistic import (
    COUNT,
    MOST_GROUPS,
    SUM,
    SURE,
    Cell,
    Measure,
    Statistic,
    off_by,
    person_of,
)
from yiwang.library.gateways.stopping import Stop

DOMINANT = 0.8
MEMORY = "1GB"
THREADS = 2

Row = tuple[Cell, ...]


def above_threshold(
    table: pa.Table, statistic: Statistic, product: Product, people: int, stop: Stop
) -> tuple[tuple[Row, ...], int]:
    """The groups that may be told, and how many are withheld. Raises NotGranted, Cancelled."""
    groups = _Groups(table, statistic, product, people, stop)
    with locked.database(MEMORY, THREADS) as groups.relations:
        groups.relations.put("product", table)
        found = groups.all()
        withheld: list[Row] = []
        shown: list[Row] = []
        for row in found:
            (withheld if groups.small(row[groups.width :]) else shown).append(row)
        shown.sort(key=lambda row: _number(row[groups.width]))
        together = groups.together(withheld) if withheld else ()
        while withheld and shown and groups.small(together):
            withheld.append(shown.pop(0))
            together = groups.together(withheld)
    hidden = {row[: groups.width] for row in withheld}
    rows = tuple(groups.cells(row) for row in found if row[: groups.width] not in hidden)
    # That somebody fits at all is told of no fewer than `people`.
    few = not withheld or _number(together[0]) < people
    return rows, 0 if few else len(withheld)


class _Groups:
    """The SQL of a threshold. Of each group: persons, rows; of each field its total, values, holders, dominance."""

    relations: locked.Relations

    def __init__(self, table: pa.Table, statistic: Statistic, product: Product, people: int, stop: Stop) -> None:
        self.statistic = statistic
        self.people = people
        self.stop = stop
        self.width = len(statistic.by)
        self.fields = list(dict.fromkeys(each.field for each in statistic.measures if each.field))
        self.schema = pa.schema(
            [(f"w{place}", table.schema.field(name).type) for place, name in enumerate(statistic.by)]
        )
        person = person_of(product)
        self.names = [f"g{place}" for place in range(self.width)]
        own = [f"{_quoted(field)} as {name}" for field, name in zip(statistic.by, self.names, strict=True)]
        own.append(f"{_quoted(person) if person else '1'} as person")
        own += [f"{_quoted(field)} as v{place}" for place, field in enumerate(self.fields)]
        each = [*self.names, "person", "count(*) as n" if person else "1 as n"]
        summed = "sum(v{0}) as s{0}, count(v{0}) as c{0}" if person else "v{0} as s{0}, (v{0} is not null)::int as c{0}"
        each += [summed.format(place) for place in range(len(self.fields))]
        self.many_rows_each = person is not None
        by = f"group by {', '.join([*self.names, 'person'])}" if person else ""
        self.base = (
            f"with own as (select {', '.join(own)} from product), "  # noqa: S608 - our own words and fields of a contract
            f"each_ as (select {', '.join(each)} from own {by}) "
        )

    def all(self) -> list[Row]:
        every = [*self.names, "count(person)", "sum(n)::bigint"]
        for place in range(len(self.fields)):
            every.append(f"sum(s{place})::varchar, sum(c{place})::bigint, {self._spread(f's{place}')}")
        by = f"group by {', '.join(self.names)} order by {', '.join(self.names)}" if self.names else ""
        sql = f"{self.base} select {', '.join(every)} from each_ {by}"  # noqa: S608 - our own words
        return _run(self.relations, sql, self.stop)

    def together(self, groups: Sequence[Row]) -> Row:
        """The same of these groups as one, but for rows and totals."""
        names = [f"w{place}" for place in range(self.width)]
        columns = list(zip(*(row[: self.width] for row in groups), strict=True)) or [()] * self.width
        withheld = pa.table(
            [pa.array(column, kind) for column, kind in zip(columns, self.schema.types, strict=True)], self.schema
        )
        inside = "each_"
        if names:
            self.relations.put("withheld", withheld)
            same = " and ".join(
                f"{name} is not distinct from {own}" for name, own in zip(self.names, names, strict=True)
            )
            inside = f"each_ semi join withheld on {same}"
        places = range(len(self.fields))
        own_sum, by_person = ("sum(abs(s{}))", "group by person") if self.many_rows_each else ("abs(s{})", "")
        sums = "".join(f", {own_sum.format(place)} as a{place}" for place in places)
        of_all = "".join(f", null, null, {self._spread(f'a{place}')}" for place in places)
        persons = f"select person{sums} from {inside} {by_person}"  # noqa: S608 - our own words
        sql = f"{self.base} select count(person), null{of_all} from ({persons})"  # noqa: S608 - our own words
        return _run(self.relations, sql, self.stop)[0]

    @staticmethod
    def _spread(value: str) -> str:
        """How many persons have a value, and whether one of them makes up most of the sum."""
        dominance = f"coalesce(max(abs({value})) > {DOMINANT} * sum(abs({value})), false)"
        return f"count({value}) filter (where person is not null), {dominance}"

    def small(self, of: Row) -> bool:
        """Whether a group (without its fields) is one that is not told."""
        holders, dominated = of[4::4], of[5::4]
        few = any(0 < _number(number) < self.people for number in holders)
        return _number(of[0]) < self.people or few or any(dominated)

    def cells(self, row: Row) -> Row:
        """A group's fields and what was asked of it."""
        return (*row[: self.width], *(self._cell(measure, row[self.width :]) for measure in self.statistic.measures))

    def _cell(self, measure: Measure, of: Row) -> Cell:
        if measure.kind == COUNT:
            return of[1]
        place = 2 + 4 * self.fields.index(measure.field)
        total, count = of[place], of[place + 1]
        if total is None or not count:
            return None
        return int(str(total)) if measure.kind == SUM else int(str(total)) / int(_number(count))


@dataclass(frozen=True)
class Exact:
    """What noise is added to, never told: for each group of `cells` its rows, then sum and values of each measure."""

    cells: tuple[Row, ...]
    known: Mapping[Row, Row]


def exactly(table: pa.Table, statistic: Statistic, product: Product, privacy: Privacy, stop: Stop) -> Exact:
    """Every group that the contract lists, bounded. Raises NotGranted, Cancelled."""
    cells = tuple(combinations(*(_domain(product, name) for name in statistic.by)))
    if len(cells) > MOST_GROUPS:
        raise NotGranted("statistic_groups", str(MOST_GROUPS))
    with locked.database(MEMORY, THREADS) as relations:
        relations.put("product", table)
        found = _run(relations, _clamped(table, statistic, product, privacy), stop)
    width = len(statistic.by)
    return Exact(cells, {row[:width]: row[width:] for row in found})


def with_noise(
    exact: Exact, statistic: Statistic, privacy: Privacy
) -> tuple[tuple[Row, ...], tuple[float | None, ...]]:
    """The groups' figures, with noise that costs `privacy.epsilon`, and by how much each measure may be off."""
    known, cells = exact.known, exact.cells
    columns: list[list[Cell]] = []
    within: list[float | None] = []
    place = 1
    for measure in statistic.measures:
        counted = 0 if measure.kind == COUNT else place + 1
        counts = [_number(known[cell][counted]) if cell in known else 0 for cell in cells]
        sums = [int(str(known[cell][place])) if cell in known and measure.field else 0 for cell in cells]
        column, most = _noisy(measure, counts, sums, float(privacy.epsilon) / len(statistic.measures), privacy)
        columns.append(column)
        within.append(most)
        place += 2 if measure.field else 0
    rows = tuple((*cell, *(column[number] for column in columns)) for number, cell in enumerate(cells))
    return rows, tuple(within)


def _domain(product: Product, name: str) -> list[Cell]:
    known = product.by_name[name]
    return [False, True] if known.kind is ElementKind.BOOLEAN else [each.code for each in known.choices]


def _clamped(table: pa.Table, statistic: Statistic, product: Product, privacy: Privacy) -> str:
    """Exact counts and clamped sums, each person with at most `rows_each` rows."""
    inner = "select * from product"
    if person := person_of(product):
        # Which rows of a person count must not depend on anybody else's.
        order = ", ".join(_quoted(name) for name in table.column_names)
        inner += f" qualify row_number() over (partition by {_quoted(person)} order by {order}) <= {privacy.rows_each}"
    groups = [_quoted(name) for name in statistic.by]
    parts = [*groups, "count(*)"]
    for each in statistic.measures:
        if each.field:
            low, high = privacy.bounds[each.field]
            value = f"greatest(least({_quoted(each.field)}, {high}), {low})"
            parts.append(f"coalesce(sum(case when {_quoted(each.field)} is not null then {value} end), 0)::varchar")
            parts.append(f"count({_quoted(each.field)})")
    by = f"group by {', '.join(groups)}" if groups else ""
    return f"select {', '.join(f'{part} as c{place}' for place, part in enumerate(parts))} from ({inner}) t {by}"  # noqa: S608 - our own words and fields of a contract


def _noisy(
    measure: Measure, counts: list[int], sums: list[int], epsilon: float, privacy: Privacy
) -> tuple[list[Cell], float | None]:
    """One measure of every group and by how much it may be off."""
    one = privacy.rows_each
    if measure.kind == COUNT:
        return [max(0, each) for each in noise(counts, one, epsilon)], off_by(one, epsilon)
    low, high = privacy.bounds[measure.field]
    most = max(abs(low), abs(high)) * one
    if measure.kind == SUM:
        return list(noise(sums, most, epsilon)), off_by(most, epsilon)
    return _mean(counts, sums, epsilon / 2, low, high, one)


def _mean(
    counts: list[int], sums: list[int], epsilon: float, low: int, high: int, rows_each: int
) -> tuple[list[Cell], float | None]:
    """Twice what values are above the middle of their bounds is added up: one person changes that least."""
    width = (high - low) * rows_each
    above = [2 * total - (low + high) * number for total, number in zip(sums, counts, strict=True)]
    totals, numbers = noise(above, width, epsilon), noise(counts, rows_each, epsilon)
    # Both may be off: a total by so much and a number by so much move the mean by no more than this.
    worst = off_by(width, epsilon, SURE / 2) + (high - low) * off_by(rows_each, epsilon, SURE / 2)
    found = [
        (min(max((low + high) / 2 + total / (2 * number), low), high), _upwards(worst / (2 * number)))
        # One that may be off by a quarter of its bounds says nothing.
        if number > 0 and 2 * worst < number * (high - low)
        else (None, 0)
        for total, number in zip(totals, numbers, strict=True)
    ]
    return [mean for mean, _ in found], max((off for mean, off in found if mean is not None), default=None)


def _upwards(amount: float) -> float:
    return math.ceil(amount) if amount >= 100 else math.ceil(amount * 10) / 10


def noise(values: Sequence[int], sensitivity: int, epsilon: float) -> list[int]:
    """The values with discrete Laplace noise: epsilon-private where one person changes them by `sensitivity` in all."""
    # Its prelude takes two seconds to import.
    from opendp.domains import atom_domain, vector_domain
    from opendp.measurements import make_laplace
    from opendp.metrics import l1_distance
    from opendp.mod import enable_features

    enable_features("contrib")
    space = vector_domain(atom_domain(T="i64")), l1_distance(T="i64")
    scale = sensitivity / epsilon
    while True:
        mechanism = make_laplace(*space, scale=scale)
        if mechanism.map(sensitivity) <= epsilon:  # type: ignore[no-untyped-call]
            return [int(each) for each in mechanism(list(values))]
        scale *= 1.0 + 1e-9


def _run(relations: locked.Relations, sql: str, stop: Stop) -> list[Row]:
    """What the statement finds, a tuple for each row. A value in DuckDB's own message goes nowhere."""
    try:
        found, more = locked.rows(relations.connection, sql, most_rows=MOST_GROUPS, stop=stop)
    except (duckdb.Error, pa.ArrowException, OSError):
        raise NotGranted("statistic", "memory") from None
    if more:
        raise NotGranted("statistic_groups", str(MOST_GROUPS))
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def _number(value: Cell) -> int:
    assert isinstance(value, int)
    return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
