"""Reading a department's rows where they lie: SQLite, PostgreSQL, MySQL, Parquet and CSV files, JSON APIs.

`Sources(bindings)` answers for all products of a department. Whatever the kind of source, the same question gets the
same rows: a source may rule out what it surely can (`sql`), our own conversion makes the contract's values of what
comes (`conversion`), and every condition is worked out once more on those (`filtering`).
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import cast

import pyarrow as pa

from yiwang.library.engines import spark
from yiwang.library.gateways import filtering
from yiwang.library.gateways.bindings import Bindings, Bound, Connection, SourceKind
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.fragment import (
    AllOf,
    AnyOf,
    Compare,
    Keys,
    Not,
    OneOf,
    Order,
    Predicate,
    StartsWith,
    Value,
)
from yiwang.library.gateways.gateway import Quality
from yiwang.library.gateways.quality import assess
from yiwang.library.gateways.refusals import Offline
from yiwang.library.gateways.sources.asking import Ask, Source, Unreachable
from yiwang.library.gateways.sources.slices import Slice, Sliceable
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import plain_schema

__all__ = ["Sources", "Stop"]

log = logging.getLogger(__name__)

QUALITY_SECONDS = 3600.0
LARGE = 256_000_000
"""Bytes of a source above which its quality is checked on the cluster, where the operator named one."""
PIECE = 32_000_000
"""Bytes of a slice"""
SLICED = frozenset({SourceKind.FILES, SourceKind.POSTGRES, SourceKind.SQLITE})


class Sources:
    """All sources of one department, opened when first asked. Safe to use from many threads."""

    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.department = bindings.department
        self._open: dict[str, Source] = {}
        self._lock = threading.Lock()

    def scan(
        self,
        product: Product,
        fields: Sequence[str],
        where: Predicate | None = None,
        keys: Keys | None = None,
        after: Value = None,
        order: Sequence[Order] = (),
        limit: int | None = None,
        stop: Stop | None = None,
        *,
        tally: Counter[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """The rows, in batches with the fields in this order and the contract's types; no batch is empty.

        The source is asked at the first step of the iterator; whoever gives up closes it. `tally` counts, by field,
        values that could not be converted. Raises Offline, Cancelled; WrongKind for a value its field could never hold;
        KeyError for an unknown field.
        """
        ask = self._ask(product, fields, where, keys, after, tuple(order), limit, tally)
        stop = stop or Stop()
        try:
            yield from _answer(ask, self._source(ask.bound.connection).batches(ask, stop))
        except Unreachable as error:
            raise Offline(self.department, product.reference, str(error)) from error

    def as_of(self, product: Product, stop: Stop | None = None) -> datetime | None:
        """When the source last changed, as far as it tells without being read. Raises Offline."""
        bound = self._bound(product)
        try:
            return self._source(bound.connection).as_of(bound, stop or Stop())
        except Unreachable as error:
            raise Offline(self.department, product.reference, str(error)) from error

    def quality(self, product: Product, stop: Stop | None = None) -> Quality:
        """Run the contract's rules over all rows; where they are many, on the owner's cluster.

        Raises Offline, Cancelled.
        """
        unconvertible: Counter[str] = Counter()
        stop = stop or Stop(QUALITY_SECONDS)
        if spark.master() and (found := self._quality_on_spark(product, stop)) is not None:
            return found
        batches = self.scan(product, [each.name for each in product.fields], stop=stop, tally=unconvertible)
        return assess(product, batches, unconvertible)

    def _quality_on_spark(self, product: Product, stop: Stop) -> Quality | None:
        """None where the source is small, cannot be cut, or the cluster did not see it through."""
        from yiwang.library.gateways.sources import quality_on_spark

        bound = self._bound(product)
        if bound.connection.kind not in SLICED:
            return None
        source = cast(Sliceable, self._source(bound.connection))
        try:
            size = source.size(bound, stop)
            if size < LARGE:
                return None
            with source.sliced(bound, max(2, -(-size // PIECE)), stop) as slices:
                return quality_on_spark.assess(product, slices, _reader(product, bound), stop)
        except Unreachable as error:
            log.warning("The quality of %s is checked in the gateway: %s", product.reference, error)
            return None

    def close(self) -> None:
        with self._lock:
            for source in self._open.values():
                source.close()
            self._open.clear()

    def _bound(self, product: Product) -> Bound:
        bound = self.bindings.of(product)
        if bound is None:
            raise Offline(self.department, product.reference, "nothing says where its rows are")
        return bound

    def _ask(
        self,
        product: Product,
        fields: Sequence[str],
        where: Predicate | None,
        keys: Keys | None,
        after: Value,
        order: tuple[Order, ...],
        limit: int | None,
        tally: Counter[str] | None,
    ) -> Ask:
        ask = Ask(product, self._bound(product), tuple(fields), where, keys, after, order, limit, tally)
        _check_kinds(ask)
        return ask

    def _source(self, connection: Connection) -> Source:
        found = self._open.get(connection.name)
        if found is None:
            with self._lock:
                found = self._open.get(connection.name)
                if found is None:
                    found = self._open[connection.name] = _opened(connection)
        return found


def _reader(product: Product, bound: Bound) -> Callable[[Slice, Counter[str]], Iterator[pa.RecordBatch]]:
    """Reads slices in another process, with connections of its own."""
    fields = tuple(each.name for each in product.fields)

    def read(part: Slice, tally: Counter[str]) -> Iterator[pa.RecordBatch]:
        source = _opened(bound.connection)
        try:
            yield from source.batches(Ask(product, bound, fields, tally=tally, part=part), Stop(QUALITY_SECONDS))
        finally:
            source.close()

    return read


def _opened(connection: Connection) -> Source:
    # Each kind brings its own driver: only those that are used are loaded.
    if connection.kind is SourceKind.SQLITE:
        from yiwang.library.gateways.sources.sqlite import SqliteSource

        assert connection.path is not None
        return SqliteSource(connection.path)
    if connection.kind is SourceKind.FILES:
        from yiwang.library.gateways.sources.files import FilesSource

        assert connection.path is not None
        return FilesSource(connection.path)
    if connection.kind is SourceKind.POSTGRES:
        from yiwang.library.gateways.sources.postgres import PostgresSource

        return PostgresSource(connection.url)
    if connection.kind is SourceKind.MYSQL:
        from yiwang.library.gateways.sources.mysql import MysqlSource

        return MysqlSource(connection.url)
    from yiwang.library.gateways.sources.http import HttpSource

    return HttpSource(connection.url, connection.headers)


def _check_kinds(ask: Ask) -> None:
    """Raises WrongKind before anything is read, KeyError for unknown fields."""
    for name, values in compared(ask.condition):
        if not filtering.all_fit([each for each in values if each is not None], ask.schema.field(name).type):
            raise filtering.WrongKind(name)


def compared(predicate: Predicate | None) -> Iterator[tuple[str, Sequence[Value]]]:
    """Every field with the values that it is compared with."""
    match predicate:
        case Compare(field, _, value):
            yield field, (value,)
        case OneOf(field, values):
            yield field, values
        case StartsWith(field, text):
            yield field, (text,)
        case Not(item):
            yield from compared(item)
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from compared(item)


def _answer(ask: Ask, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What was asked for out of what came: the conditions again, then order and limit, then the fields."""
    wanted = list(ask.fields)
    if ask.order:
        yield from _first(ask, batches).select(wanted).to_batches()
        return
    left = ask.limit
    for batch in batches:
        table = pa.Table.from_batches([batch])
        if ask.condition is not None:
            table = filtering.kept(table, ask.condition)
        table = table.select(wanted)
        if left is not None:
            table = table.slice(0, left)
            left -= table.num_rows
        yield from (each for each in table.to_batches() if each.num_rows)
        if left is not None and left <= 0:
            break


def _first(ask: Ask, batches: Iterator[pa.RecordBatch]) -> pa.Table:
    """In order; with a limit, never more than a few batches are kept."""
    held = ask.schema.empty_table()
    waiting: list[pa.Table] = []
    rows = 0
    for batch in batches:
        table = filtering.kept(pa.Table.from_batches([batch]), ask.condition)
        waiting.append(table)
        rows += table.num_rows
        if ask.limit is not None and rows >= max(ask.limit, 100_000):
            held = filtering.in_order(pa.concat_tables([held, *waiting]), ask.order, ask.limit)
            waiting, rows = [], 0
    return filtering.in_order(pa.concat_tables([held, *waiting]), ask.order, ask.limit).combine_chunks()


def read_all(batches: Iterator[pa.RecordBatch], product: Product, fields: Sequence[str]) -> pa.Table:
    """The batches as one table, also where there are none."""
    return pa.Table.from_batches(batches, schema=plain_schema(product, fields))
