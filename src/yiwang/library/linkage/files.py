"""Registers as files: CSV of any usual encoding and separator, and Parquet, brought to text by element."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yiwang.foundation.kernel.findings import Finding, Refused
from yiwang.library.linkage.columns import ColumnMap
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.meanings import Kind, Meaning
from yiwang.library.linkage.values import as_text

MOST_BYTES = 2 * 1024**3
MOST_RECORDS = 5_000_000
LONGEST_VALUE = 500
_SEPARATORS = ",;\t|"


def read(path: Path, columns: ColumnMap) -> Register:
    """A file's records. Raises Refused, whose findings say what is wrong with the file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise _refused(path, 0, f"The file cannot be read: {error.strerror}.", "Check its name and rights.") from error
    if size > MOST_BYTES:
        raise _refused(path, 0, "The file has more than 2 GB.", "Split it, and add its parts one by one with --state.")
    if start == b"PAR1":
        header, values = _parquet(path, columns)
    else:
        header, values = csv_columns(path)
    if not header or not any(header):
        raise _refused(path, 1, "The file is empty.", "Its first line must name its columns.")
    if doubled := sorted({name for name in header if name and header.count(name) > 1}):
        raise _refused(path, 1, f"Two columns are called {', '.join(doubled)}.", "Give each column a name of its own.")
    meanings = columns.of(path, header)
    if len(values[0]) == 0:
        raise _refused(path, 2, "The file names its columns and holds no records.", "Add its records.")
    return _register(path, header, values, meanings)


def _refused(path: Path, line: int, message: str, remedy: str) -> Refused:
    return Refused([Finding(path, line, message, remedy)])


def _register(
    path: Path, header: Sequence[str], values: Sequence[Sequence[str]], meanings: Mapping[str, Meaning]
) -> Register:
    """Several columns of one element are read together: parts of a name or an address join, else the first counts."""
    found: dict[str, list[str]] = {}
    known: dict[str, Meaning] = {}
    ids: Sequence[str] | None = None
    for column, meaning in meanings.items():
        told = values[header.index(column)]
        if meaning.kind is Kind.RECORD:
            ids = told
        elif meaning.element in found:
            joins = meaning.kind in (Kind.NAME, Kind.ADDRESS, Kind.PLACE, Kind.TEXT, Kind.COMPANY)
            found[meaning.element] = [
                f"{one} {other}".strip() if joins else one or other
                for one, other in zip(found[meaning.element], told, strict=True)
            ]
        else:
            found[meaning.element] = list(told)
            known[meaning.element] = meaning
    return Register(path.name, ids or [str(at) for at in range(1, len(values[0]) + 1)], found, known)


def _parquet(path: Path, columns: ColumnMap) -> tuple[list[str], list[list[str]]]:
    try:
        file = pq.ParquetFile(path)
        header = [str(name) for name in file.schema_arrow.names]
        if file.metadata.num_rows > MOST_RECORDS:
            raise _too_many(path)
        wanted = [name for name in header if name in columns.of(path, header)]
        table = file.read(columns=wanted)
    except (pa.ArrowException, OSError) as error:
        raise _refused(path, 0, f"This is no whole Parquet file: {error}.", "Write it again.") from error
    by_name = {name: [_cell(as_text(value)) for value in table.column(name).to_pylist()] for name in wanted}
    return wanted, [by_name[name] for name in wanted]


def _too_many(path: Path) -> Refused:
    return _refused(
        path, 0, f"The file has more than {MOST_RECORDS:,} records.", "Split it, and add its parts with --state."
    )


def csv_columns(path: Path) -> tuple[list[str], list[list[str]]]:
    """The names of a CSV file's columns, and the text of each. Raises Refused."""
    text = _decoded(path)
    first = text[: text.find("\n")] if "\n" in text else text
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    rows = _rows(path, reader)
    header = [name.strip() for name in next(rows, [])]
    columns: list[list[str]] = [[] for _ in header]
    for row in rows:
        if not any(row):
            continue
        if len(row) > len(header) and any(row[len(header) :]):
            raise _refused(
                path,
                reader.line_num,
                f"This line has {len(row)} values, the first line names {len(header)} columns.",
                "Put values that hold the separator in quotes.",
            )
        for at, column in enumerate(columns):
            column.append(_cell(as_text(row[at])) if at < len(row) else "")
        if len(columns[0]) > MOST_RECORDS:
            raise _too_many(path)
    return header, columns


def _rows(path: Path, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        raise _refused(path, line, f"This is no CSV: {error}.", "Check the quotes around here.") from error


def _cell(text: str) -> str:
    return text[:LONGEST_VALUE]


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    else:
        tried = ["utf-8-sig", "gb18030"]
    for encoding in tried:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused(
        path, 0, "This is neither text in UTF-8 or GB18030 nor Parquet.", "Save it as CSV in UTF-8, or as Parquet."
    )
