"""Expressions of a question in Spark's SQL, where the same is meant: listed one by one, with the kinds they hold for.

Where the engines differ, Spark is told what DuckDB does: whole numbers divide to doubles, by zero to infinity, `//` and
`%` by zero to nothing; a sum of whole numbers is exact, an average is its quotient; a month is cut out of a day as a
moment; halves are rounded away from zero. What is not listed is not said (`NotTheSame`): patterns, cases of letters,
blanks, formats and whatever depends on a library's tables stays with DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from yiwang.library.reading.kinds import (
    BOOLEAN,
    DATE,
    DOUBLE,
    HUGE,
    INTEGER,
    MOMENT,
    NULL,
    TEXT,
    Kind,
    NotTheSame,
    Typed,
    as_double,
    decimal,
    exact,
    literal_as,
    moment,
    numeric,
    together,
)

Say = Callable[[exp.Expr], Typed]
"""Turns a part of the expression."""

_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "<=>",
}
_PARTS: dict[type[exp.Expr], str] = {
    exp.Year: "YEAR",
    exp.Quarter: "QUARTER",
    exp.Month: "MONTH",
    exp.Day: "DAY",
    exp.DayOfMonth: "DAY",
    exp.Week: "WEEK",
    exp.WeekOfYear: "WEEK",
    exp.DayOfYear: "DOY",
    exp.DayOfWeek: "DOW",
    exp.DayOfWeekIso: "ISODOW",
    exp.Hour: "HOUR",
    exp.Minute: "MINUTE",
}
_OF_DAYS = {
    "YEAR": "year({})",
    "QUARTER": "quarter({})",
    "MONTH": "month({})",
    "DAY": "day({})",
    "WEEK": "weekofyear({})",
    "DOY": "dayofyear({})",
    "DOW": "(dayofweek({}) - 1)",
    "ISODOW": "(weekday({}) + 1)",
}
_OF_TIMES = {"HOUR": "hour({})", "MINUTE": "minute({})"}
_CUT = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE"})


def text(value: str) -> str:
    """A literal in Spark's SQL, in which a backslash begins an escape."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def name(value: str) -> str:
    return "`" + value.replace("`", "``") + "`"


def said(node: exp.Expr | None, say: Say) -> Typed:
    """Everything but columns, queries, aggregates and windows. Raises NotTheSame."""
    if node is None:
        raise NotTheSame("construct")
    kind = type(node)
    if kind in _COMPARED:
        return _comparison(node, say)
    if kind in _PARTS:
        return _part(_PARTS[kind], say(node.this))
    if found := _WORDS.get(kind):
        return found(node, say)
    raise NotTheSame(node.sql_name().lower() if isinstance(node, exp.Func) else node.key)


def whole(node: exp.Expr | None, what: str) -> int:
    """A number that is written out. Raises NotTheSame."""
    if not isinstance(node, exp.Literal) or node.is_string or not node.this.isdigit() or len(node.this) > 9:
        raise NotTheSame(what)
    return int(node.this)


def boolean(of: Typed, what: str) -> str:
    if of.kind not in (BOOLEAN, NULL):
        raise NotTheSame(what)
    return of.sql


def _literal(node: exp.Expr, _say: Say) -> Typed:
    written = str(node.this)
    if node.is_string:
        return Typed(text(written), TEXT, written)
    if written.isdigit() and len(written) <= 18:
        return Typed(written, INTEGER)
    before, dot, after = written.partition(".")
    if dot and (before + after).isdigit() and len(before + after) <= 18 and before and after:
        return Typed(written, decimal(len(after)))
    raise NotTheSame("number")


def _comparison(node: exp.Expr, say: Say) -> Typed:
    (left, right), _ = together([say(node.this), say(node.expression)], node.key)
    return Typed(f"({left} {_COMPARED[type(node)]} {right})", BOOLEAN)


def _logic(word: str) -> Callable[[exp.Expr, Say], Typed]:
    def of(node: exp.Expr, say: Say) -> Typed:
        return Typed(f"({boolean(say(node.this), word)} {word} {boolean(say(node.expression), word)})", BOOLEAN)

    return of


def _is(node: exp.Expr, say: Say) -> Typed:
    of = say(node.this)
    if isinstance(node.expression, exp.Null):
        return Typed(f"({of.sql} is null)", BOOLEAN)
    if isinstance(node.expression, exp.Boolean):
        return Typed(f"({boolean(of, 'is')} <=> {str(node.expression.this).lower()})", BOOLEAN)
    raise NotTheSame("is")


def _between(node: exp.Expr, say: Say) -> Typed:
    (of, low, high), _ = together([say(node.this), say(node.args["low"]), say(node.args["high"])], "between")
    return Typed(f"({of} between {low} and {high})", BOOLEAN)


def _in(node: exp.Expr, say: Say) -> Typed:
    if not node.expressions:
        raise NotTheSame("in")
    items, _ = together([say(node.this), *map(say, node.expressions)], "in")
    return Typed(f"({items[0]} in ({', '.join(items[1:])}))", BOOLEAN)


def _like(node: exp.Expr, say: Say) -> Typed:
    of, pattern = say(node.this), say(node.expression)
    if of.kind != TEXT or pattern.written is None or "\\" in pattern.written:
        raise NotTheSame("like")
    return Typed(f"({of.sql} like {pattern.sql})", BOOLEAN)


def _case(node: exp.Expr, say: Say) -> Typed:
    if node.this is not None:
        raise NotTheSame("case of a value")
    conditions = [boolean(say(each.this), "case") for each in node.args["ifs"]]
    default = node.args.get("default")
    results = [say(each.args["true"]) for each in node.args["ifs"]]
    values, kind = together([*results, say(default) if default is not None else Typed("null", NULL)], "case")
    whens = " ".join(f"when {one} then {value}" for one, value in zip(conditions, values[:-1], strict=True))
    return Typed(f"(case {whens} else {values[-1]} end)", kind)


def _if(node: exp.Expr, say: Say) -> Typed:
    default = node.args.get("false")
    values, kind = together([say(node.args["true"]), say(default) if default else Typed("null", NULL)], "if")
    return Typed(f"(case when {boolean(say(node.this), 'if')} then {values[0]} else {values[1]} end)", kind)


def _function(word: str) -> Callable[[exp.Expr, Say], Typed]:
    """Of values of one kind, which it answers with one of them."""

    def of(node: exp.Expr, say: Say) -> Typed:
        parts = [node.this, *node.expressions] if node.args.get("this") is not None else list(node.expressions)
        values, kind = together([say(each) for each in parts], word)
        return Typed(f"{word}({', '.join(values)})", kind)

    return of


def _nullif(node: exp.Expr, say: Say) -> Typed:
    of = say(node.this)
    (one, other), _ = together([of, say(node.expression)], "nullif")
    return Typed(f"(case when {one} = {other} then null else {of.sql} end)", of.kind)


# --- numbers


def _sum(sign: str) -> Callable[[exp.Expr, Say], Typed]:
    def of(node: exp.Expr, say: Say) -> Typed:
        if isinstance(node.expression, exp.Interval):
            return _shifted(say(node.this), sign, node.expression)
        left, right = say(node.this), say(node.expression)
        if sign == "-" and left.kind == DATE and right.kind == DATE:
            return Typed(f"cast(datediff({left.sql}, {right.sql}) as bigint)", INTEGER)
        return _calculated(left, sign, right)

    return of


def _calculated(left: Typed, sign: str, right: Typed) -> Typed:
    if not numeric(left.kind) or not numeric(right.kind):
        raise NotTheSame(sign)
    if DOUBLE in (left.kind, right.kind):
        return Typed(f"({as_double(left)} {sign} {as_double(right)})", DOUBLE)
    if HUGE in (left.kind, right.kind):
        if "decimal" in (left.kind.name, right.kind.name) or sign == "*":
            raise NotTheSame(f"{sign} of a sum")
        return Typed(f"({left.sql} {sign} {right.sql})", HUGE)
    if "decimal" not in (left.kind.name, right.kind.name):
        return Typed(f"({left.sql} {sign} {right.sql})", INTEGER)
    scales = left.kind.scale, right.kind.scale
    return Typed(f"({left.sql} {sign} {right.sql})", decimal(sum(scales) if sign == "*" else max(scales)))


def _times(node: exp.Expr, say: Say) -> Typed:
    return _calculated(say(node.this), "*", say(node.expression))


def _divided(node: exp.Expr, say: Say) -> Typed:
    left, right = say(node.this), say(node.expression)
    if not numeric(left.kind) or not exact(right.kind):
        # A double may be minus zero, by which one engine divides to minus infinity.
        raise NotTheSame("/")
    above, below = as_double(left), as_double(right)
    if isinstance(node.expression, exp.Literal) and float(node.expression.this):
        return Typed(f"({above} / {below})", DOUBLE)
    return Typed(
        f"(case when {right.sql} <> 0 then {above} / {below} when {right.sql} is null or {above} is null then null"
        f" when isnan({above}) or {above} = 0 then double('NaN')"
        f" when {above} > 0 then double('Infinity') else double('-Infinity') end)",
        DOUBLE,
    )


def _whole_part(word: str) -> Callable[[exp.Expr, Say], Typed]:
    def of(node: exp.Expr, say: Say) -> Typed:
        left, right = say(node.this), say(node.expression)
        if left.kind != INTEGER or right.kind != INTEGER:
            raise NotTheSame(word)
        return Typed(f"({left.sql} {word} nullif({right.sql}, 0))", INTEGER)

    return of


def _negative(node: exp.Expr, say: Say) -> Typed:
    of = say(node.this)
    if not numeric(of.kind):
        raise NotTheSame("-")
    return Typed(f"(- {of.sql})", of.kind)


def _absolute(node: exp.Expr, say: Say) -> Typed:
    of = say(node.this)
    if not numeric(of.kind) or of.kind == HUGE:
        raise NotTheSame("abs")
    return Typed(f"abs({of.sql})", of.kind)


def _rounded(node: exp.Expr, say: Say) -> Typed:
    of, places = say(node.this), node.args.get("decimals")
    digits = whole(places, "round") if places is not None else 0
    if of.kind == DOUBLE and digits <= 9:
        # As C does it: away from zero, after a multiplication. Spark would round the decimal notation instead.
        factor = f"1{'0' * digits}D"
        return Typed(f"(round({of.sql} * {factor}, 0) / {factor})" if digits else f"round({of.sql}, 0)", DOUBLE)
    if of.kind.name == "decimal" and digits <= of.kind.scale:
        return Typed(f"round({of.sql}, {digits})", decimal(digits))
    if of.kind == INTEGER:
        return of
    raise NotTheSame("round")


def _to_whole(word: str) -> Callable[[exp.Expr, Say], Typed]:
    def of(node: exp.Expr, say: Say) -> Typed:
        found = say(node.this)
        if any(node.args.get(each) for each in ("decimals", "to")):
            raise NotTheSame(word)
        if found.kind == DOUBLE:
            return Typed(f"cast({word}({found.sql}) as double)", DOUBLE)
        if found.kind.name == "decimal":
            return Typed(f"{word}({found.sql})", decimal(0))
        raise NotTheSame(word)

    return of


# --- texts


def _texts(node: exp.Expr, say: Say, *parts: exp.Expr) -> list[str]:
    found = [say(each) for each in parts]
    if any(each.kind not in (TEXT, NULL) for each in found):
        raise NotTheSame(node.key)
    return [each.sql for each in found]


def _of_texts(word: str, kind: Kind) -> Callable[[exp.Expr, Say], Typed]:
    def of(node: exp.Expr, say: Say) -> Typed:
        one, other = _texts(node, say, node.this, node.expression)
        return Typed(f"{word}({one}, {other})", kind)

    return of


def _length(node: exp.Expr, say: Say) -> Typed:
    (of,) = _texts(node, say, node.this)
    return Typed(f"cast(length({of}) as bigint)", INTEGER)


def _substring(node: exp.Expr, say: Say) -> Typed:
    (of,) = _texts(node, say, node.this)
    start, length = node.args.get("start"), node.args.get("length")
    first = whole(start, "substring")
    if first < 1:
        raise NotTheSame("substring")
    rest = f", {whole(length, 'substring')}" if length is not None else ""
    return Typed(f"substring({of}, {first}{rest})", TEXT)


def _left(node: exp.Expr, say: Say) -> Typed:
    (of,) = _texts(node, say, node.this)
    return Typed(f"substring({of}, 1, {whole(node.expression, 'left')})", TEXT)


def _concatenated(node: exp.Expr, say: Say) -> Typed:
    return Typed(f"concat_ws('', {', '.join(_texts(node, say, *node.expressions))})", TEXT)


# --- days and moments


def _day_or_moment(of: Typed, what: str) -> Typed:
    if of.written is not None:
        of = literal_as(of, DATE)
    if of.kind not in (DATE, MOMENT):
        raise NotTheSame(what)
    return of


def _part(part: str, of: Typed) -> Typed:
    of = _day_or_moment(of, part.lower())
    known = _OF_DAYS | (_OF_TIMES if of.kind == MOMENT else {})
    if part not in known:
        raise NotTheSame(part.lower())
    return Typed(f"cast({known[part].format(of.sql)} as bigint)", INTEGER)


def _extracted(node: exp.Expr, say: Say) -> Typed:
    return _part(str(node.this.this).upper(), say(node.expression))


def _cut(node: exp.Expr, say: Say) -> Typed:
    of, unit = _day_or_moment(say(node.this), "date_trunc"), str(node.args["unit"].this).upper()
    if unit not in _CUT:
        raise NotTheSame("date_trunc")
    return Typed(f"cast(date_trunc('{unit}', cast({moment(of).sql} as timestamp)) as timestamp_ntz)", MOMENT)


def _shifted(of: Typed, sign: str, interval: exp.Interval) -> Typed:
    of = _day_or_moment(of, "interval")
    unit, written = str(interval.args["unit"].this).upper().removesuffix("S"), str(interval.this.this)
    if unit not in ("DAY", "WEEK", "MONTH", "YEAR") or not written.isdigit() or len(written) > 5:
        raise NotTheSame("interval")
    number = int(written) * {"DAY": 1, "WEEK": 7, "MONTH": 1, "YEAR": 12}[unit]
    length = f"interval '{number}' {'day' if unit in ('DAY', 'WEEK') else 'month'}"
    return Typed(f"({moment(of).sql} {sign} {length})", MOMENT)


def _days_between(node: exp.Expr, say: Say) -> Typed:
    later, earlier = _day_or_moment(say(node.this), "date_diff"), _day_or_moment(say(node.expression), "date_diff")
    unit = str(node.args["unit"].this).upper() if node.args.get("unit") is not None else ""
    if later.kind != DATE or earlier.kind != DATE:
        raise NotTheSame("date_diff")
    one, other = later.sql, earlier.sql
    found = {
        "DAY": f"datediff({one}, {other})",
        "MONTH": f"((year({one}) - year({other})) * 12 + month({one}) - month({other}))",
        "YEAR": f"(year({one}) - year({other}))",
    }.get(unit)
    if found is None:
        raise NotTheSame("date_diff")
    return Typed(f"cast({found} as bigint)", INTEGER)


def _last_day(node: exp.Expr, say: Say) -> Typed:
    of = _day_or_moment(say(node.this), "last_day")
    if of.kind != DATE or node.args.get("unit") is not None:
        raise NotTheSame("last_day")
    return Typed(f"last_day({of.sql})", DATE)


# --- casts


def _cast(node: exp.Expr, say: Say) -> Typed:
    of, wanted = say(node.this), node.args["to"].this.value.removesuffix("NTZ")
    if of.written is not None and wanted in ("DATE", "TIMESTAMP"):
        return literal_as(of, DATE if wanted == "DATE" else MOMENT)
    cast = _CASTS.get((of.kind.name, wanted))
    if cast is None or (wanted == "BOOLEAN" and of.kind != BOOLEAN):
        raise NotTheSame(f"cast to {wanted.lower()}")
    spoken, kind = cast
    return Typed(f"cast({of.sql} as {spoken})", kind)


_CASTS: dict[tuple[str, str], tuple[str, Kind]] = {
    ("boolean", "BOOLEAN"): ("boolean", BOOLEAN),
    ("boolean", "INT"): ("int", INTEGER),
    ("boolean", "BIGINT"): ("bigint", INTEGER),
    ("integer", "BIGINT"): ("bigint", INTEGER),
    ("integer", "INT"): ("int", INTEGER),
    ("integer", "DOUBLE"): ("double", DOUBLE),
    ("huge", "DOUBLE"): ("double", DOUBLE),
    ("decimal", "DOUBLE"): ("double", DOUBLE),
    ("double", "DOUBLE"): ("double", DOUBLE),
    ("date", "DATE"): ("date", DATE),
    ("moment", "DATE"): ("date", DATE),
    ("date", "TIMESTAMP"): ("timestamp_ntz", MOMENT),
    ("moment", "TIMESTAMP"): ("timestamp_ntz", MOMENT),
    **{(kind, wanted): ("string", TEXT) for kind in ("integer", "date", "text") for wanted in ("TEXT", "VARCHAR")},
}

_WORDS: dict[type[exp.Expr], Callable[[exp.Expr, Say], Typed]] = {
    exp.Literal: _literal,
    exp.Boolean: lambda node, _: Typed(str(node.this).lower(), BOOLEAN),
    exp.Null: lambda _node, _: Typed("null", NULL),
    exp.Paren: lambda node, say: say(node.this),
    exp.And: _logic("and"),
    exp.Or: _logic("or"),
    exp.Not: lambda node, say: Typed(f"(not {boolean(say(node.this), 'not')})", BOOLEAN),
    exp.Is: _is,
    exp.Between: _between,
    exp.In: _in,
    exp.Like: _like,
    exp.Case: _case,
    exp.If: _if,
    exp.Coalesce: _function("coalesce"),
    exp.Greatest: _function("greatest"),
    exp.Least: _function("least"),
    exp.Nullif: _nullif,
    exp.Add: _sum("+"),
    exp.Sub: _sum("-"),
    exp.Mul: _times,
    exp.Div: _divided,
    exp.IntDiv: _whole_part("div"),
    exp.Mod: _whole_part("%"),
    exp.Neg: _negative,
    exp.Abs: _absolute,
    exp.Round: _rounded,
    exp.Floor: _to_whole("floor"),
    exp.Ceil: _to_whole("ceil"),
    exp.Length: _length,
    exp.Substring: _substring,
    exp.Left: _left,
    exp.DPipe: _of_texts("concat", TEXT),
    exp.Concat: _concatenated,
    exp.StartsWith: _of_texts("startswith", BOOLEAN),
    exp.EndsWith: _of_texts("endswith", BOOLEAN),
    exp.Contains: _of_texts("contains", BOOLEAN),
    exp.Extract: _extracted,
    exp.TimestampTrunc: _cut,
    exp.DateTrunc: _cut,
    exp.DateDiff: _days_between,
    exp.LastDay: _last_day,
    exp.Cast: _cast,
}
