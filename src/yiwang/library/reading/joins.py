"""Where the rows of one product decide which rows of another can matter: the ways along which join keys are shipped.

An edge says: rows of `target` whose `target_field` is none of the values that `origin`'s rows hold in `origin_field`
cannot change the answer. It is drawn for equalities of inner joins, towards the optional side of LEFT and ANTI joins,
for IN and EXISTS, and through queries in brackets or WITH as far as a column passes through them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field
from yiwang.library.reading.conditions import TEXTS, conjuncts
from yiwang.library.reading.relations import Frame, Reference, Relations, Source, computes, own_nodes
from yiwang.library.reading.sql import Query

_NUMBERS = {ElementKind.INTEGER, ElementKind.MONEY}


@dataclass(frozen=True)
class Edge:
    origin: Reference
    origin_field: Field
    target: Reference
    target_field: Field


@dataclass(frozen=True)
class _End:
    """A column traced to a product's field. `open`: fewer rows of the product would do."""

    reference: Reference
    field: Field
    open: bool


def edges(relations: Relations) -> list[Edge]:
    """Every way along which keys may be shipped, in the question's order."""
    return [edge for frame in relations.frames.values() if not frame.outer for edge in _of(frame, relations)]


def _of(frame: Frame, relations: Relations) -> Iterator[Edge]:
    where = frame.select.args.get("where")
    for part in conjuncts(where.this if where else None):
        if isinstance(part, exp.EQ):
            yield from _equality(part, frame, relations, None)
        elif isinstance(part, exp.In):
            yield from _in(part, frame, relations)
        elif isinstance(part, exp.Exists):
            yield from _exists(part.this, frame, relations, both=True)
        elif isinstance(part, exp.Not) and isinstance(part.this.unnest(), exp.Exists):
            yield from _exists(part.this.unnest().this, frame, relations, both=False)
    for source in frame.sources:
        if source.join is None:
            continue
        towards = source if source.side == "LEFT" or source.kind == "ANTI" else None
        for part in conjuncts(source.join.args.get("on")):
            if isinstance(part, exp.EQ):
                yield from _equality(part, frame, relations, towards)
        for name in source.join.args.get("using") or ():
            yield from _using(name.name.lower(), source, frame, relations, towards)


def _equality(part: exp.EQ, frame: Frame, relations: Relations, towards: Source | None) -> Iterator[Edge]:
    left, right = frame.resolve(part.left), frame.resolve(part.right)
    if left and right and left[0] is not right[0]:
        yield from _between(left, right, relations, towards)


def _using(name: str, source: Source, frame: Frame, relations: Relations, towards: Source | None) -> Iterator[Edge]:
    before = frame.sources[: frame.sources.index(source)]
    owners = [each for each in before if each.reference is None or name in each.reference.granted.fields]
    if len(owners) == 1:
        yield from _between((owners[0], name), (source, name), relations, towards)


def _between(
    left: tuple[Source, str], right: tuple[Source, str], relations: Relations, towards: Source | None
) -> Iterator[Edge]:
    for origin, target in ((left, right), (right, left)):
        if towards is None or target[0] is towards:
            yield from _edge(_trace(*origin, relations), _trace(*target, relations))


def _in(part: exp.In, frame: Frame, relations: Relations) -> Iterator[Edge]:
    query = part.args.get("query")
    query = query.this if isinstance(query, exp.Subquery) else query
    outer = frame.resolve(part.this)
    if outer is None or not isinstance(query, exp.Select) or len(query.expressions) != 1:
        return
    inner = _output(query, query.expressions[0], relations)
    own = _trace(*outer, relations)
    yield from _edge(inner, own)
    yield from _edge(own, inner)


def _exists(query: Query, frame: Frame, relations: Relations, *, both: bool) -> Iterator[Edge]:
    if not isinstance(query, exp.Select) or not _plain(query):
        return
    inside = relations.frame(query)
    where = query.args.get("where")
    for part in conjuncts(where.this if where else None):
        if not isinstance(part, exp.EQ) or inside.outer:
            continue
        for one, other in ((part.left, part.right), (part.right, part.left)):
            within = inside.resolve(one)
            # A column that names its table, and names none in here, is the outer query's.
            if within is None or not isinstance(other, exp.Column) or not other.table:
                continue
            outer = frame.resolve(other) if inside.by_alias(other.table.lower()) is None else None
            if outer is None:
                continue
            near, far = _trace(*within, relations), _trace(*outer, relations)
            yield from _edge(far, near)
            if both:
                yield from _edge(near, far)


def _edge(origin: _End | None, target: _End | None) -> Iterator[Edge]:
    if origin is None or target is None or not target.open or origin.reference is target.reference:
        return
    kinds = {origin.field.kind, target.field.kind}
    alike = kinds <= _NUMBERS or kinds == {ElementKind.DATE} or kinds <= TEXTS
    clear = all(each.reference.granted.clear(each.field.name) for each in (origin, target))
    if alike and clear:
        yield Edge(origin.reference, origin.field, target.reference, target.field)


def _trace(source: Source, name: str, relations: Relations) -> _End | None:
    """The product's field that passes unchanged into this column of a source."""
    if source.reference is not None:
        known = source.reference.granted.fields.get(name)
        return _End(source.reference, known, True) if known else None
    if not isinstance(source.query, exp.Select):
        return None
    named = source.join.this if source.join else source.frame.select.args["from_"].this
    if named.args.get("alias") is not None and named.args["alias"].args.get("columns"):
        return None
    outputs = [each for each in source.query.expressions if each.alias_or_name.lower() == name]
    given = source.query.parent.args.get("alias") if isinstance(source.query.parent, exp.CTE) else None
    if len(outputs) != 1 or (given is not None and given.args.get("columns")):
        return None
    end = _output(source.query, outputs[0], relations)
    if end is None:
        return None
    return _End(end.reference, end.field, end.open and relations.uses.get(id(source.query), 0) == 1)


def _output(query: exp.Select, output: exp.Expr, relations: Relations) -> _End | None:
    column = output.this if isinstance(output, exp.Alias) else output
    frame = relations.frame(query)
    if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star):
        return None
    found = frame.resolve(column) or _aliased(column, output, frame)
    if found is None or any(isinstance(each.query, exp.SetOperation) for each in frame.sources if each is found[0]):
        return None
    end = _trace(*found, relations)
    if end is None:
        return None
    return _End(end.reference, end.field, end.open and not frame.outer and _passes(query, column))


def _aliased(column: exp.Column, output: exp.Expr, frame: Frame) -> tuple[Source, str] | None:
    """`select uscc as uscc`: the alias hides the column everywhere but in its own expression."""
    if not isinstance(output, exp.Alias) or column.table or output.alias.lower() != column.name.lower():
        return None
    known = [each for each in frame.sources if each.reference and column.name.lower() in each.reference.granted.fields]
    only_products = all(each.reference for each in frame.sources)
    return (known[0], column.name.lower()) if len(known) == 1 and only_products else None


def _plain(query: exp.Select) -> bool:
    """A row of its FROM that is left out takes nothing but itself out of its answer."""
    bounded = query.args.get("limit") or query.args.get("offset")
    distinct = query.args.get("distinct")
    return not bounded and not computes(query) and not (distinct and distinct.args.get("on"))


def _passes(query: exp.Select, column: exp.Column) -> bool:
    """Leaving out all rows that hold one value in the column takes out just the answers that hold it."""
    if _plain(query):
        return True
    group = query.args.get("group")
    if group is None or any(query.args.get(name) for name in ("limit", "offset", "qualify", "windows", "distinct")):
        return False
    if any(group.args.get(name) for name in ("rollup", "cube", "grouping_sets")):
        return False
    if any(isinstance(node, exp.Window) for node in own_nodes(query)):
        return False
    if group.args.get("all"):
        return True
    return any(_same(each, column, query) for each in group.expressions)


def _same(one: exp.Expr, other: exp.Column, query: exp.Select) -> bool:
    if isinstance(one, exp.Literal) and not one.is_string and one.this.isdigit():
        position = int(one.this) - 1
        return 0 <= position < len(query.expressions) and query.expressions[position].unalias() is other
    return (
        isinstance(one, exp.Column)
        and one.name.lower() == other.name.lower()
        and one.table.lower() == other.table.lower()
    )
