"""A decided question in Spark's SQL, where it means the same there; whatever else stays on DuckDB.

The text is made anew from the tree, piece by listed piece: every column is traced to the one source that has it and
written with that source's name, every order says where empty values stand, and nothing is named but the relations that
were handed over. A question that DuckDB has not understood is not translated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from yiwang.library.reading import spark_words
from yiwang.library.reading.functions import is_aggregate
from yiwang.library.reading.kinds import BOOLEAN, DOUBLE, HUGE, INTEGER, LIST, NULL, Kind, NotTheSame, Typed, single
from yiwang.library.reading.spark_aggregates import aggregated
from yiwang.library.reading.spark_words import name, whole

Columns = Mapping[str, Kind]
"""Of a relation, in order; names in small letters."""

_SELECT = frozenset(
    {"expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "limit", "offset", "with_"}
)
_SET = frozenset({"this", "expression", "distinct", "order", "limit", "offset", "with_"})
_RANKS: dict[type[exp.Expr], str] = {exp.RowNumber: "row_number", exp.Rank: "rank", exp.DenseRank: "dense_rank"}
_JOINS = {
    ("", ""): "inner join",
    ("", "INNER"): "inner join",
    ("LEFT", ""): "left join",
    ("LEFT", "OUTER"): "left join",
    ("RIGHT", ""): "right join",
    ("RIGHT", "OUTER"): "right join",
    ("FULL", ""): "full join",
    ("FULL", "OUTER"): "full join",
    ("", "SEMI"): "left semi join",
    ("", "ANTI"): "left anti join",
}


def translated(sql: str, relations: Mapping[str, Columns]) -> str:
    """The question over these relations, with columns c0, c1, … Raises NotTheSame, and says what it is about."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        raise NotTheSame("syntax") from None
    known: dict[str, Columns] = {each.lower(): columns for each, columns in relations.items()}
    text, _ = _query(tree, known, None, top=True)
    return text


@dataclass
class _Source:
    alias: str
    columns: Columns
    hidden: set[str] = field(default_factory=set)
    """columns that a join's USING shows once, as the other side's"""


@dataclass
class _Scope:
    """The sources of one SELECT and, around it, those of the query it stands in."""

    sources: list[_Source]
    relations: dict[str, Columns]
    outer: _Scope | None
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    correlated: bool = False

    def find(self, column: exp.Column) -> Typed | None:
        wanted, table = column.name.lower(), column.table.lower()
        if column.args.get("db") or isinstance(column.this, exp.Star):
            raise NotTheSame("name")
        found = [
            each
            for each in self.sources
            if wanted in each.columns and (each.alias == table if table else wanted not in each.hidden)
        ]
        if len(found) > 1:
            raise NotTheSame("name")
        if found:
            return Typed(f"{name(found[0].alias)}.{name(wanted)}", found[0].columns[wanted])
        if self.outer is not None and (typed := self.outer.find(column)) is not None:
            self.correlated = True
            return typed
        return None


def _query(
    tree: exp.Expr, relations: dict[str, Columns], outer: _Scope | None, *, top: bool = False
) -> tuple[str, dict[str, Kind]]:
    """SQL and columns. Of the outermost query they are c0, c1, …"""
    prefix = ""
    if (with_ := tree.args.get("with_")) is not None:
        prefix, relations = _with(with_, tree, relations)
    if isinstance(tree, exp.Select):
        text, columns = _select(tree, relations, outer, top=top)
    elif isinstance(tree, exp.SetOperation):
        text, columns = _set(tree, relations, outer, top=top)
    elif isinstance(tree, exp.Subquery) and not any(v for k, v in tree.args.items() if k not in ("this", "with_")):
        text, columns = _query(tree.this, relations, outer, top=top)
    else:
        raise NotTheSame(tree.key)
    return prefix + text, columns


def _with(with_: exp.With, tree: exp.Expr, relations: dict[str, Columns]) -> tuple[str, dict[str, Columns]]:
    if with_.args.get("recursive"):
        raise NotTheSame("with")
    relations, parts = dict(relations), []
    for each in with_.expressions:
        alias = each.alias.lower()
        uses = sum(table.name.lower() == alias for table in tree.find_all(exp.Table))
        if uses > 1 and each.this.find(exp.Limit, exp.Window):
            # Whichever rows are meant, both mentions must mean the same: Spark works each out for itself.
            raise NotTheSame("with")
        text, columns = _query(each.this, relations, None)
        columns = _renamed(columns, each.args["alias"])
        named = ", ".join(name(column) for column in columns)
        parts.append(f"{name(alias)}({named}) as ({text})")
        relations[alias] = columns
    return f"with {', '.join(parts)} ", relations


def _renamed(columns: dict[str, Kind], alias: exp.Expr | None) -> dict[str, Kind]:
    given = [each.name.lower() for each in (alias.args.get("columns") or ())] if alias is not None else []
    names = [*given, *list(columns)[len(given) :]]
    if len(given) > len(columns) or len(set(names)) < len(names):
        raise NotTheSame("name")
    return dict(zip(names, columns.values(), strict=True))


def _set(
    tree: exp.SetOperation, relations: dict[str, Columns], outer: _Scope | None, *, top: bool
) -> tuple[str, dict[str, Kind]]:
    if any(value and key not in _SET for key, value in tree.args.items()):
        raise NotTheSame(tree.key)
    left, columns = _query(tree.this, relations, outer)
    right, others = _query(tree.expression, relations, outer)
    if list(columns.values()) != list(others.values()) or {NULL, LIST} & set(columns.values()):
        raise NotTheSame(f"{tree.key} of different kinds")
    word = f"{tree.key} {'' if tree.args.get('distinct') else 'all'}"
    names = {each: f"c{place}" for place, each in enumerate(columns)} if top else {each: each for each in columns}
    listed = ", ".join(f"{name(each)} as {name(shown)}" for each, shown in names.items())
    # The right side's names do not count: by position.
    text = f"select {listed} from (({left}) {word} ({right})) as `both`"  # noqa: S608 - names are quoted, the rest is ours
    order = tree.args.get("order")
    parts = [
        _ordered(each, _position(each.this, list(columns), list(names.values())))
        for each in (order.expressions if order is not None else ())
    ]
    return text + _tail(tree, parts, list(names.values())), {names[each]: kind for each, kind in columns.items()}


def _tail(tree: exp.Expr, order: list[str], shown: list[str]) -> str:
    """ORDER BY and LIMIT. Where rows are left out, ties are broken by all that is shown: executors answer in any order,
    and the same question over the same rows is to have the same answer."""
    if tree.args.get("limit") is not None or tree.args.get("offset") is not None:
        order = [*order, *(f"{name(each)} asc nulls last" for each in shown)]
    return (f" order by {', '.join(order)}" if order else "") + _limited(tree)


def _position(node: exp.Expr, columns: list[str], names: list[str]) -> str:
    if isinstance(node, exp.Literal):
        place = whole(node, "order") - 1
    elif isinstance(node, exp.Column) and not node.table and columns.count(node.name.lower()) == 1:
        place = columns.index(node.name.lower())
    else:
        raise NotTheSame("order")
    if not 0 <= place < len(names):
        raise NotTheSame("order")
    return name(names[place])


def _ordered(node: exp.Expr, text: str) -> str:
    """Empty values stand last, unless it is said."""
    if not isinstance(node, exp.Ordered):
        raise NotTheSame("order")
    return f"{text} {'desc' if node.args.get('desc') else 'asc'} nulls {'first' if _nulls_first(node) else 'last'}"


def _nulls_first(node: exp.Ordered) -> bool:
    return bool(node.args.get("nulls_first"))


def _limited(tree: exp.Expr) -> str:
    limit, offset = tree.args.get("limit"), tree.args.get("offset")
    text = f" limit {whole(limit.expression, 'limit')}" if limit is not None else ""
    return text + (f" offset {whole(offset.expression, 'offset')}" if offset is not None else "")


# --- one SELECT


def _select(
    tree: exp.Select, relations: dict[str, Columns], outer: _Scope | None, *, top: bool
) -> tuple[str, dict[str, Kind]]:
    if any(value and key not in _SELECT for key, value in tree.args.items()):
        raise NotTheSame(next(key for key, value in tree.args.items() if value and key not in _SELECT))
    scope = _Scope([], relations, outer)
    sources = _from(tree, scope)
    outputs = _outputs(tree, scope)
    scope.aliases = {each.alias.lower(): each.this for each in tree.expressions if isinstance(each, exp.Alias)}
    shown = [f"c{place}" for place in range(len(outputs))] if top else [each for each, _ in outputs]
    if len(set(shown)) < len(shown):
        raise NotTheSame("name")
    distinct = tree.args.get("distinct")
    if distinct is not None and (distinct.args.get("on") or any(typed.kind == LIST for _, typed in outputs)):
        raise NotTheSame("distinct")
    listed = ", ".join(f"{typed.sql} as {name(each)}" for each, (_, typed) in zip(shown, outputs, strict=True))
    text = f"select {'distinct ' if distinct else ''}{listed}{sources}"
    if (where := tree.args.get("where")) is not None:
        text += f" where {_condition(where.this, scope, nested=True)}"
    text += _grouped(tree, scope)
    if (having := tree.args.get("having")) is not None:
        text += f" having {_condition(having.this, scope, aggregates=True, aliases=True)}"
    text += _tail(tree, _in_order(tree, scope, outputs, shown), shown)
    return text, {each: typed.kind for each, (_, typed) in zip(shown, outputs, strict=True)}


def _from(tree: exp.Select, scope: _Scope) -> str:
    begin = tree.args.get("from_")
    if begin is None:
        return ""
    text = f" from {_source(begin.this, scope)}"
    commas = False
    for join in tree.args.get("joins") or ():
        side, kind = (join.args.get("side") or "").upper(), (join.args.get("kind") or "").upper()
        on, using = join.args.get("on"), join.args.get("using") or ()
        before = list(scope.sources)
        source = _source(join.this, scope)
        if kind == "CROSS" or (not side and not kind and on is None and not using):
            commas = True
            text += f" cross join {source}"
            continue
        word = _JOINS.get((side, kind))
        if word is None or (commas and side in ("RIGHT", "FULL")) or bool(on) == bool(using):
            raise NotTheSame(f"{side} {kind} join".strip().lower())
        condition = _condition(on, scope) if on is not None else _using(using, before, scope, word)
        text += f" {word} {source} on {condition}"
        if kind in ("SEMI", "ANTI"):
            scope.sources = before
    return text


def _source(node: exp.Expr, scope: _Scope) -> str:
    alias = node.args.get("alias")
    if isinstance(node, exp.Table) and not node.args.get("db"):
        known = scope.relations.get(node.name.lower())
        if known is None or (alias is not None and alias.args.get("columns")):
            raise NotTheSame("source")
        called = (node.alias or node.name).lower()
        text, columns = name(node.name.lower()), known
    elif isinstance(node, exp.Subquery):
        inner, found = _query(node.this, scope.relations, None)
        columns, called = _renamed(found, alias), node.alias.lower() or f"nameless {len(scope.sources)}"
        text = f"(select {', '.join(f'{name(old)} as {name(new)}' for old, new in zip(found, columns, strict=True))}"
        text += f" from ({inner}) as `inner`)"
    else:
        raise NotTheSame(node.key)
    if any(each.alias == called for each in scope.sources):
        raise NotTheSame("name")
    scope.sources.append(_Source(called, columns))
    return f"{text} as {name(called)}"


def _using(using: Sequence[exp.Expr], before: list[_Source], scope: _Scope, word: str) -> str:
    if word in ("right join", "full join"):
        raise NotTheSame(f"{word} using")
    right, parts = scope.sources[-1], []
    for each in using:
        wanted = each.name.lower()
        owners = [source for source in before if wanted in source.columns and wanted not in source.hidden]
        if len(owners) != 1 or wanted not in right.columns:
            raise NotTheSame("using")
        one = Typed(f"{name(owners[0].alias)}.{name(wanted)}", owners[0].columns[wanted])
        other = Typed(f"{name(right.alias)}.{name(wanted)}", right.columns[wanted])
        if one.kind != other.kind:
            raise NotTheSame("using")
        right.hidden.add(wanted)
        parts.append(f"{one.sql} = {other.sql}")
    return " and ".join(parts)


def _outputs(tree: exp.Select, scope: _Scope) -> list[tuple[str, Typed]]:
    found: list[tuple[str, Typed]] = []
    for place, each in enumerate(tree.expressions):
        bare = each.unalias()
        star = bare.this if isinstance(bare, exp.Column) else bare
        if isinstance(star, exp.Star):
            if any(star.args.values()):
                raise NotTheSame("star")
            found += _all(bare, scope)
            continue
        alias = each.alias_or_name.lower() if isinstance(each, exp.Alias | exp.Column) else f"nameless {place}"
        found.append((alias, _expression(bare, scope, aggregates=True, windows=True)))
    return found


def _all(star: exp.Expr, scope: _Scope) -> list[tuple[str, Typed]]:
    table = star.table.lower() if isinstance(star, exp.Column) else ""
    sources = [each for each in scope.sources if not table or each.alias == table]
    if not sources:
        raise NotTheSame("star")
    return [
        (column, Typed(f"{name(each.alias)}.{name(column)}", kind))
        for each in sources
        for column, kind in each.columns.items()
        if table or column not in each.hidden
    ]


def _grouped(tree: exp.Select, scope: _Scope) -> str:
    group = tree.args.get("group")
    if group is None:
        return ""
    if any(group.args.get(each) for each in ("rollup", "cube", "grouping_sets")):
        raise NotTheSame("grouping sets")
    if group.args.get("all"):
        nodes = [each.unalias() for each in tree.expressions if not _computes(each)]
    else:
        nodes = [_meant(each, tree, scope) for each in group.expressions]
    if any(isinstance(each, exp.Literal | exp.Null | exp.Star) or each.find(exp.Star) for each in nodes):
        raise NotTheSame("group")
    parts = [single(_expression(each, scope), "group").sql for each in nodes]
    return f" group by {', '.join(parts)}" if parts else ""


def _computes(node: exp.Expr) -> bool:
    return any(is_aggregate(each) or isinstance(each, exp.Window) for each in node.walk())


def _meant(node: exp.Expr, tree: exp.Select, scope: _Scope) -> exp.Expr:
    """What is grouped by: a position, a column or, where there is none of that name, an output's alias."""
    if isinstance(node, exp.Literal):
        place = whole(node, "group") - 1
        if not 0 <= place < len(tree.expressions):
            raise NotTheSame("group")
        found: exp.Expr = tree.expressions[place].unalias()
        return found
    if isinstance(node, exp.Column) and not node.table and node.name.lower() in scope.aliases:
        aliased = scope.aliases[node.name.lower()]
        if scope.find(node) is None:
            return aliased
        if aliased != node and not (isinstance(aliased, exp.Column) and scope.find(aliased) == scope.find(node)):
            raise NotTheSame("name")
    return node


def _in_order(tree: exp.Select, scope: _Scope, outputs: list[tuple[str, Typed]], shown: list[str]) -> list[str]:
    order = tree.args.get("order")
    if order is None:
        return []
    parts, names = [], [each for each, _ in outputs]
    if any(typed.kind == LIST for _, typed in outputs) and any(
        isinstance(e.this, exp.Literal) for e in order.expressions
    ):
        raise NotTheSame("order")
    for each in order.expressions:
        node = each.this
        by_name = isinstance(node, exp.Column) and not node.table and node.name.lower() in names
        if isinstance(node, exp.Literal) or by_name:
            parts.append(_ordered(each, _position(node, names, shown)))
        else:
            if tree.args.get("distinct"):
                raise NotTheSame("order")
            parts.append(_ordered(each, _expression(node, scope, aggregates=True, aliases=True).sql))
    return parts


# --- expressions


def _condition(
    node: exp.Expr, scope: _Scope, *, aggregates: bool = False, aliases: bool = False, nested: bool = False
) -> str:
    found = _expression(node, scope, aggregates=aggregates, aliases=aliases, nested=nested)
    if found.kind not in (BOOLEAN, NULL):
        raise NotTheSame("condition")
    return found.sql


def _expression(
    node: exp.Expr,
    scope: _Scope,
    *,
    aggregates: bool = False,
    windows: bool = False,
    aliases: bool = False,
    nested: bool = False,
) -> Typed:
    """`nested`: queries that speak of this one's rows may stand in it, as in WHERE."""

    def say(part: exp.Expr, *, inside: bool = False) -> Typed:
        if isinstance(part, exp.Column):
            return _column(part, scope, aliases=aliases and not inside)
        if isinstance(part, exp.Subquery | exp.Exists) or (isinstance(part, exp.In) and part.args.get("query")):
            return _nested(part, scope, say, correlated=nested)
        if isinstance(part, exp.Window):
            if not windows or inside:
                raise NotTheSame("window")
            return _window(part, say)
        filtered = part.this if isinstance(part, exp.Filter) else part
        if is_aggregate(filtered):
            if not aggregates or inside:
                raise NotTheSame("aggregate")
            only = ""
            if isinstance(part, exp.Filter):
                only = f" filter (where {say(part.expression.this, inside=True).sql})"
            return aggregated(filtered, lambda each: say(each, inside=True), only)
        return spark_words.said(part, lambda each: say(each, inside=inside))

    return say(node)


def _column(node: exp.Column, scope: _Scope, *, aliases: bool) -> Typed:
    found = scope.find(node)
    aliased = scope.aliases.get(node.name.lower()) if not node.table else None
    if found is not None:
        if aliases and aliased is not None and aliased != node:
            raise NotTheSame("name")
        return found
    if aliases and aliased is not None:
        return _expression(aliased, scope, aggregates=True)
    raise NotTheSame("name")


def _nested(node: exp.Expr, scope: _Scope, say: spark_words.Say, *, correlated: bool) -> Typed:
    outer = scope if correlated else None
    if isinstance(node, exp.Exists):
        inner, _ = _query(node.this, scope.relations, outer)
        return Typed(f"exists ({inner})", BOOLEAN)
    if isinstance(node, exp.In):
        query = node.args["query"]
        inner, columns = _query(query.this if isinstance(query, exp.Subquery) else query, scope.relations, None)
        of = say(node.this)
        if list(columns.values()) != [of.kind]:
            raise NotTheSame("in")
        return Typed(f"({of.sql} in ({inner}))", BOOLEAN)
    # A single value: of these only such that do not speak of the rows around them.
    inner, columns = _query(node.this, scope.relations, None)
    if len(columns) != 1:
        raise NotTheSame("subquery")
    return Typed(f"({inner})", next(iter(columns.values())))


def _window(node: exp.Window, say: spark_words.Say) -> Typed:
    if node.args.get("alias") or node.args.get("first"):
        raise NotTheSame("window")
    of, order, spec = node.this, node.args.get("order"), node.args.get("spec")
    # A window function's own arguments and clauses may hold aggregates of the groups, but no further window.
    parts = []
    if partition := node.args.get("partition_by"):
        parts.append(f"partition by {', '.join(say(each).sql for each in partition)}")
    if order is not None:
        parts.append(f"order by {', '.join(_ordered(each, say(each.this).sql) for each in order.expressions)}")
    if type(of) in _RANKS and order is not None and spec is None:
        return Typed(f"cast({_RANKS[type(of)]}() over ({' '.join(parts)}) as bigint)", INTEGER)
    if spec is not None:
        parts.append(_frame(spec))
    over = f" over ({' '.join(parts)})"
    if isinstance(of, exp.Filter) or not is_aggregate(of):
        raise NotTheSame("window")
    found = aggregated(of, say, over)
    if found.kind not in (INTEGER, HUGE, DOUBLE) and found.kind.name not in ("decimal", "text", "date"):
        raise NotTheSame("window")
    return found


def _frame(spec: exp.Expr) -> str:
    if str(spec.args.get("kind") or "").upper() != "ROWS":
        raise NotTheSame("window")
    ends = []
    for end in ("start", "end"):
        bound, side = spec.args.get(end), str(spec.args.get(f"{end}_side") or "")
        if isinstance(bound, str) and bound.upper() in ("UNBOUNDED", "CURRENT ROW"):
            ends.append(f"{bound} {side}".strip())
        elif isinstance(bound, exp.Literal):
            ends.append(f"{whole(bound, 'window')} {side}")
        else:
            raise NotTheSame("window")
    return f"rows between {ends[0]} and {ends[1]}"
