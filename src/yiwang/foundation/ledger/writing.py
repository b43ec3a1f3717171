"""Insert many rows at once, without the cost of a model instance for each.

For the write path, where a submission writes some thirty rows while everybody else waits for the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Field, ForeignKey, IntegerField, Model, TextField

MOST = 500
"""Rows in one statement: SQLite takes 32,766 values, and our widest table has fewer than 60 columns."""

Prepare = Callable[[Any, BaseDatabaseWrapper], Any]
Rows = Sequence[Mapping[str, object]]


def insert(model: type[Model], rows: Rows) -> None:
    """Insert rows, each told by attribute name (`case_id`), all with the same names; ids come from the database.

    Neither `save`, validation nor defaults of the model are asked. Raises django.db.IntegrityError.
    """
    insert_all([(model, rows)])


def insert_all(tables: Sequence[tuple[type[Model], Rows]]) -> None:
    """Insert rows of several tables, in this order; PostgreSQL is told of all of them in one message."""
    # Asked of the proxy, each of some hundred values would look for this thread's connection again.
    connection = connections[DEFAULT_DB_ALIAS]
    statements = [statement for model, rows in tables for statement in _statements(model, rows, connection)]
    if (
        connection.vendor == "postgresql"
        and not getattr(connection.features, "uses_server_side_binding", False)
        and statements
    ):
        text = "; ".join(text for text, _values in statements)
        statements = [(text, [value for _text, values in statements for value in values])]
    with connection.cursor() as cursor:
        for text, values in statements:
            cursor.execute(text, values)


def _statements(model: type[Model], rows: Rows, connection: BaseDatabaseWrapper) -> Iterator[tuple[str, list[Any]]]:
    if not rows:
        return
    names = tuple(rows[0])
    head, prepare = _statement(model, names)
    row = f"({', '.join(['%s'] * len(names))})"
    for start in range(0, len(rows), MOST):
        some = rows[start : start + MOST]
        values = [ready(each[name], connection) for each in some for name, ready in prepare]
        yield f"{head} {', '.join([row] * len(some))}", values


@lru_cache(maxsize=200)
def _statement(model: type[Model], names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, Prepare], ...]]:
    known = {field.attname: field for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{known[name].column}"' for name in names)
    head = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES'
    return head, tuple((name, _preparing(known[name])) for name in names)


def _preparing(field: Field[Any, Any]) -> Prepare:
    """What makes a value of the field one that the driver takes; text and numbers are that already."""
    target = field.target_field if isinstance(field, ForeignKey) else field
    if isinstance(target, CharField | TextField | IntegerField):
        return _as_it_is
    return field.get_db_prep_save


def _as_it_is(value: Any, _connection: BaseDatabaseWrapper) -> Any:
    return value
