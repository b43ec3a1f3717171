"""The rules of a contract over all rows of a large source, worked out by executors of a cluster (`engines.spark`).

Each executor reads slices at the source itself, with the department's own binding, and converts and judges them as the
gateway would: it is the same code (`quality.Assessment`). What comes back to the gateway are counts. For rules that say
"only once", digests of values, keyed for this one run, go from executor to executor; no value does.

The cluster is the owner's: it is named to the gateway's process (YIWANG_SPARK_MASTER), and its executors learn how the
source is reached.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from yiwang.foundation.kernel.time import frozen, now
from yiwang.library.engines import spark
from yiwang.library.engines.spark import EngineMissing
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.gateway import Quality
from yiwang.library.gateways.quality import Assessment, Digests, Tally
from yiwang.library.gateways.refusals import Cancelled
from yiwang.library.gateways.sources.asking import Unreachable
from yiwang.library.gateways.sources.slices import Slice
from yiwang.library.gateways.stopping import Stop

Read = Callable[[Slice, "Counter[str]"], Iterator[pa.RecordBatch]]
"""The rows of a slice, with the values counted that could not be converted; it runs on an executor."""

_SCHEMA = pa.schema([("rule", pa.string()), ("digest", pa.binary()), ("tally", pa.binary())])
_COLUMNS = "rule string, digest binary, tally binary"
_ROWS = 50_000


def assess(product: Product, slices: Sequence[Slice], read: Read, stop: Stop) -> Quality:
    """As `quality.assess`, to the last count. Raises Unreachable, Cancelled."""
    at, key = now(), secrets.token_bytes(32)
    try:
        session = spark.session()
    except EngineMissing as missing:
        raise Unreachable(str(missing)) from missing
    try:
        with spark.job(session, lambda: stop.stopped):
            numbers = session.range(0, len(slices), 1, len(slices))
            found = numbers.mapInArrow(_work(product, slices, read, at, key), _COLUMNS)
            found.createOrReplaceTempView("found")
            # In one job: digests that meet are one value; a tally meets nothing.
            lines = session.sql(
                "select rule, sum(n) as n, count(*) as different, collect_list(tally) as tallies from ("
                "select rule, digest, count(*) as n, first(tally) as tally from found group by rule, digest"
                ") as met group by rule"
            ).collect()
    except Exception as error:  # noqa: BLE001 - py4j, Spark and what the executors meet
        if stop.stopped:
            raise Cancelled from None
        raise Unreachable(f"the cluster could not read it: {_said(error)}") from None
    assessment = Assessment(product)
    unconvertible: Counter[str] = Counter()
    for line in lines:
        if line["rule"]:
            assessment.bad[line["rule"]] += int(line["n"]) - int(line["different"])
        for body in line["tallies"]:
            tally = Tally.from_bytes(bytes(body))
            assessment.add(tally)
            unconvertible.update(tally.unconvertible)
    return assessment.result(unconvertible)


def _work(
    product: Product, slices: Sequence[Slice], read: Read, at: datetime, key: bytes
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from _judged(product, number, slices[number], read, at, key)

    return work


def _judged(
    product: Product, number: int, slice_: Slice, read: Read, at: datetime, key: bytes
) -> Iterator[pa.RecordBatch]:
    """On an executor. The same slice makes the same rows, however often it is tried."""
    waiting: list[tuple[str, bytes]] = []
    assessment = Assessment(product, Digests(lambda rule, digest: waiting.append((rule, digest)), key))
    unconvertible: Counter[str] = Counter()
    # It is the same day and hour for all of them as for who asked.
    with frozen(at):
        for batch in read(slice_, unconvertible):
            assessment.take(batch)
            if len(waiting) >= _ROWS:
                yield _batch(waiting)
                waiting.clear()
    yield _batch(waiting)
    tally = assessment.tally(unconvertible).to_bytes()
    yield pa.record_batch([[""], [number.to_bytes(8, "big")], [tally]], schema=_SCHEMA)


def _batch(found: Sequence[tuple[str, bytes]]) -> pa.RecordBatch:
    return pa.record_batch(
        [[rule for rule, _ in found], [digest for _, digest in found], pa.nulls(len(found), pa.binary())],
        schema=_SCHEMA,
    )


def _said(error: Any) -> str:
    """What our own code said on an executor, else the class of the error: Spark's text may hold values."""
    for line in str(error).splitlines():
        if "Unreachable: " in line:
            return line.partition("Unreachable: ")[2]
    return type(error).__name__
