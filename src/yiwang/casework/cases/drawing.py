"""Draw a case's projected rows into the tables that queries read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Field

from yiwang.casework.cases import projection
from yiwang.casework.cases.models import Part, Party, Task
from yiwang.foundation.ledger.writing import Rows

Key = tuple[str, ...]
Changes = dict[str, object]


def drawn(case_id: int, rows: projection.Rows, applicant: str) -> list[tuple[type[Part] | type[Task], Rows]]:
    """The rows of a new case, for `writing.insert_all`."""
    tasks = [
        {"case_id": case_id, **projection.fields(task), "applicant": applicant if task.is_open else ""}
        for task in rows.tasks.values()
    ]
    return [
        (Part, [{"case_id": case_id, **projection.fields(part)} for part in rows.parts.values()]),
        (Task, tasks),
    ]


def update(case_id: int, before: projection.Rows, after: projection.Rows) -> None:
    """What is another now than before. Both hold the same parts and tasks, or a share of the case's."""
    parts: dict[Key, Changes] = {}
    for key, part in after.parts.items():
        if changes := projection.changed_fields(before.parts[key], part):
            parts[(key,)] = changes
    tasks: dict[Key, Changes] = {}
    for pair, task in after.tasks.items():
        if changes := projection.changed_fields(before.tasks[pair], task):
            tasks[pair] = changes
    opened = any(changes.get("is_open") for changes in tasks.values())
    applicant = Party.objects.filter(pk=case_id).values_list("name", flat=True).first() if opened else None
    for changes in tasks.values():
        if "is_open" in changes:
            changes["applicant"] = (applicant or "") if changes["is_open"] else ""
    _update(Part, case_id, ("key",), parts)
    _update(Task, case_id, ("part", "key"), tasks)


def draw_all(case_id: int, rows: projection.Rows) -> None:
    """Every row anew, but for the applicant's name on tasks."""
    _update(Part, case_id, ("key",), {(key,): projection.fields(part) for key, part in rows.parts.items()})
    _update(Task, case_id, ("part", "key"), {pair: projection.fields(task) for pair, task in rows.tasks.items()})


def _update(model: type[Part] | type[Task], case_id: int, key: Key, changed: Mapping[Key, Changes]) -> None:
    """Update rows of a case by their keys: one statement for all rows in which the same columns change."""
    alike: dict[Key, list[Key]] = {}
    for row, changes in changed.items():
        alike.setdefault(tuple(changes), []).append(row)
    where = " AND ".join(f'"{column}" = %s' for column in ("case_id", *key))
    with connection.cursor() as cursor:
        for names, rows in alike.items():
            fields = [_field(model, name) for name in names]
            told = ", ".join(f'"{field.column}" = %s' for field in fields)
            statement = f'UPDATE "{model._meta.db_table}" SET {told} WHERE {where}'  # noqa: S608 (our own names only)
            values = [[*_stored(fields, names, changed[row]), case_id, *row] for row in rows]
            cursor.executemany(statement, values)


def _field(model: type[Part] | type[Task], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _stored(fields: list[Field[Any, Any]], names: Key, changes: Changes) -> list[Any]:
    """The values as the database's driver wants them."""
    return [field.get_db_prep_save(changes[name], connection) for field, name in zip(fields, names, strict=True)]
