"""What a question may be made of: one SELECT, of known parts and functions. Whatever is not named is refused.

The lists name what is pure, bounded and says nothing about the machine: no table functions, no files, no settings, no
chance, no lambdas, no recursion. A construct that a later version of the parser learns is refused until it is listed.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from yiwang.library.reading.functions import ALLOWED, BY_NAME, TYPES
from yiwang.library.reading.lexing import MARK
from yiwang.library.reading.refused import Refused

# What the parser does not understand it would log, word for word: people's questions are nobody's log.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

LONGEST = 20_000
DEEPEST = 24
MOST_NODES = 4_000
MOST_SOURCES = 24
MOST_GROWTH = 8.0
"""Texts may grow to 2^8 times the length they had: `||` of two unknown texts doubles, `replace` multiplies."""
LONGEST_PATTERN = 200
MOST_WILDCARDS = 8
RESERVED = "__product"

Query = exp.Select | exp.SetOperation

_SET = frozenset({"this", "expression", "distinct", "with_", "order", "limit", "offset"})
STRUCTURE: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset(
        {
            *("expressions", "from_", "joins", "where", "group", "having"),
            *("qualify", "windows", "distinct", "order", "limit", "offset", "with_"),
        }
    ),
    exp.Union: _SET,
    exp.Intersect: _SET,
    exp.Except: _SET,
    exp.Subquery: frozenset({"this", "alias"}),
    exp.Table: frozenset({"this", "db", "alias"}),
    exp.TableAlias: frozenset({"this", "columns"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias", "materialized"}),
    exp.From: frozenset({"this"}),
    exp.Join: frozenset({"this", "on", "using", "side", "kind"}),
    exp.Unnest: frozenset({"expressions", "alias"}),
    exp.Where: frozenset({"this"}),
    exp.Having: frozenset({"this"}),
    exp.Qualify: frozenset({"this"}),
    exp.Group: frozenset({"expressions", "all", "rollup", "cube", "grouping_sets"}),
    exp.Rollup: frozenset({"expressions"}),
    exp.Cube: frozenset({"expressions"}),
    exp.GroupingSets: frozenset({"expressions"}),
    exp.Order: frozenset({"this", "expressions"}),
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression"}),
    exp.Offset: frozenset({"expression"}),
    exp.Distinct: frozenset({"expressions", "on"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "over", "alias"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side"}),
    exp.Filter: frozenset({"this", "expression"}),
    exp.IgnoreNulls: frozenset({"this"}),
    exp.RespectNulls: frozenset({"this"}),
    exp.WithinGroup: frozenset({"this", "expression"}),
    exp.Column: frozenset({"this", "table", "db"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Star: frozenset({"except_", "replace"}),
    exp.Alias: frozenset({"this", "alias"}),
    exp.In: frozenset({"this", "expressions", "query"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Exists: frozenset({"this"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to", "safe", "requires_string"}),
    exp.DataType: frozenset({"this", "expressions", "nested"}),
    exp.DataTypeParam: frozenset({"this"}),
    exp.Interval: frozenset({"this", "unit"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Boolean: frozenset({"this"}),
    exp.Null: frozenset(),
    exp.Var: frozenset({"this"}),
    exp.Paren: frozenset({"this"}),
    exp.Tuple: frozenset({"expressions"}),
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.If: frozenset({"this", "true", "false"}),
    exp.Extract: frozenset({"this", "expression"}),
    exp.Escape: frozenset({"this", "expression"}),
}

_JOINS = {"", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"}
_SIDES = {"", "LEFT", "RIGHT", "FULL"}
_PATTERNS: dict[type[exp.Expr], str] = {
    exp.RegexpLike: "expression",
    exp.RegexpExtract: "expression",
    exp.TimeToStr: "format",
}
_CALENDAR_NAME = re.compile(r"[A-Za-z_]{1,20}\Z")


def parse(sql: str) -> Query:
    """The question as a tree that holds nothing but what is listed. Raises Refused."""
    tree = tree_of(sql)
    check(tree)
    return tree


def tree_of(sql: str) -> Query:
    """The question as a tree, not looked at yet. Raises Refused."""
    if not sql.strip():
        raise Refused("empty")
    if len(sql) > LONGEST:
        raise Refused("too_long", str(LONGEST))
    if MARK in sql or "\x00" in sql:
        raise Refused("name")
    if _depth(sql) > DEEPEST:
        raise Refused("too_deep", str(DEEPEST))
    try:
        found = [each for each in sqlglot.parse(sql, dialect="duckdb") if each is not None]
    except RecursionError:
        raise Refused("too_deep", str(DEEPEST)) from None
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise Refused("syntax", _place(error)) from None
    if not found:
        raise Refused("empty")
    if len(found) > 1:
        raise Refused("several_statements")
    tree = found[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise Refused("not_a_select", tree.key)
    return tree


def check(tree: Query) -> None:
    """Raises Refused at the first thing that is not listed."""
    growth = 0.0
    sources = 0
    for number, node in enumerate(tree.walk()):
        if number > MOST_NODES:
            raise Refused("too_many", str(MOST_NODES))
        _check_node(node)
        sources += isinstance(node, exp.Table | exp.Subquery | exp.Unnest)
        growth += _growth(node)
    if sources > MOST_SOURCES:
        raise Refused("too_many", str(MOST_SOURCES))
    if growth > MOST_GROWTH:
        raise Refused("growth")


def _depth(sql: str) -> int:
    """Deepest nesting of brackets; those inside literals count too, which refuses too much rather than too little."""
    depth = deepest = 0
    for character in sql:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _place(error: Exception) -> str:
    found = re.search(r"Line (\d+), Col: (\d+)", str(error))
    return f"{found[1]}:{found[2]}" if found else ""


def _check_node(node: exp.Expr) -> None:
    kind = type(node)
    if allowed := STRUCTURE.get(kind):
        for name, value in node.args.items():
            if value and name not in allowed:
                raise Refused("construct", f"{node.key} {name.rstrip('_')}")
    elif isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        name = node.this
        if not isinstance(name, str) or name.lower() not in BY_NAME:
            raise Refused("function", str(name))
    elif kind not in ALLOWED and kind not in STRUCTURE:
        code = "function" if isinstance(node, exp.Func) else "construct"
        raise Refused(code, node.sql_name().lower() if isinstance(node, exp.Func) else node.key)
    if special := _SPECIAL.get(kind):
        special(node)
    if argument := _PATTERNS.get(kind):
        _check_pattern(node.args.get(argument))


def _check_identifier(node: exp.Expr) -> None:
    name = node.this
    if not isinstance(name, str) or len(name) > 100 or not name.isprintable() or name.lower().startswith(RESERVED):
        raise Refused("name", str(name))


def _check_join(node: exp.Expr) -> None:
    kind, side = node.args.get("kind") or "", node.args.get("side") or ""
    if kind.upper() not in _JOINS or side.upper() not in _SIDES:
        raise Refused("construct", f"{side} {kind} join".strip())
    _check_source(node)
    if any(not isinstance(each, exp.Identifier) for each in node.args.get("using") or ()):
        raise Refused("construct", "using")


def _check_column(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Identifier | exp.Star):
        raise Refused("construct", "column")


def _check_table(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Identifier):
        raise Refused("construct", "table function")
    if not isinstance(node.parent, exp.From | exp.Join):
        raise Refused("construct", "table")


def _check_source(node: exp.Expr) -> None:
    """What follows FROM or JOIN."""
    if not isinstance(node.this, exp.Table | exp.Subquery | exp.Unnest):
        raise Refused("construct", node.this.key if isinstance(node.this, exp.Expr) else "from")


def _check_query_in(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Select | exp.SetOperation):
        raise Refused("construct", node.this.key if isinstance(node.this, exp.Expr) else node.key)


def _check_unnest(node: exp.Expr) -> None:
    if len(node.expressions) != 1 or not isinstance(node.expressions[0], exp.Column):
        raise Refused("construct", "unnest")


def _check_explode(node: exp.Expr) -> None:
    """`unnest` of a list as an output column."""
    if not isinstance(node.this, exp.Column) or node.expressions:
        raise Refused("construct", "unnest")


def _check_number(node: exp.Expr) -> None:
    """A limit or an offset is a plain number."""
    value = node.expression
    if not isinstance(value, exp.Literal) or value.is_string or not value.this.isdigit() or len(value.this) > 12:
        raise Refused("construct", node.key)


def _check_type(node: exp.Expr) -> None:
    if node.this not in TYPES or node.args.get("nested"):
        raise Refused("construct", f"type {getattr(node.this, 'value', node.this)}".lower())


def _check_var(node: exp.Expr) -> None:
    if not isinstance(node.this, str) or not _CALENDAR_NAME.match(node.this):
        raise Refused("construct", "name")


def _check_interval(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Literal) or not isinstance(node.args.get("unit"), exp.Var):
        raise Refused("construct", "interval")


def _check_in(node: exp.Expr) -> None:
    query = node.args.get("query")
    if query is not None and not isinstance(query, exp.Subquery | exp.Select | exp.SetOperation):
        raise Refused("construct", "in")


def _check_like(node: exp.Expr) -> None:
    _check_pattern(node.expression)


def _check_alias(node: exp.Expr) -> None:
    if not isinstance(node.args.get("alias"), exp.Identifier):
        raise Refused("construct", "alias")


def _check_window(node: exp.Expr) -> None:
    if str(node.args.get("over") or "OVER").upper() != "OVER":
        raise Refused("construct", "window")


def _check_pattern(pattern: object) -> None:
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise Refused("construct", "pattern")
    check_pattern(pattern.this)


def check_pattern(text: str) -> None:
    """A pattern is written out, short, and with few places that may match anything. Raises Refused."""
    if len(text) > LONGEST_PATTERN or text.count("%") > MOST_WILDCARDS or re.search(r"\{\s*\d{3,}", text):
        raise Refused("too_long", "pattern")


_SPECIAL: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Identifier: _check_identifier,
    exp.Join: _check_join,
    exp.From: _check_source,
    exp.Column: _check_column,
    exp.Table: _check_table,
    exp.Subquery: _check_query_in,
    exp.CTE: _check_query_in,
    exp.Exists: _check_query_in,
    exp.Unnest: _check_unnest,
    exp.Explode: _check_explode,
    exp.Limit: _check_number,
    exp.Offset: _check_number,
    exp.DataType: _check_type,
    exp.Var: _check_var,
    exp.Interval: _check_interval,
    exp.In: _check_in,
    exp.Like: _check_like,
    exp.ILike: _check_like,
    exp.Alias: _check_alias,
    exp.Window: _check_window,
}


def _growth(node: exp.Expr) -> float:
    """By how many doublings this may lengthen a text."""
    if isinstance(node, exp.DPipe):
        return 1.0 if all(_unknown_text(side) for side in (node.left, node.right)) else 0.0
    if isinstance(node, exp.Concat | exp.ConcatWs):
        unknown = sum(_unknown_text(each) for each in node.expressions)
        return math.log2(unknown) if unknown > 1 else 0.0
    if isinstance(node, exp.Replace):
        old, new = node.expression, node.args.get("replacement")
        if not isinstance(old, exp.Literal) or not (new is None or isinstance(new, exp.Literal)):
            raise Refused("construct", "replace")
        return math.log2(max(1.0, len(new.this) / max(1, len(old.this)))) if new is not None else 0.0
    if isinstance(node, exp.GroupConcat | exp.ArrayAgg):
        return 3.0
    return 0.0


def _unknown_text(node: exp.Expr) -> bool:
    return not isinstance(node, exp.Literal)
