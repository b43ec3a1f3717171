"""Who is meant by each name after FROM: a granted product, a query named in WITH, a query in brackets.

`relate` replaces every product by a name of its own that no question can write, and keeps for each SELECT the sources
it may name (a Frame). DuckDB binds the columns later, over relations that hold granted fields only; what is found here
serves the planning, and where it is not certain it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from yiwang.library.gateways.contract import Field
from yiwang.library.reading.functions import is_aggregate
from yiwang.library.reading.granted import Granted, Shelf
from yiwang.library.reading.refused import Refused
from yiwang.library.reading.sql import RESERVED, Query


@dataclass(eq=False)
class Reference:
    """One mention of a product. `fields` fills up with what the question may read of it."""

    number: int
    granted: Granted
    alias: str
    fields: set[str] = field(default_factory=set)
    """lower-case names"""
    partial: bool = True
    """that it is missing makes the answer smaller or leaves its columns empty, and never makes it say what is not so"""

    @property
    def name(self) -> str:
        return f"{RESERVED}_{self.number}"


@dataclass(eq=False)
class Source:
    """One entry of FROM. Of `reference` and `query` one is set, or neither (unnest)."""

    alias: str
    frame: Frame
    join: exp.Join | None
    reference: Reference | None = None
    query: Query | None = None

    @property
    def side(self) -> str:
        return str(self.join.args.get("side") or "").upper() if self.join else ""

    @property
    def kind(self) -> str:
        return str(self.join.args.get("kind") or "").upper() if self.join else ""


@dataclass(eq=False)
class Frame:
    """One SELECT with the sources of its FROM."""

    select: exp.Select
    sources: list[Source] = field(default_factory=list)

    def by_alias(self, alias: str) -> Source | None:
        found = [each for each in self.sources if each.alias == alias]
        return found[0] if len(found) == 1 else None

    @property
    def outer(self) -> bool:
        """A RIGHT or FULL join: then nothing is said to the sources but what no empty row survives."""
        return any(each.side in ("RIGHT", "FULL") for each in self.sources)

    def fills(self, source: Source) -> bool:
        """The source's row may be empty (NULLs of an outer join)."""
        position = self.sources.index(source)
        return source.side in ("LEFT", "FULL") or any(
            each.side in ("RIGHT", "FULL") for each in self.sources[position + 1 :]
        )

    def output_aliases(self) -> set[str]:
        return {each.alias.lower() for each in self.select.expressions if isinstance(each, exp.Alias)}

    def resolve(self, column: exp.Expr) -> tuple[Source, str] | None:
        """The source and lower-case name that a column of this SELECT's own FROM certainly means, else None."""
        if not isinstance(column, exp.Column) or not isinstance(column.this, exp.Identifier) or column.args.get("db"):
            return None
        name = column.name.lower()
        if column.table:
            source = self.by_alias(column.table.lower())
            return (source, name) if source else None
        if name in self.output_aliases():
            return None
        if any(each.reference is None for each in self.sources):
            return (self.sources[0], name) if len(self.sources) == 1 and self.sources[0].query else None
        known = [each for each in self.sources if each.reference and name in each.reference.granted.fields]
        return (known[0], name) if len(known) == 1 else None

    def field_of(self, column: exp.Expr) -> tuple[Reference, Field] | None:
        """The product's field that a column certainly means, else None."""
        found = self.resolve(column)
        if found is None or found[0].reference is None:
            return None
        known = found[0].reference.granted.fields.get(found[1])
        return (found[0].reference, known) if known else None


@dataclass
class Relations:
    """`frames` by the SELECT they belong to, `uses` counts how often a named query is read."""

    references: list[Reference] = field(default_factory=list)
    frames: dict[int, Frame] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)

    def frame(self, select: exp.Select) -> Frame:
        return self.frames[id(select)]


def relate(tree: Query, shelf: Shelf) -> Relations:
    """Bind every name after FROM, in place. Raises Refused."""
    relations = Relations()
    _visit(tree, {}, shelf, relations)
    _collect_fields(tree, relations)
    return relations


def inner_queries(node: exp.Expr) -> Iterator[Query]:
    """The outermost queries inside an expression."""
    for child in node.iter_expressions():
        if isinstance(child, exp.Select | exp.SetOperation):
            yield child
        else:
            yield from inner_queries(child)


def own_nodes(node: exp.Expr) -> Iterator[exp.Expr]:
    """Everything below a node but what belongs to a query inside it."""
    for child in node.iter_expressions():
        if not isinstance(child, exp.Select | exp.SetOperation):
            yield child
            yield from own_nodes(child)


def computes(select: exp.Select) -> bool:
    """Rows are counted, added up or numbered: each row of the answer depends on more than its own."""
    if any(select.args.get(name) for name in ("group", "having", "qualify", "windows")):
        return True
    return any(is_aggregate(node) or isinstance(node, exp.Window) for node in own_nodes(select))


def _visit(query: Query, visible: Mapping[str, Query], shelf: Shelf, relations: Relations) -> None:
    visible = _named(query, visible, shelf, relations)
    if isinstance(query, exp.SetOperation):
        for side in (query.this, query.expression):
            inner = side.this if isinstance(side, exp.Subquery) else side
            if not isinstance(inner, exp.Select | exp.SetOperation):
                raise Refused("construct", inner.key)
            _visit(inner, visible, shelf, relations)
    else:
        frame = relations.frames[id(query)] = Frame(query)
        for entry, join in _entries(query):
            frame.sources.append(_source(entry, join, frame, visible, shelf, relations))
    for node in expressions_of(query):
        for inner in inner_queries(node):
            _visit(inner, visible, shelf, relations)


def _named(query: Query, visible: Mapping[str, Query], shelf: Shelf, relations: Relations) -> Mapping[str, Query]:
    """What may be named in this query: what may outside, and what its WITH names, each from the next on."""
    known = dict(visible)
    named = query.args.get("with_")
    for each in named.expressions if named else ():
        name = each.alias.lower()
        if not name.isidentifier() or shelf.find(name):
            raise Refused("name", each.alias)
        _visit(each.this, known, shelf, relations)
        known[name] = each.this
        relations.uses.setdefault(id(each.this), 0)
    return known


def expressions_of(query: Query) -> Iterator[exp.Expr]:
    """The expressions of a query's own: all its parts but WITH, FROM and the sides of a union."""
    skipped = {"with_", "from_"} if isinstance(query, exp.Select) else {"with_", "this", "expression"}
    for name, value in query.args.items():
        if name in skipped:
            continue
        for part in value if isinstance(value, list) else [value]:
            node = part.args.get("on") if isinstance(part, exp.Join) else part
            if isinstance(node, exp.Expr):
                # The root of an inner query may be the expression itself.
                yield node


def _entries(select: exp.Select) -> Iterator[tuple[exp.Expr, exp.Join | None]]:
    if begin := select.args.get("from_"):
        yield begin.this, None
    for join in select.args.get("joins") or ():
        yield join.this, join


def _source(
    entry: exp.Expr,
    join: exp.Join | None,
    frame: Frame,
    visible: Mapping[str, Query],
    shelf: Shelf,
    relations: Relations,
) -> Source:
    alias = entry.alias.lower()
    if isinstance(entry, exp.Subquery):
        _visit(entry.this, visible, shelf, relations)
        relations.uses[id(entry.this)] = 1
        return Source(alias, frame, join, query=entry.this)
    if not isinstance(entry, exp.Table):
        return Source(alias, frame, join)
    name = entry.name.lower()
    if not entry.args.get("db") and (named := visible.get(name)) is not None:
        relations.uses[id(named)] += 1
        return Source(alias or name, frame, join, query=named)
    return Source(*_product(entry, frame, join, shelf, relations))


def _product(
    entry: exp.Table, frame: Frame, join: exp.Join | None, shelf: Shelf, relations: Relations
) -> tuple[str, Frame, exp.Join | None, Reference]:
    written = f"{entry.db}.{entry.name}" if entry.args.get("db") else entry.name
    granted = shelf.find(written)
    if granted is None:
        raise Refused("unknown_product", written)
    if granted.grant.statistics_only:
        raise Refused("statistics_only", written)
    if (given := entry.args.get("alias")) and given.args.get("columns"):
        raise Refused("construct", "column names after a product")
    alias = entry.alias or granted.product.name
    reference = Reference(len(relations.references), granted, alias.lower())
    relations.references.append(reference)
    entry.set("db", None)
    entry.set("this", exp.to_identifier(reference.name))
    entry.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return alias.lower(), frame, join, reference


def _collect_fields(tree: Query, relations: Relations) -> None:
    """Every field that some name in the question could mean: too many rather than too few."""
    aliases = {each.alias for frame in relations.frames.values() for each in frame.sources}
    given = {each.alias.lower() for each in tree.find_all(exp.Alias)}
    given |= {column.name.lower() for each in tree.find_all(exp.TableAlias) for column in each.columns}
    for node in tree.walk():
        if isinstance(node, exp.Join):
            for each in node.args.get("using") or ():
                _read(each.name.lower(), "", relations)
        elif isinstance(node, exp.Star):
            column = node.parent if isinstance(node.parent, exp.Column) else None
            if not isinstance(node.parent, exp.Count):
                _read_all(column.table.lower() if column else "", relations)
        elif isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
            _unqualify(node, relations)
            name, table = node.name.lower(), node.table.lower()
            known = _read(name, table, relations)
            if not known and not table and name in aliases:
                raise Refused("construct", "a whole row as a value")
            if not known and not table and name not in given:
                # DuckDB takes some bare words (user, current_schema) for functions of its own.
                raise Refused("unknown_field", node.name)
            if not known and table and _only_products(table, relations):
                raise Refused("unknown_field", f"{node.table}.{node.name}")


def _unqualify(node: exp.Column, relations: Relations) -> None:
    """`market.enterprises.uscc` → `enterprises.uscc`, where that can mean one thing only."""
    if not node.args.get("db"):
        return
    table = node.table.lower()
    sources = [each for frame in relations.frames.values() for each in frame.sources if each.alias == table]
    only = sources[0].reference if len(sources) == 1 else None
    if only is None or only.granted.product.code.lower() != f"{node.text('db')}.{table}".lower():
        raise Refused("unknown_field", node.sql())
    node.set("db", None)


def _only_products(table: str, relations: Relations) -> bool:
    sources = [each for frame in relations.frames.values() for each in frame.sources if each.alias == table]
    return bool(sources) and all(each.reference for each in sources)


def _read(name: str, table: str, relations: Relations) -> bool:
    known = False
    for each in relations.references:
        if (not table or table == each.alias) and name in each.granted.fields:
            each.fields.add(name)
            known = True
    return known


def _read_all(table: str, relations: Relations) -> None:
    for each in relations.references:
        if not table or table == each.alias:
            each.fields.update(each.granted.fields)
