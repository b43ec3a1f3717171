"""A question over a product that the asker may only have statistics of, in the SQL that everybody writes:

    select district, count(*), sum(capital), avg(capital) from market.enterprises where status = 'open'
    group by district order by count(*) desc

One product; columns of it to group by; count(*), sum and avg; conditions that compare a field with a value. The owner's
gateway makes the figures (`gateways.figures`); here they are only named and put in order. Of masked fields conditions
speak as they are shown.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from yiwang.library.gateways import locked
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import AllOf, Fragment, Predicate
from yiwang.library.gateways.gateway import Gateway, Offline
from yiwang.library.gateways.grant import CLEAR
from yiwang.library.gateways.statistic import COUNT, MEAN, MOST_GROUPS, SUM, Cell, Figures, Measure, Statistic
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import arrow_type
from yiwang.library.reading import engine
from yiwang.library.reading.answer import Answer, Bounds, Method, Progress, Step, Tell
from yiwang.library.reading.conditions import Unfit, condition, conjuncts
from yiwang.library.reading.execution import local_moments
from yiwang.library.reading.granted import Granted, Shelf
from yiwang.library.reading.refused import Refused
from yiwang.library.reading.relations import Frame, relate
from yiwang.library.reading.sql import RESERVED, parse

if TYPE_CHECKING:
    import pyarrow as pa

_CLAUSES = ("expressions", "from_", "where", "group", "order")
TABLE = f"{RESERVED}_0"


@dataclass(frozen=True)
class Asked:
    """What the owner is asked, and the SQL that shows its figures as the question wants them: names and order.

    `columns` are what it calls them, `shown` the names of measures in the answer.
    """

    granted: Granted
    statistic: Statistic
    sql: str
    columns: tuple[str, ...]
    shown: Mapping[Measure, str]


def understand(sql: str, shelf: Shelf) -> Asked:
    """Raises Refused: `statistics_only`, with the part of the question that does not belong in it."""
    tree = parse(sql)
    if not isinstance(tree, exp.Select):
        raise Refused("statistics_only", tree.key)
    for name, value in tree.args.items():
        if value and name not in _CLAUSES:
            raise Refused("statistics_only", name.rstrip("_"))
    relations = relate(tree, _open(shelf))
    frame = relations.frame(tree)
    if len(relations.references) != 1 or len(frame.sources) != 1 or frame.sources[0].reference is None:
        raise Refused("statistics_only", "from")
    granted = shelf.find(relations.references[0].granted.product.reference)
    assert granted is not None
    return _Reader(tree, frame, granted).asked()


def _open(shelf: Shelf) -> Shelf:
    """The same fields, to find out what a question means: what it may say of them the gateway decides."""
    return Shelf(
        replace(each, grant=replace(each.grant, statistics_only=False, fields=dict.fromkeys(each.grant.fields, CLEAR)))
        for each in shelf.items
    )


class _Reader:
    def __init__(self, tree: exp.Select, frame: Frame, granted: Granted) -> None:
        self.tree = tree
        self.frame = frame
        self.granted = granted
        self.outputs: list[tuple[str | Measure, str]] = []
        """what each column of the answer is, and its name"""

    def asked(self) -> Asked:
        for output in self.tree.expressions:
            bare = output.unalias()
            thing = self._thing(bare)
            written = "count(*)" if thing == Measure(COUNT) else bare.sql("duckdb").lower()
            name = output.alias if isinstance(output, exp.Alias) else thing if isinstance(thing, str) else written
            self.outputs.append((thing, name))
        by = sorted({each for each, _ in self.outputs if isinstance(each, str)})
        self._check_groups(by)
        order = [self._ordered(each) for each in self._order()]
        wanted = [each for each, _ in self.outputs] + [each for each, _ in order]
        measures = sorted({each for each in wanted if isinstance(each, Measure)}, key=lambda each: each.column)
        if not measures:
            raise Refused("statistics_only", "select")
        things: list[str | Measure] = [*by, *measures]
        columns = tuple(f"c{place}" for place in range(len(things)))
        statistic = Statistic(self.granted.product.reference, tuple(measures), tuple(by), self._where())
        return Asked(
            self.granted,
            statistic,
            self._arranged(dict(zip(things, columns, strict=True)), order),
            columns,
            {each: name for each, name in self.outputs if isinstance(each, Measure)},
        )

    def _arranged(self, columns: Mapping[str | Measure, str], order: list[tuple[str | Measure, exp.Ordered]]) -> str:
        select = exp.Select(
            expressions=[
                exp.alias_(exp.column(columns[thing], quoted=True), name, quoted=True) for thing, name in self.outputs
            ]
        ).from_(exp.to_identifier(TABLE, quoted=True))
        for thing, written in order:
            ordered = written.copy()
            ordered.set("this", exp.column(columns[thing], table=TABLE, quoted=True))
            select = select.order_by(ordered, copy=False)
        return select.sql(dialect="duckdb", comments=False)

    def _thing(self, node: exp.Expr) -> str | Measure:
        """The field, or the measure, that an expression is. Raises Refused."""
        if isinstance(node, exp.Column):
            return self._field(node)
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star) and not node.expressions:
            return Measure(COUNT)
        if isinstance(node, exp.Sum | exp.Avg) and isinstance(node.this, exp.Column):
            return Measure(SUM if isinstance(node, exp.Sum) else MEAN, self._field(node.this))
        raise Refused("statistics_only", node.sql("duckdb"))

    def _field(self, column: exp.Column) -> str:
        # `select district as d … order by district`: inside measures and groups a name is the product's.
        reference = self.frame.sources[0].reference
        known = reference.granted.fields.get(column.name.lower()) if reference is not None else None
        if known is None:
            raise Refused("statistics_only", column.sql("duckdb"))
        return known.name

    def _check_groups(self, by: list[str]) -> None:
        """What is grouped by is what is shown beside the measures."""
        group = self.tree.args.get("group")
        if group is None and not by:
            return
        if group is None or any(group.args.get(name) for name in ("rollup", "cube", "grouping_sets")):
            raise Refused("statistics_only", "group by")
        if group.args.get("all"):
            return
        if sorted({str(self._named(each)) for each in group.expressions}) != by:
            raise Refused("statistics_only", "group by")

    def _order(self) -> list[exp.Ordered]:
        order = self.tree.args.get("order")
        return list(order.expressions) if order is not None else []

    def _ordered(self, each: exp.Ordered) -> tuple[str | Measure, exp.Ordered]:
        thing = self._named(each.this)
        if isinstance(thing, str) and thing not in {field for field, _ in self.outputs}:
            raise Refused("statistics_only", "order by")
        return thing, each

    def _named(self, node: exp.Expr) -> str | Measure:
        """A column of the answer by its place or its name, or what may stand in one."""
        if isinstance(node, exp.Literal) and not node.is_string:
            place = int(node.this) if node.this.isdigit() else 0
            if not 0 < place <= len(self.outputs):
                raise Refused("statistics_only", node.sql("duckdb"))
            return self.outputs[place - 1][0]
        if isinstance(node, exp.Column) and not node.table:
            for thing, name in self.outputs:
                if name.lower() == node.name.lower():
                    return thing
        return self._thing(node)

    def _where(self) -> Predicate | None:
        where = self.tree.args.get("where")
        found: list[Predicate] = []
        # A name in a condition is the product's, also where a column of the answer is called so.
        frame = Frame(exp.Select(), self.frame.sources)
        for part in conjuncts(where.this if where else None):
            met = condition(part, frame, {})
            try:
                if met is None:
                    raise Unfit
                found.append(met.build(()))
            except Unfit:
                raise Refused("statistics_where", part.sql("duckdb")) from None
        # The same conditions in another order are the same question, which costs nothing again.
        found.sort(key=repr)
        return None if not found else found[0] if len(found) == 1 else AllOf(tuple(found))


def step_of(asked: Asked) -> Step:
    product, statistic = asked.granted.product, asked.statistic
    fields = dict.fromkeys([*statistic.by, *(each.field for each in statistic.measures if each.field)])
    fragment = Fragment(product.reference, tuple(fields), statistic.where)
    return Step(product.reference, product.department, asked.granted.grant.id, fragment)


def answer(
    asked: Asked,
    gateways: Mapping[str, Gateway],
    asker: Asker,
    *,
    bounds: Bounds,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> Answer:
    """Ask the owner. Raises NotGranted, Offline, Cancelled, Refused."""
    started = time.monotonic()
    tell, stop = tell or (lambda _: None), stop or Stop(bounds.seconds)
    step = step_of(asked)
    gateway = gateways.get(step.department)
    if gateway is None:
        raise Offline(step.department, step.product, "no gateway is known")
    tell(Progress(step.product, step.department, "asked"))
    figures = gateway.figures(asked.statistic, asked.granted.signed, asker, stop=stop)
    step = replace(step, rows=len(figures.rows), seconds=time.monotonic() - started, record=figures.record)
    tell(Progress(step.product, step.department, "answered", step.rows))
    with locked.database(bounds.memory, bounds.threads) as relations:
        relations.put(TABLE, local_moments(_table(asked, figures)))
        table, _ = engine.run(relations, asked.sql, most_rows=MOST_GROUPS, stop=stop)
    return Answer(table, False, (), (step,), time.monotonic() - started, _method(asked, figures))


def _table(asked: Asked, figures: Figures) -> pa.Table:
    import pyarrow as pa

    product, masks, statistic = asked.granted.product, asked.granted.grant.fields, asked.statistic
    kinds = [arrow_type(product.by_name[name], masks[name]) for name in statistic.by]
    cells = list(zip(*figures.rows, strict=True)) or [()] * len(asked.columns)
    kinds += [
        _measured(each, column) for each, column in zip(statistic.measures, cells[len(statistic.by) :], strict=True)
    ]
    arrays = [pa.array(column, kind) for column, kind in zip(cells, kinds, strict=True)]
    return pa.table(dict(zip(asked.columns, arrays, strict=True)))


def _measured(measure: Measure, cells: tuple[Cell, ...]) -> pa.DataType:
    import pyarrow as pa

    if measure.kind == MEAN:
        return pa.float64()
    large = any(isinstance(cell, int) and abs(cell) >= 2**63 for cell in cells)
    return pa.decimal128(38, 0) if large else pa.int64()


def _method(asked: Asked, figures: Figures) -> Method:
    most = dict(zip(asked.statistic.measures, figures.within, strict=False))
    within = {name: most[measure] for measure, name in asked.shown.items() if measure in most}
    return Method(
        subject=str(asked.granted.product.subject),
        people=figures.people,
        withheld=figures.withheld,
        epsilon=_plain(figures.epsilon),
        left=_plain(figures.left),
        budget=_plain(figures.budget),
        renewed=figures.renewed,
        again=figures.again,
        within=within,
    )


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
