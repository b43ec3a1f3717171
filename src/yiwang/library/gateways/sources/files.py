"""A department's folder of Parquet and CSV files.

Each set of files is made into an *image* when it is first asked for, and again when one of them changes: the contract's
values as Arrow columns in an unnamed file that is mapped into memory, so that the system keeps in memory what is used
and nothing stays when the process ends. A field that rows are looked up by gets an index of hashes besides.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from yiwang.library.gateways.bindings import Bound
from yiwang.library.gateways.contract import Field, Product
from yiwang.library.gateways.conversion import column_of
from yiwang.library.gateways.fragment import AllOf, Compare, OneOf, Value
from yiwang.library.gateways.sources.asking import Ask, Unreachable
from yiwang.library.gateways.sources.slices import Slice, cut
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import arrow_type, plain_schema

MOST_FILES = 10_000
ROWS = 65_536

State = tuple[tuple[str, int, int], ...]


@dataclass
class Index:
    """Where the rows of a value are: hashes in order, and the row of each. A hash may be of another value too."""

    hashes: np.ndarray[Any, np.dtype[np.int64]]
    rows: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Index:
        hashes = np.fromiter(
            (hash(value) for chunk in column.chunks for value in chunk.to_pylist()), np.int64, len(column)
        )
        rows = np.argsort(hashes, kind="stable")
        return cls(hashes[rows], rows)

    def rows_of(self, values: Sequence[Value]) -> np.ndarray[Any, np.dtype[np.int64]]:
        """In their order in the files, each once."""
        wanted = np.fromiter((hash(value) for value in values), np.int64, len(values))
        first = np.searchsorted(self.hashes, wanted, "left")
        last = np.searchsorted(self.hashes, wanted, "right")
        found = [self.rows[start:end] for start, end in zip(first, last, strict=True) if start < end]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


@dataclass
class Image:
    """All fields of a product, in the contract's types; `bad` counts what could not be converted."""

    state: State
    table: pa.Table
    bad: Counter[str]
    indexes: dict[str, Index] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def index(self, name: str) -> Index:
        found = self.indexes.get(name)
        if found is None:
            with self.lock:
                found = self.indexes.get(name)
                if found is None:
                    found = self.indexes[name] = Index.of(self.table.column(name))
        return found


class FilesSource:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._images: dict[str, Image] = {}
        self._lock = threading.Lock()

    def batches(self, ask: Ask, stop: Stop) -> Iterator[pa.RecordBatch]:
        if ask.part is not None:
            yield from _of_part(ask, ask.part, stop)
            return
        image = self._image(ask.product, ask.bound, stop)
        if ask.tally is not None:
            ask.tally.update({name: image.bad[name] for name in ask.needed})
        table = image.table.select(list(ask.needed))
        if (looked_up := _looked_up(ask)) is not None:
            name, values = looked_up
            table = _taken(table, image.index(name).rows_of(values))
        for batch in table.to_batches(max_chunksize=ROWS):
            stop.check()
            yield batch

    def as_of(self, bound: Bound, stop: Stop) -> datetime | None:
        latest = max((written for _name, written, _size in self._state(bound)), default=0)
        return datetime.fromtimestamp(latest / 1e9, UTC) if latest else None

    def size(self, bound: Bound, stop: Stop) -> int:
        return sum(size for _name, _written, size in self._state(bound))

    @contextlib.contextmanager
    def sliced(self, bound: Bound, pieces: int, stop: Stop) -> Iterator[Sequence[Slice]]:
        """Parquet by row groups; a CSV file is one slice, as only who reads it from the start knows its lines."""
        before = self._state(bound)
        try:
            slices = list(_slices(before, pieces))
        except (pa.ArrowException, OSError) as error:
            raise Unreachable(f"the files {bound.table} cannot be read: {type(error).__name__}") from error
        yield slices
        if self._state(bound) != before:
            raise Unreachable(f"the files {bound.table} changed while they were read in slices")

    def close(self) -> None:
        with self._lock:
            self._images.clear()

    def _state(self, bound: Bound) -> State:
        try:
            paths = sorted(self.folder.glob(bound.table))
            found = [(str(path), (status := path.stat()).st_mtime_ns, status.st_size) for path in paths]
        except OSError as error:
            raise Unreachable(f"{self.folder.name}: {error.strerror}") from error
        if not found:
            raise Unreachable(f"no file in {self.folder.name} is called {bound.table}")
        if len(found) > MOST_FILES:
            raise Unreachable(f"more than {MOST_FILES} files in {self.folder.name} are called {bound.table}")
        return tuple(found)

    def _image(self, product: Product, bound: Bound, stop: Stop) -> Image:
        state = self._state(bound)
        image = self._images.get(product.reference)
        if image is not None and image.state == state:
            return image
        with self._lock:
            image = self._images.get(product.reference)
            if image is None or image.state != state:
                image = self._images[product.reference] = _made(product, bound, state, stop)
        return image


def _slices(state: State, pieces: int) -> Iterator[Slice]:
    total = sum(size for _name, _written, size in state) or 1
    for path, _written, size in state:
        if path.endswith(".csv"):
            yield Slice(path=path)
            continue
        with pa.parquet.ParquetFile(path) as file:
            groups = file.num_row_groups
        for first, last in cut(0, groups, max(1, round(pieces * size / total))):
            yield Slice(first, last, path)


def _of_part(ask: Ask, part: Slice, stop: Stop) -> Iterator[pa.RecordBatch]:
    """Without an image: whoever reads a slice reads it once."""
    bad: Counter[str] = Counter()
    path = Path(part.path)
    try:
        for raw in _raw(path, ask.bound, part):
            stop.check()
            kept = _only(raw, ask.bound)
            if kept.num_rows:
                yield _converted(kept, ask.product, ask.bound, bad, path).select(list(ask.needed))
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise Unreachable(f"the files {ask.bound.table} cannot be read: {type(error).__name__}") from error
    if ask.tally is not None:
        ask.tally.update({name: bad[name] for name in ask.needed})


def _looked_up(ask: Ask) -> tuple[str, Sequence[Value]] | None:
    """A field and the values of it that rows must have, where the question says so."""
    if ask.keys is not None:
        return ask.keys.field, ask.keys.values
    for part in ask.where.items if isinstance(ask.where, AllOf) else (ask.where,):
        if isinstance(part, OneOf) and len(part.values) <= 1_000:
            return part.field, [value for value in part.values if value is not None]
        if isinstance(part, Compare) and part.operator == "=" and not isinstance(part.value, bool):
            return part.field, [part.value]
    return None


def _taken(table: pa.Table, rows: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Table:
    """These rows, each out of its own piece: the table's other pieces are not touched."""
    if not len(rows):
        return table.slice(0, 0)
    if len(rows) > 64:
        return table.take(pa.array(rows)).combine_chunks()
    return pa.concat_tables([table.slice(int(row), 1) for row in rows]).combine_chunks()


def _made(product: Product, bound: Bound, state: State, stop: Stop) -> Image:
    schema = plain_schema(product)
    bad: Counter[str] = Counter()
    handle, name = tempfile.mkstemp(prefix="yiwang-image-")
    try:
        with os.fdopen(handle, "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            for path, _written, _size in state:
                for raw in _raw(Path(path), bound):
                    stop.check()
                    kept = _only(raw, bound)
                    if kept.num_rows:
                        writer.write_batch(_converted(kept, product, bound, bad, Path(path)))
        with pa.memory_map(name) as mapped:
            table = pa.ipc.open_file(mapped).read_all()
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise Unreachable(f"the files {bound.table} cannot be read: {type(error).__name__}") from error
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()
    return Image(state, table, bad)


def _raw(path: Path, bound: Bound, part: Slice | None = None) -> Iterator[pa.RecordBatch]:
    if path.suffix == ".csv":
        header = _header(path, bound.encoding)
        yield from pa.csv.open_csv(
            path,
            read_options=pa.csv.ReadOptions(encoding=bound.encoding),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False
            ),
        )
    else:
        with pa.parquet.ParquetFile(path) as file:
            groups = list(range(file.num_row_groups)[part.first : part.last]) if part is not None else None
            yield from file.iter_batches(batch_size=ROWS, row_groups=groups)


def _header(path: Path, encoding: str) -> list[str]:
    import csv

    with path.open(encoding=encoding.replace("utf-8", "utf-8-sig"), newline="") as file:
        return next(csv.reader(file), [])


def _only(batch: pa.RecordBatch, bound: Bound) -> pa.RecordBatch:
    keep = np.ones(batch.num_rows, dtype=bool)
    for name, values in bound.only.items():
        if name not in batch.schema.names:
            raise Unreachable(f"the files {bound.table} have no column {name}")
        wanted = {None if value is None else str(value) for value in values}
        found = batch.column(name).to_pylist()
        keep &= np.fromiter((_as_written(value) in wanted for value in found), bool, batch.num_rows)
    return batch if keep.all() else batch.filter(pa.array(keep))


def _as_written(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _converted(batch: pa.RecordBatch, product: Product, bound: Bound, bad: Counter[str], path: Path) -> pa.RecordBatch:
    arrays = []
    for each in product.fields:
        column = bound.column(each.name)
        if column.name not in batch.schema.names:
            raise Unreachable(f"{path.name} has no column {column.name}")
        raw = batch.column(column.name)
        if column.plain and raw.type == arrow_type(each) and _nothing_to_do(raw, each):
            arrays.append(raw)
            continue
        array, wrong = column_of(raw.to_pylist(), each, column)
        bad[each.name] += wrong
        arrays.append(array)
    return pa.record_batch(arrays, schema=plain_schema(product))


def _nothing_to_do(raw: pa.Array, each: Field) -> bool:
    if pa.types.is_string(raw.type):
        return not pa.compute.any(pa.compute.equal(raw, "")).as_py()
    return not pa.types.is_list(raw.type)
