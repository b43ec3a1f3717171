"""A question as one statement of DuckDB over an attached table, where its types leave nothing to convert by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.bindings import Column
from yiwang.library.gateways.contract import Field
from yiwang.library.gateways.sources.asking import Ask
from yiwang.library.gateways.sources.sql import Conditions, Dialect, Native, Natives, Rendered, fits
from yiwang.library.gateways.types import DECIMAL


class DuckDialect(Dialect):
    strict = True

    def among(self, column: str, values: Sequence[object], native: Native, name: str) -> Rendered:
        if len(values) > 100:
            return f"list_contains(?, {column})", [list(values)]
        return super().among(column, values, native, name)


def duckdb_select(ask: Ask, natives: Natives, catalogue: str) -> Rendered | None:
    """None where a column needs our own conversion."""
    dialect = DuckDialect()
    columns = duckdb_columns(ask, natives)
    if columns is None:
        return None
    where, parameters = Conditions(ask.product, ask.bound, natives, dialect).where(ask.condition)
    table = f"{catalogue}.{dialect.table(ask.bound.table)}"
    return f"SELECT {columns} FROM {table} WHERE {where}", parameters  # noqa: S608 - quoted, bound


def duckdb_columns(ask: Ask, natives: Natives) -> str | None:
    """What is needed, in the contract's types, for a SELECT; None where a column needs our own conversion."""
    dialect, columns = DuckDialect(), []
    for name in ask.needed:
        column = ask.bound.column(name)
        expression = duckdb_column(
            ask.product.by_name[name], column, natives.get(column.name, Native.OTHER), dialect.quote(column.name)
        )
        if expression is None:
            return None
        columns.append(f"{expression} AS {dialect.quote(name)}")
    return ", ".join(columns)


def duckdb_column(field: Field, column: Column, native: Native, quoted: str) -> str | None:
    """The column in the contract's type, or None."""
    if column.values is not None:
        return _mapped(column.values, quoted) if fits(field, Native.TEXT) else None
    if not column.plain:
        return None
    if native is Native.TEXT and field.kind is ElementKind.DATE:
        return f"TRY_CAST({quoted} AS DATE)"
    if not fits(field, native):
        return None
    if native is Native.TEXT:
        return f"NULLIF(CAST({quoted} AS VARCHAR), '')"
    if field.kind in (ElementKind.INTEGER, ElementKind.MONEY):
        return f"TRY_CAST({quoted} AS BIGINT)"
    if field.kind is ElementKind.DECIMAL:
        return f"TRY_CAST({quoted} AS DECIMAL({DECIMAL.precision}, {DECIMAL.scale}))"
    return f"CASE WHEN isfinite({quoted}) THEN {quoted} END" if native in (Native.DATE, Native.MOMENT) else quoted


def _mapped(values: Mapping[str, str | bool], quoted: str) -> str:
    def text(value: object) -> str:
        return "'" + str(value).replace("'", "''") + "'"

    whens = " ".join(f"WHEN {text(code)} THEN {text(meaning)}" for code, meaning in values.items())
    return f"CASE CAST({quoted} AS VARCHAR) {whens} END" if whens else "CAST(NULL AS VARCHAR)"
