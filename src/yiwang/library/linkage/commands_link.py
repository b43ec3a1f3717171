"""What `yiwang library link FILE...` does: read, link, tell, write."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from yiwang.foundation.kernel.findings import Refused
from yiwang.library.engines.spark import EngineMissing
from yiwang.library.linkage import columns, files, verdicts
from yiwang.library.linkage.engine import Engine
from yiwang.library.linkage.features import Register
from yiwang.library.linkage.linking import Linked, NothingToCompare
from yiwang.library.linkage.model import probability
from yiwang.library.linkage.state import OtherState, State, known_keys


def run(options: Any) -> int:
    """Link files as the command's options say; returns the exit code."""
    try:
        mapped = columns.read(options.map) if options.map else columns.ColumnMap()
        for path in filter(None, (options.out, options.pairs)):
            if not path.parent.is_dir():
                return _say(f"{path}: the folder {path.parent} does not exist. Make it first.")
        if doubled := [name for name, times in Counter(path.name for path in options.files).items() if times > 1]:
            return _say(f"Two files are called {doubled[0]}. Give each a name of its own.")
        registers = [files.read(path, mapped) for path in options.files]
        for one in registers:
            _tell_register(one)
        return _link(options, registers)
    except Refused as refused:
        return _say(str(refused))
    except NothingToCompare:
        return _say("The files have no column in common that could tell people or enterprises apart. Map more columns.")
    except (OtherState, duckdb.IOException, duckdb.SerializationException) as error:
        return _say(f"{options.state}: the state kept there cannot be opened ({error}).")
    except EngineMissing as missing:
        return _say(str(missing))


def _say(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


def _link(options: Any, registers: list[Register]) -> int:
    state = State(options.state)
    try:
        if not state.empty:
            return _add(options, registers, state)
        elsewhere = _spark() if options.engine == "spark" else None
        try:
            linked = state.begin(registers, pairs_on=elsewhere, verdicts=_verdicts(options, registers, state))
        finally:
            if elsewhere:
                elsewhere.close()
        records = _records(registers)
        _write_clusters(options.out, records, registers, state.subjects())
        if options.pairs:
            _write_pairs(options.pairs, records, linked)
        _tell(linked, registers)
        print(f"written to {options.out}" + (f" and {options.pairs}" if options.pairs else ""))
        return 0
    finally:
        state.close()


def _add(options: Any, registers: list[Register], state: State) -> int:
    if options.pairs or options.engine != "duckdb":
        return _say("Records are added on DuckDB and without --pairs: leave --engine and --pairs out.")
    added = state.add(registers, verdicts=_verdicts(options, registers, state))
    _write_clusters(options.out, _records(registers), registers, added.subjects)
    print(f"{added.records:,} records were added; they met in {added.met:,} pairs.")
    told = Counter(str(passage.change) for passage in added.passages)
    print(
        f"Subjects: {told['new']:,} new, {told['merged']:,} merged, {told['split']:,} split; all others kept their ids."
    )
    print(f"written to {options.out}")
    return 0


def _verdicts(options: Any, registers: list[Register], state: State) -> verdicts.Verdicts:
    """Raises Refused."""
    if not options.verdicts:
        return {}
    given = set(known_keys(registers))
    found = verdicts.read(options.verdicts, lambda keys: (given & set(keys)) | state.known(keys))
    print(f"{options.verdicts.name}: {len(found):,} verdicts of people")
    return found


def _records(registers: list[Register]) -> list[tuple[str, int, str]]:
    return [(one.name, row, key) for one in registers for row, key in enumerate(one.ids, 1)]


def _spark() -> Engine:
    from yiwang.library.linkage.spark import OnSpark

    return OnSpark()


def _tell_register(one: Register) -> None:
    print(f"{one.name}: {len(one):,} records")
    for element, meaning in one.meanings.items():
        said = sum(map(bool, one.columns[element]))
        as_what = f"compared as {meaning.kind}" if meaning.kind != "text" else "not a known element: compared as text"
        print(f"  {element:28} {said / len(one):4.0%} say something; {as_what}")


def _tell(linked: Linked, registers: list[Register]) -> None:
    trained = linked.trained
    print(f"{len(trained.passes)} passes brought together {linked.met:,} pairs:")
    for each in trained.passes:
        elements = {key.name: it.meaning.element for it in trained.compared for key in it.keys}
        print("  " + " and ".join(f"{elements[key.name]} ({key.name.partition('_')[2]})" for key in each.keys))
    for at in sorted(trained.once):
        print(f"{registers[at].name} names each subject once.")
    sizes = Counter(map(len, linked.groups))
    print(f"{linked.records:,} records are {linked.subjects:,} subjects.")
    print("".join(f"  {number:,} of {size} records\n" for size, number in sorted(sizes.items())), end="")
    if linked.unsure:
        print(f"{len(linked.unsure):,} pairs are unsure: look at them yourself (--pairs PAIRS.csv).")


def _write_clusters(
    path: Path, records: list[tuple[str, int, str]], registers: list[Register], subjects: Mapping[str, str]
) -> None:
    clusters = [subjects[key] for key in known_keys(registers)]
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("cluster", "file", "row", "id"))
        writer.writerows((subject, *record) for subject, record in zip(clusters, records, strict=True))


def _write_pairs(path: Path, records: list[tuple[str, int, str]], linked: Linked) -> None:
    group_of = {record: at for at, group in enumerate(linked.groups) for record in group}
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("file_a", "row_a", "id_a", "file_b", "row_b", "id_b", "probability", "bits", "same"))
        for (one, other), weight in sorted(linked.weights.items()):
            same = one in group_of and group_of[one] == group_of.get(other)
            writer.writerow(
                (*records[one], *records[other], f"{probability(weight):.6f}", f"{weight:.3f}", "yes" if same else "no")
            )
