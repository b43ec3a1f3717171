"""What linkage keeps from one day to the next, so that new records do not relink the city.

A folder with one DuckDB file: features, blocking keys, weights, the frozen model, each record's subject, the history of
merges and splits, and what people said of pairs, to which every later run keeps. Records are known by register and key;
one that comes again takes the place of its older self. Names and numbers stand in `features` in clear: the folder
belongs to the one who links, as the files do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from yiwang.foundation.kernel.time import now
from yiwang.library.linkage import blocking, scoring
from yiwang.library.linkage.blocking import Pass
from yiwang.library.linkage.clusters import Pair
from yiwang.library.linkage.comparisons import BlockingKey, comparisons
from yiwang.library.linkage.engine import Engine, OnDuckDB
from yiwang.library.linkage.features import Register, elements, features
from yiwang.library.linkage.identity import Identities, Passage, continued
from yiwang.library.linkage.linking import Linked, Trained, grouped, link, patterns, settled, weights_of
from yiwang.library.linkage.meanings import KNOWN, plain
from yiwang.library.linkage.model import Model
from yiwang.library.linkage.verdicts import Verdicts, numbered, record_key

FILE = "linkage.duckdb"
VERSION = 3
LASTING = frozenset({"features", "keys", "weighed", "rarity", "subjects", "history", "kept", "verdicts"})
"""The tables that the file holds; what a run makes besides stays in memory."""


NOTHING: Verdicts = {}


class OtherState(Exception):
    """The folder holds the state of another version, or no whole state."""


@dataclass(frozen=True)
class Added:
    """`subjects`: record → id, of every record whose id was looked at. `met`: pairs that the new records made."""

    records: int
    met: int
    subjects: dict[str, str]
    passages: tuple[Passage, ...]


def known_keys(registers: Iterable[Register]) -> list[str]:
    """One key for each record; a register whose own keys repeat is numbered."""
    found: list[str] = []
    for register in registers:
        unique = len(set(register.ids)) == len(register)
        own = register.ids if unique else [numbered(key, row) for row, key in enumerate(register.ids, 1)]
        found += [record_key(register.name, key) for key in own]
    return found


class State:
    """Open one folder; `close` it. One process at a time, as DuckDB demands."""

    def __init__(self, folder: Path | None, *, threads: int | None = None) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self.engine = OnDuckDB(str(folder / FILE) if folder else ":memory:", threads=threads, lasting=LASTING)
        self.trained: Trained | None = None
        self._registers: list[str] = []
        if self.engine.rows("select 1 from information_schema.tables where table_name = 'kept'"):
            self._open()

    @property
    def empty(self) -> bool:
        return self.trained is None

    def close(self) -> None:
        self.engine.close()

    def begin(
        self, registers: Sequence[Register], *, pairs_on: Engine | None = None, verdicts: Verdicts = NOTHING
    ) -> Linked:
        """Link everything, train the model, keep both. Ids that records had before go on. All of it or nothing."""
        with self._whole():
            return self._begin(registers, pairs_on, verdicts)

    def _begin(self, registers: Sequence[Register], pairs_on: Engine | None, verdicts: Verdicts) -> Linked:
        before = dict(self._subjects())
        keys = known_keys(registers)
        self._hear(verdicts)
        self.engine.hold("numbered", pa.table({"r": range(len(keys)), "record": keys}))
        linked = link(registers, self.engine, pairs_on=pairs_on, judged=self._judged("numbered"))
        if pairs_on is not None:
            self.engine.hold("weighed", pairs_on.arrow("select a, b, pattern, weight from weighed"))
        self._registers = [register.name for register in registers]
        self.trained = linked.trained
        grouped_records = {at for group in linked.groups for at in group}
        everyone = [*linked.groups, *([at] for at in range(linked.records) if at not in grouped_records)]
        found = continued(before, ([keys[at] for at in group] for group in everyone))
        self.engine.hold(
            "subjects",
            pa.table({"r": range(len(keys)), "record": keys, "subject": [found.of[key] for key in keys]}),
        )
        self._keep(found, fresh=not before)
        return linked

    def add(self, registers: Sequence[Register], *, verdicts: Verdicts = NOTHING) -> Added:
        """Link new records to what is known, under the frozen model; whoever they do not join keeps the id, but for
        those of whom new `verdicts` speak.

        All of it or nothing: a run that breaks off leaves the state as it was."""
        with self.engine.as_wide_as("features"), self._whole():
            return self._add(registers, verdicts)

    def _add(self, registers: Sequence[Register], verdicts: Verdicts) -> Added:
        assert self.trained is not None
        engine, trained = self.engine, self.trained
        new_sources = self._number(registers)
        keys = known_keys(registers)
        again = self._take_out(keys)
        ((first,),) = engine.rows("select coalesce(max(r), -1) + 1 from subjects")
        first = int(str(first))
        table = features(registers, trained.compared, first=first)
        sources = pa.array([new_sources[at] for at in table.column("source").to_pylist()], pa.int32())
        table = table.set_column(table.schema.get_field_index("source"), "source", sources)
        scoring.hold_features(engine, trained.compared, table, frozen=True, into="new_features")
        engine.connection.execute("insert into features by name select * from new_features")
        engine.make("new_keys", blocking.keys_sql(trained.passes, "new_features", engine.hash_function))
        engine.connection.execute("insert into keys select * from new_keys")
        engine.make("new_pairs", blocking.new_pairs_sql(first))
        scoring.show_patterns(
            engine, trained.compared, "new_pairs", "new_scored", scoring.involved(engine, trained.compared, "new_pairs")
        )
        scoring.weigh(engine, trained.model, patterns(engine, "new_scored"), "new_scored", "new_weighed")
        engine.connection.execute("insert into weighed by name select * from new_weighed")
        engine.hold("new_subjects", pa.table({"r": range(first, first + len(keys)), "record": keys}))
        engine.connection.execute("insert into subjects by name select r, record, '' as subject from new_subjects")
        found = self._regroup(first, again, self._hear(verdicts))
        ((met,),) = engine.rows("select count(*) from new_scored")
        self._keep(found)
        return Added(len(keys), int(str(met)), dict(found.of), found.passages)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        registers = list(self._registers)
        trained = self.trained
        self.engine.connection.begin()
        try:
            yield
        except BaseException:
            self.engine.connection.rollback()
            self._registers, self.trained = registers, trained
            raise
        self.engine.connection.commit()

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that are of records in the state."""
        if self.empty:
            return set()
        self.engine.hold("asked", pa.table({"record": pa.array(sorted(keys), pa.string())}))
        return {str(key) for (key,) in self.engine.rows("select s.record from subjects as s join asked using (record)")}

    def subjects(self) -> dict[str, str]:
        """Record → subject, of every record."""
        return dict(self._subjects())

    def history(self) -> list[tuple[object, ...]]:
        """(moment, change, subject, others as JSON), in the order in which it happened."""
        return self.engine.rows("select moment, change, subject, others from history order by moment, change, subject")

    def _subjects(self) -> Iterable[tuple[str, str]]:
        if self.empty:
            return ()
        return (
            (str(record), str(subject)) for record, subject in self.engine.rows("select record, subject from subjects")
        )

    def _number(self, registers: Sequence[Register]) -> list[int]:
        for register in registers:
            if register.name not in self._registers:
                self._registers.append(register.name)
        return [self._registers.index(register.name) for register in registers]

    def _take_out(self, keys: Sequence[str]) -> dict[str, str]:
        """Forget the older selves of these records; returns the subjects that they had."""
        self.engine.hold("arriving", pa.table({"record": pa.array(keys, pa.string())}))
        old = self.engine.rows(
            "select s.r, s.record, s.subject from subjects as s join arriving as n on n.record = s.record"
        )
        if old:
            self.engine.hold("leaving", pa.table({"r": pa.array([int(str(row[0])) for row in old], pa.int64())}))
            for table in ("features", "keys", "subjects"):
                self.engine.connection.execute(f"delete from {table} where r in (select r from leaving)")
            self.engine.connection.execute(
                "delete from weighed where a in (select r from leaving) or b in (select r from leaving)"
            )
        return {str(record): str(subject) for _r, record, subject in old}

    def _hear(self, verdicts: Verdicts) -> pa.Table:
        """Keep what people said, in place of what was said of the same pairs before; returns the pairs, by key."""
        ones, others = zip(*verdicts, strict=True) if verdicts else ((), ())
        heard = pa.table(
            {
                "one": pa.array(ones, pa.string()),
                "other": pa.array(others, pa.string()),
                "alike": pa.array(list(verdicts.values()), pa.bool_()),
            }
        )
        self.engine.connection.execute(
            "create table if not exists verdicts (one varchar, other varchar, alike boolean)"
        )
        self.engine.hold("heard", heard)
        self.engine.connection.execute(
            "delete from verdicts using heard where verdicts.one = heard.one and verdicts.other = heard.other"
        )
        self.engine.append("verdicts", heard)
        return heard

    def _judged(self, records: str) -> dict[Pair, bool]:
        """What was ever said of pairs of the records in a table of `r` and `record`."""
        rows = self.engine.rows(
            "select least(x.r, y.r), greatest(x.r, y.r), v.alike from verdicts as v "
            f"join {records} as x on x.record = v.one join {records} as y on y.record = v.other order by all"
        )
        return {(int(str(one)), int(str(other))): bool(same) for one, other, same in rows}

    def _regroup(self, first: int, again: dict[str, str], heard: pa.Table) -> Identities:
        """Group anew whoever the new records touch: them, every member of a subject that one of them is like, and of
        subjects of whom people said something now, or ever of a new record."""
        engine, trained = self.engine, self.trained
        assert trained is not None
        left = pa.table({"subject": pa.array(sorted(set(again.values())), pa.string())})
        engine.hold("left_behind", left)
        spoken = (
            "select unnest([x.subject, y.subject]) as subject from verdicts as v "
            "join subjects as x on x.record = v.one join subjects as y on y.record = v.other "
            "left join heard as h on h.one = v.one and h.other = v.other "
            f"where h.alike is not null or x.r >= {first} or y.r >= {first}"
        )
        nobody = "select subject from subjects limit 0"
        engine.make("spoken_of", spoken if engine.rows("select 1 from verdicts limit 1") else nobody)
        engine.make(
            "touched",
            "with met as (select a as r from new_weighed where weight > 0 union select b from new_weighed "
            "where weight > 0), called as (select distinct s.subject from subjects as s join met on met.r = s.r "
            "where s.subject != '' union select subject from left_behind "
            "union select subject from spoken_of where subject != '') "
            "select s.r, s.record, s.subject from subjects as s "
            f"where s.r >= {first} or s.subject in (select subject from called)",
        )
        rows = engine.rows(
            "select t.r, t.record, t.subject, f.source from touched as t join features as f on f.r = t.r order by t.r"
        )
        engine.make(
            "between_touched",
            "select w.a, w.b, w.weight from weighed as w join touched as x on x.r = w.a join touched as y on y.r = w.b",
        )
        weights: dict[Pair, float] = weights_of(engine, "between_touched")
        sources = {int(str(row[0])): int(str(row[3])) for row in rows}
        groups, _ = grouped(engine, trained, weights, sources, decided=settled(self._judged("touched")))
        record_of = {int(str(row[0])): str(row[1]) for row in rows}
        together = {at for group in groups for at in group}
        everyone = [*groups, *([at] for at in record_of if at not in together)]
        before = {str(row[1]): str(row[2]) for row in rows if row[2]} | again
        # A group that no new record came into, of whom nobody said anything new, and whose records lost no companion,
        # has no cause to change: they stay with whom they were, under the id they had, and who left them for a new
        # record gets another.
        lost = set(again.values())
        judged = {str(key) for name in ("one", "other") for key in heard.column(name).to_pylist()}
        changed, resting = [], []
        for group in everyone:
            records = [record_of[at] for at in group]
            if any(at >= first or record_of[at] in judged for at in group) or any(
                before[record] in lost for record in records
            ):
                changed.append(records)
            else:
                resting += records
        found = continued(before, changed, resting)
        moved = {
            record: subject for record, subject in found.of.items() if before.get(record) != subject or record in again
        }
        engine.hold(
            "moved",
            pa.table(
                {"record": pa.array(list(moved), pa.string()), "subject": pa.array(list(moved.values()), pa.string())}
            ),
        )
        engine.connection.execute(
            "update subjects set subject = moved.subject from moved where subjects.record = moved.record"
        )
        return found

    def _keep(self, found: Identities, *, fresh: bool = False) -> None:
        trained = self.trained
        assert trained is not None
        kept = {
            "version": VERSION,
            "elements": elements(trained.compared),
            "passes": [[key.name for key in each.keys] for each in trained.passes],
            "once": sorted(trained.once),
            "registers": self._registers,
            "model": trained.model.to_json(),
        }
        self.engine.hold("kept", pa.table({"said": [json.dumps(kept)]}))
        self.engine.connection.execute(
            "create table if not exists history (moment timestamptz, change varchar, subject varchar, others varchar)"
        )
        # That everybody is new on the first day is no history.
        told = [] if fresh else [it for it in found.passages if it.others]
        at = now()
        if told:
            self.engine.append(
                "history",
                pa.table(
                    {
                        "moment": pa.array([at] * len(told), pa.timestamp("us", "UTC")),
                        "change": [str(it.change) for it in told],
                        "subject": [it.subject for it in told],
                        "others": [json.dumps(it.others) for it in told],
                    }
                ),
            )

    def _open(self) -> None:
        ((said,),) = self.engine.rows("select said from kept")
        kept = json.loads(str(said))
        if kept.get("version") != VERSION:
            raise OtherState("another version of the program made it")
        compared = comparisons([KNOWN.get(element) or plain(element) for element in kept["elements"]])
        by_name: dict[str, BlockingKey] = {key.name: key for each in compared for key in each.keys}
        passes = tuple(Pass(tuple(by_name[name] for name in names)) for names in kept["passes"])
        self.trained = Trained(compared, passes, Model.from_json(kept["model"]), frozenset(kept["once"]))
        self._registers = list(kept["registers"])
