"""Carry a decided question out: ask the departments, as many at once as the plan allows, and join what they send."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from yiwang.foundation.kernel.time import city_zone
from yiwang.library.gateways import locked
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.gateway import Gateway, Offline
from yiwang.library.gateways.stopping import Stop
from yiwang.library.gateways.types import schema_of
from yiwang.library.reading import engine, joining
from yiwang.library.reading.answer import Answer, Bounds, Missing, Progress, Step, Tell, Where
from yiwang.library.reading.decision import Decided
from yiwang.library.reading.joins import Edge
from yiwang.library.reading.plan import SHIP_AT_MOST, Plan, plan
from yiwang.library.reading.refused import Refused

if TYPE_CHECKING:
    import pyarrow as pa

MOST_AT_ONCE = 8


@dataclass(frozen=True)
class _Came:
    """What one input brought."""

    table: pa.Table
    step: Step
    why: str = ""


def execute(
    decided: Decided,
    gateways: Mapping[str, Gateway],
    asker: Asker,
    *,
    bounds: Bounds,
    tell: Tell | None = None,
    stop: Stop | None = None,
    where: Where = Where.AUTO,
) -> Answer:
    """Raises Refused, NotGranted, Cancelled, and Offline where a part that is missing would make the answer untrue."""
    started = time.monotonic()
    round_ = _Round(decided, gateways, asker, bounds, tell or (lambda _: None), stop or Stop(bounds.seconds))
    with locked.database(bounds.memory, bounds.threads) as relations:
        if not decided.decision.understood.is_set():
            for number, empty in enumerate(round_.empties):
                relations.put(decided.decision.inputs[number].reference.name, empty)
            engine.understand(relations, decided.sql)
            decided.decision.understood.set()
        came = round_.ask_all()
        round_.stop.check()
        round_.tell(Progress("", "", "joining"))
        names = [each.reference.name for each in decided.decision.inputs]
        joined = joining.join(
            relations,
            decided.sql,
            {name: came[number].table for number, name in enumerate(names)},
            where=where,
            most_rows=bounds.most_rows,
            stop=round_.stop,
        )
    steps = tuple(came[number].step for number in range(len(came)))
    missing = tuple(Missing(each.step.product, each.step.department, each.why) for each in came.values() if each.why)
    seconds = time.monotonic() - started
    silent = tuple(dict.fromkeys(missing))
    return Answer(joined.table, joined.more, silent, steps, seconds, engine=joined.engine, stayed=joined.stayed)


class _Round:
    """One question's asking. Only `_read` runs in other threads."""

    def __init__(
        self,
        decided: Decided,
        gateways: Mapping[str, Gateway],
        asker: Asker,
        bounds: Bounds,
        tell: Tell,
        stop: Stop,
    ) -> None:
        self.decided = decided
        self.gateways = gateways
        self.asker = asker
        self.bounds = bounds
        self.tell = tell
        self.stop = stop
        self.reading = Stop(stop.remaining)
        """what the departments are told: it also ends when one of them refuses"""
        self.bytes = 0
        self.lock = threading.Lock()
        self.plan: Plan = plan(decided)
        self.empties = [self._empty(number) for number in range(len(decided.fragments))]

    def ask_all(self) -> dict[int, _Came]:
        came: dict[int, _Came] = {}
        waiting: dict[Future[_Came], int] = {}
        pool = ThreadPoolExecutor(min(MOST_AT_ONCE, max(1, len(self.empties))), thread_name_prefix="library")
        try:
            for number in self.plan.first:
                waiting[pool.submit(self._read, number, self.decided.fragments[number], None)] = number
            while waiting:
                done, _ = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
                self.stop.check()
                for future in done:
                    number = waiting.pop(future)
                    came[number] = self._look(number, future.result())
                for number, edge in self._ready(came, set(waiting.values())):
                    self._follow(number, edge, came, lambda *call: waiting.__setitem__(pool.submit(*call), call[1]))
        finally:
            self.reading.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
        return came

    def _ready(self, came: Mapping[int, _Came], asked: set[int]) -> list[tuple[int, Edge | None]]:
        """Inputs that need wait no longer, each with the way along which the fewest keys are shipped to it."""
        found: list[tuple[int, Edge | None]] = []
        for number, incoming in self.plan.incoming.items():
            if number in came or number in asked:
                continue
            known = [
                (len(self._keys(edge, came)), place)
                for place, edge in enumerate(incoming)
                if edge.origin.number in came
            ]
            fitting = [each for each in known if each[0] <= SHIP_AT_MOST]
            if fitting:
                found.append((number, incoming[min(fitting)[1]]))
            elif not asked or len(known) == len(incoming):
                found.append((number, None))
        return found

    def _follow(self, number: int, edge: Edge | None, came: dict[int, _Came], submit: Callable[..., None]) -> None:
        fragment = self.decided.fragments[number]
        if edge is None:
            submit(self._read, number, fragment, None)
            return
        values = self._keys(edge, came)
        if not len(values):
            # No key, so no row can matter: the department is not asked at all.
            step = replace(self._step(number, fragment), keys_from=edge.origin.granted.product.reference)
            came[number] = _Came(self.empties[number], step)
            return
        keys = Keys(edge.target_field.name, tuple(values.to_pylist()))
        submit(self._read, number, replace(fragment, keys=keys), edge)

    def _keys(self, edge: Edge, came: Mapping[int, _Came]) -> Any:
        import pyarrow.compute as pc

        column = came[edge.origin.number].table.column(edge.origin_field.name)
        return pc.unique(column).drop_null()

    def _look(self, number: int, came: _Came) -> _Came:
        step = came.step
        if not came.why:
            self.tell(Progress(step.product, step.department, "answered", step.rows))
            return came
        self.tell(Progress(step.product, step.department, "missing"))
        if not self.decided.decision.inputs[number].reference.partial:
            raise Offline(step.department, step.product, came.why)
        return came

    def _read(self, number: int, fragment: Fragment, edge: Edge | None) -> _Came:
        """In a thread of its own: one department, one product. Raises NotGranted, Cancelled, Refused."""
        import pyarrow as pa

        started = time.monotonic()
        granted = self.decided.decision.inputs[number].reference.granted
        department = granted.product.department
        step = self._step(number, fragment)
        if edge is not None and fragment.keys is not None:
            shipped = len(fragment.keys.values)
            step = replace(step, keys_from=edge.origin.granted.product.reference, keys=shipped)
        self.tell(Progress(step.product, department, "asked"))
        batches: list[pa.RecordBatch] = []
        try:
            gateway = self.gateways.get(department)
            if gateway is None:
                raise Offline(department, step.product, "no gateway is known")
            reading = gateway.read(fragment, granted.signed, self.asker, stop=self.reading)
            for batch in reading.batches:
                batches.append(batch)
                self._count(batch)
            table = local_moments(pa.Table.from_batches(batches, reading.schema).select(list(fragment.fields)))
        except Offline as offline:
            seconds = time.monotonic() - started
            return _Came(self.empties[number], replace(step, missing=True, seconds=seconds), offline.why or "offline")
        return _Came(
            table, replace(step, rows=table.num_rows, seconds=time.monotonic() - started, record=reading.record)
        )

    def _count(self, batch: pa.RecordBatch) -> None:
        """Raises Cancelled, Refused."""
        self.reading.check()
        self.stop.check()
        with self.lock:
            self.bytes += batch.nbytes
            if self.bytes > self.bounds.most_bytes:
                raise Refused("memory")

    def _step(self, number: int, fragment: Fragment) -> Step:
        granted = self.decided.decision.inputs[number].reference.granted
        # A page shows what was asked; the keys themselves are counted, not kept.
        shown = replace(fragment, keys=None)
        return Step(granted.product.reference, granted.product.department, granted.grant.id, shown)

    def _empty(self, number: int) -> pa.Table:
        granted = self.decided.decision.inputs[number].reference.granted
        fields = self.decided.fragments[number].fields
        schema = schema_of(granted.product, [(name, granted.grant.fields[name]) for name in fields])
        return local_moments(schema.empty_table())


def local_moments(table: pa.Table) -> pa.Table:
    """Moments as the city's clocks showed them: what an analyst means by an hour or a day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, known in enumerate(table.schema):
        if pa.types.is_timestamp(known.type) and known.type.tz:
            here = table.column(place).cast(pa.timestamp("us", city_zone().key))
            table = table.set_column(place, known.name, pc.local_timestamp(here))
    return table
