"""Values of an answer as text: for a page, and for a CSV file that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text(value: Any) -> str:
    """A value as people read it; nothing becomes an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "; ".join(text(item) for item in value)
    return str(value)


def harmless(value: Any) -> str:
    """As `text`, with an apostrophe before what a spreadsheet would take for a formula; numbers stay as they are."""
    said = text(value)
    return f"'{said}" if isinstance(value, str) and said.startswith(_FORMULA) else said


def plain(value: Any) -> Any:
    """As JSON can say it: numbers exactly, as text where a float would round them."""
    if isinstance(value, Decimal | datetime | date):
        return text(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def csv_lines(table: pa.Table, batch: int = 5_000, *, mark: bool = True) -> Iterator[bytes]:
    """The table as CSV in UTF-8; with a byte order mark, by which spreadsheets know Chinese."""
    if mark:
        yield b"\xef\xbb\xbf"
    yield _lines([table.column_names])
    for part in table.to_batches(max_chunksize=batch):
        columns = [column.to_pylist() for column in part.columns]
        yield _lines([[harmless(value) for value in row] for row in zip(*columns, strict=True)])


def _lines(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()
