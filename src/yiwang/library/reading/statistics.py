"""Numbers about many, for those who may see nobody's rows: counts, sums and means, in groups.

Two methods. **Threshold**: exact figures; a group of fewer than `people` persons is withheld, and so is one to whose
sum a single person gives more than 80 %; where just one group is withheld the smallest other one is, too, so that a
total does not give it away. This does not protect against somebody who asks many overlapping questions and subtracts
the answers. **Privacy** (differential, Dwork et al. 2006, by OpenDP): figures with noise, paid from a budget
(`budget`), that protect each person whatever else is asked or known; groups are those that the contract lists, also the
empty ones, each person counts with at most `rows_each` rows, and sums are clamped to bounds stated beforehand.

The rows come from the owner's gateway, which logs them as a statistic, into a locked database in this process, and go
no further.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product as combinations
from typing import TYPE_CHECKING

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.contract import Field, Subject
from yiwang.library.gateways.fragment import Fragment, Predicate
from yiwang.library.gateways.gateway import Gateway
from yiwang.library.gateways.grant import MaskKind
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading import engine
from yiwang.library.reading.answer import Bounds
from yiwang.library.reading.budget import MILLION, Account, BudgetStore
from yiwang.library.reading.granted import Granted
from yiwang.library.reading.refused import Refused

if TYPE_CHECKING:
    pass

MOST_MEASURES = 8
MOST_GROUPS = 1_000
DOMINANT = 0.8
TABLE = "__product_0"
_NUMBERS = {ElementKind.INTEGER, ElementKind.MONEY}

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Measure:
    """`kind` is count, sum or mean; the others need a whole-number `field`, and bounds for `Privacy`."""

    kind: str
    field: str = ""
    low: int | None = None
    high: int | None = None

    @property
    def column(self) -> str:
        return f"{self.kind}_{self.field}" if self.field else self.kind


@dataclass(frozen=True, slots=True)
class Statistic:
    """What is asked: measures of one product, for each combination of the fields in `by`, of the rows in `where`."""

    measures: tuple[Measure, ...]
    by: tuple[str, ...] = ()
    where: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    people: int = 10


@dataclass(frozen=True, slots=True)
class Privacy:
    """`epsilon` is spent on the question, `limit` is all that the consumer has for the product."""

    epsilon: float
    limit: float
    rows_each: int = 1


@dataclass(frozen=True)
class Figures:
    """`withheld`: groups that a threshold hides. `epsilon` and `left` say what the noise cost and what remains.

    `again`: the same question was asked before, this is its answer. `record` stands in the owner's log, if rows were
    read for it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    withheld: int = 0
    epsilon: float | None = None
    left: float | None = None
    again: bool = False
    record: int | None = None


def tell(
    statistic: Statistic,
    method: Threshold | Privacy,
    *,
    granted: Granted,
    gateway: Gateway,
    asker: Asker,
    budgets: BudgetStore | None = None,
    bounds: Bounds = Bounds(),
    stop: Stop | None = None,
) -> Figures:
    """Raises Refused, NotGranted, Offline, Cancelled; ValueError where `Privacy` is asked without `budgets`."""
    _check(statistic, method, granted)
    stop = stop or Stop(bounds.seconds)
    ask = _Ask(statistic, granted, gateway, replace(asker, statistics=True), bounds, stop)
    if isinstance(method, Threshold):
        return _above_threshold(ask, method)
    if budgets is None:
        raise ValueError("a privacy budget is kept somewhere")
    return _with_noise(ask, method, budgets)


@dataclass(frozen=True)
class _Ask:
    statistic: Statistic
    granted: Granted
    gateway: Gateway
    asker: Asker
    bounds: Bounds
    stop: Stop

    @property
    def person(self) -> str | None:
        """The field that tells one subject from another, None where each row is one."""
        product = self.granted.product
        if product.subject is Subject.NONE or product.key == (product.subject_field,):
            return None
        return product.subject_field

    @property
    def groups(self) -> list[str]:
        return [f'"{self.granted.fields[name.lower()].name}"' for name in self.statistic.by]

    @property
    def fields(self) -> tuple[str, ...]:
        """What is read for it: of a product whose rows are only counted, any one field."""
        names = dict.fromkeys([*self.statistic.by, *(each.field for each in self.statistic.measures if each.field)])
        if self.person:
            names[self.person] = None
        return tuple(names) or (next(iter(self.granted.grant.fields)),)

    def run(self, sql: str) -> tuple[list[tuple[Cell, ...]], int]:
        """Rows of the statement over the product's rows, and the record of their reading."""
        import pyarrow as pa

        fragment = Fragment(self.granted.product.reference, self.fields, self.statistic.where)
        reading = self.gateway.read(fragment, self.granted.signed, self.asker, stop=self.stop)
        table = pa.Table.from_batches(list(reading.batches), reading.schema)
        with engine.locked(self.bounds.memory, self.bounds.threads) as relations:
            relations.put(TABLE, table)
            found, more = engine.run(relations, sql, most_rows=MOST_GROUPS, stop=self.stop)
        if more:
            raise Refused("too_many", str(MOST_GROUPS))
        return [tuple(row.values()) for row in found.to_pylist()], reading.record


def _check(statistic: Statistic, method: Threshold | Privacy, granted: Granted) -> None:
    if not 0 < len(statistic.measures) <= MOST_MEASURES or len(set(statistic.measures)) != len(statistic.measures):
        raise Refused("statistic", "measures")
    if len(set(statistic.by)) != len(statistic.by):
        raise Refused("statistic", "by")
    for name in (*statistic.by, *(statistic.where.fields() if statistic.where else ())):
        _field(granted, name)
    for measure in statistic.measures:
        _check_measure(measure, method, granted)
    product = granted.product
    if product.subject is not Subject.NONE and product.key != (product.subject_field,):
        mask = granted.grant.fields.get(product.subject_field or "")
        if mask is None or mask.kind not in (MaskKind.NONE, MaskKind.HASH):
            # Without it nobody can tell ten rows of one person from those of ten.
            raise Refused("statistic", "subject")
    if isinstance(method, Privacy) and not (0 < method.epsilon <= method.limit and 1 <= method.rows_each <= 100):
        raise Refused("statistic", "epsilon")
    if isinstance(method, Threshold) and method.people < 2:
        raise Refused("statistic", "people")


def _check_measure(measure: Measure, method: Threshold | Privacy, granted: Granted) -> None:
    if measure.kind == "count":
        if measure.field:
            raise Refused("statistic", measure.column)
        return
    known = _field(granted, measure.field)
    if measure.kind not in ("sum", "mean") or known.kind not in _NUMBERS:
        raise Refused("statistic", measure.column)
    if granted.grant.fields[known.name].kind not in (MaskKind.NONE, MaskKind.GENERALISE):
        raise Refused("statistic", measure.column)
    if isinstance(method, Privacy) and not (
        measure.low is not None and measure.high is not None and -(10**15) <= measure.low < measure.high <= 10**15
    ):
        raise Refused("statistic", f"{measure.column} bounds")


def _field(granted: Granted, name: str) -> Field:
    known = granted.fields.get(name.lower())
    if known is None or known.name != name:
        raise Refused("unknown_field", name)
    return known


def _above_threshold(ask: _Ask, method: Threshold) -> Figures:
    """Two steps: each person's own sums, then the groups', with the largest person's share of each."""
    statistic, groups = ask.statistic, ask.groups
    fields = list(dict.fromkeys(each.field for each in statistic.measures if each.field))
    person = f'"{ask.person}"' if ask.person else "row_number() over ()"
    names = [f"g{place}" for place in range(len(groups))]
    own = [f"{group} as {name}" for group, name in zip(groups, names, strict=True)]
    own += [f"{person} as person", "1 as n"]
    own += [f'"{field}" as v{place}' for place, field in enumerate(fields)]
    each = [*names, "person", "sum(n) as n"]
    each += [f"sum(v{place}) as s{place}, count(v{place}) as c{place}" for place in range(len(fields))]
    every = [*names, "count(person) as people", "sum(n)::bigint as n"]
    for place in range(len(fields)):
        every += [
            f"sum(s{place})::varchar as t{place}",
            f"sum(c{place})::bigint as c{place}",
            f"coalesce(max(abs(s{place})) > {DOMINANT} * sum(abs(s{place})), false) as d{place}",
        ]
    by = f" group by {', '.join(names)}" if names else ""
    persons = ", ".join([*names, "person"])
    found, record = ask.run(
        f"with own as (select {', '.join(own)} from {TABLE}), "  # noqa: S608 - our own words and names that the contract lists
        f"each_ as (select {', '.join(each)} from own group by {persons}) "
        f"select {', '.join(every)} from each_{by} order by all"
    )
    shown, withheld = _withhold(found, len(names), len(fields), method.people)
    rows = [(*row[: len(names)], *_cells(row[len(names) :], statistic.measures, fields)) for row in shown]
    columns = (*statistic.by, *(each.column for each in statistic.measures))
    return Figures(columns, tuple(rows), withheld, record=record)


def _withhold(
    found: Sequence[tuple[Cell, ...]], groups: int, fields: int, people: int
) -> tuple[list[tuple[Cell, ...]], int]:
    def count(row: tuple[Cell, ...]) -> int:
        return int(row[groups] or 0)

    def dominated(row: tuple[Cell, ...]) -> bool:
        return any(bool(row[groups + 2 + 3 * place + 2]) for place in range(fields))

    shown = [row for row in found if count(row) >= people and not dominated(row)]
    if len(found) - len(shown) == 1 and shown:
        shown.remove(min(shown, key=count))
    return shown, len(found) - len(shown)


def _cells(row: Sequence[Cell], measures: Sequence[Measure], fields: Sequence[str]) -> list[Cell]:
    """Of people, rows and (total, count, dominance) of each field: what was asked."""
    cells: list[Cell] = []
    for measure in measures:
        if measure.kind == "count":
            cells.append(row[1])
            continue
        total, count = row[2 + 3 * fields.index(measure.field)], row[3 + 3 * fields.index(measure.field)]
        if measure.kind == "sum":
            cells.append(None if total is None else int(total))
        else:
            cells.append(float(total) / int(count) if total is not None and count else None)
    return cells


def _with_noise(ask: _Ask, method: Privacy, budgets: BudgetStore) -> Figures:
    statistic = ask.statistic
    domains = [_domain(ask.granted, name) for name in statistic.by]
    cells = list(combinations(*domains))
    if len(cells) > MOST_GROUPS:
        raise Refused("too_many", str(MOST_GROUPS))
    account = Account(ask.asker.department, ask.granted.product.reference)
    question = _digest(ask.granted, statistic, method)
    columns = (*statistic.by, *(each.column for each in statistic.measures))
    if (known := budgets.kept(account, question)) is not None:
        content = json.loads(known)
        rows = tuple(tuple(row) for row in content["rows"])
        return Figures(columns, rows, epsilon=0.0, left=None, again=True)
    exact, record = ask.run(_bounded_sums(ask, method))
    # Nothing has been told yet; from here on it is paid for, whatever happens.
    left = budgets.spend(account, round(method.epsilon * MILLION), limit=round(method.limit * MILLION))
    noisy = _noisy(exact, cells, statistic, method)
    budgets.keep(account, question, json.dumps({"rows": noisy}, ensure_ascii=False))
    return Figures(columns, tuple(noisy), epsilon=method.epsilon, left=left / MILLION, record=record)


def _domain(granted: Granted, name: str) -> list[Cell]:
    """The groups that the contract lists: which of them occur is the people's own affair."""
    known = _field(granted, name)
    if granted.grant.fields[name].kind is not MaskKind.NONE:
        raise Refused("statistic", name)
    if known.kind is ElementKind.BOOLEAN:
        return [False, True]
    if known.kind is ElementKind.CHOICE and known.choices:
        return [each.code for each in known.choices]
    raise Refused("statistic", name)


def _digest(granted: Granted, statistic: Statistic, method: Privacy) -> str:
    content = {
        "product": granted.product.reference,
        "measures": [asdict(each) for each in statistic.measures],
        "by": statistic.by,
        "where": repr(statistic.where),
        "epsilon": round(method.epsilon * MILLION),
        "rows_each": method.rows_each,
        "grant": [granted.grant.id, granted.grant.rows],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _bounded_sums(ask: _Ask, method: Privacy) -> str:
    """Exact counts and clamped sums, each person with at most `rows_each` rows."""
    inner = f"select * from {TABLE}"  # noqa: S608 - our own words and names that the contract lists
    if ask.person:
        order = ", ".join(f'"{name}"' for name in ask.fields)
        # Which rows of a person count must not depend on anybody else's.
        inner += f' qualify row_number() over (partition by "{ask.person}" order by {order}) <= {method.rows_each}'
    parts = [*ask.groups, "count(*)"]
    for each in ask.statistic.measures:
        if each.field:
            clamped = f'greatest(least("{each.field}", {each.high}), {each.low})'
            parts.append(f'coalesce(sum(case when "{each.field}" is not null then {clamped} end), 0)::hugeint::varchar')
            parts.append(f'count("{each.field}")')
    by = f" group by {', '.join(ask.groups)}" if ask.groups else ""
    return f"select {', '.join(f'{part} as c{place}' for place, part in enumerate(parts))} from ({inner}) t{by}"  # noqa: S608 - our own words and names that the contract lists


def _noisy(
    exact: Sequence[tuple[Cell, ...]], cells: Sequence[tuple[Cell, ...]], statistic: Statistic, method: Privacy
) -> list[tuple[Cell, ...]]:
    """Each measure gets an even share of epsilon, a mean half of its share for the sum and half for the count."""
    width = len(statistic.by)
    known = {row[:width]: row[width:] for row in exact}
    share = method.epsilon / len(statistic.measures)
    columns: list[list[Cell]] = []
    place = 1
    for measure in statistic.measures:
        if measure.kind == "count":
            counts = [int(known[cell][0] or 0) if cell in known else 0 for cell in cells]
            columns.append([max(0, each) for each in noise(counts, method.rows_each, share)])
            continue
        sums = [int(known[cell][place] or 0) if cell in known else 0 for cell in cells]
        counts = [int(known[cell][place + 1] or 0) if cell in known else 0 for cell in cells]
        place += 2
        low, high = measure.low or 0, measure.high or 0
        most = max(abs(low), abs(high)) * method.rows_each
        if measure.kind == "sum":
            columns.append(list(noise(sums, most, share)))
            continue
        totals, numbers = noise(sums, most, share / 2), noise(counts, method.rows_each, share / 2)
        columns.append(
            [
                min(max(total / number, low), high) if number > 0 else None
                for total, number in zip(totals, numbers, strict=True)
            ]
        )
    return [(*cell, *(column[number] for column in columns)) for number, cell in enumerate(cells)]


def noise(values: Sequence[int], sensitivity: int, epsilon: float) -> list[int]:
    """The values with discrete Laplace noise: epsilon-private where one person changes them by `sensitivity` in all."""
    import opendp.prelude as dp

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    scale = sensitivity / epsilon
    while True:
        mechanism = dp.m.make_laplace(*space, scale=scale)
        if mechanism.map(sensitivity) <= epsilon:  # type: ignore[no-untyped-call]
            return [int(each) for each in mechanism(list(values))]
        scale *= 1.0 + 1e-9
