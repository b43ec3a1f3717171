"""What people said of pairs of records, as a file: the lines of PAIRS.csv that somebody has looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding, Refused
from yiwang.library.linkage import files

NEEDED = ("file_a", "id_a", "file_b", "id_b", "same")
SAID = {"yes": True, "no": False}

Verdicts = Mapping[tuple[str, str], bool]
"""Two records by their keys, and whether both are about the same one."""


def record_key(register: str, key: str) -> str:
    return f"{register}\x1f{key}"


def numbered(key: str, row: int | str) -> str:
    """A record's own key, where another of its register has the same."""
    return f"{key}#{row}"


def read(path: Path, known: Callable[[Iterable[str]], Collection[str]]) -> Verdicts:
    """`known`: which of these keys are of records that are here. A line whose `same` is empty says nothing.

    Raises Refused.
    """
    header, columns = files.csv_columns(path)
    if lacking := [name for name in NEEDED if name not in header]:
        message = f"The file has no column {lacking[0]}."
        raise Refused([Finding(path, 1, message, "Take lines from what --pairs writes, with its first line.")])
    told = dict(zip(header, columns, strict=True))
    sides = [_keys(told, side) for side in ("a", "b")]
    here = known({key for side in sides for keys in side for key in keys})
    found: dict[tuple[str, str], bool] = {}
    problems = []
    for at, said in enumerate(told["same"]):
        if not said:
            continue
        keys = [next((key for key in side[at] if key in here), None) for side in sides]
        answer = SAID.get(said.lower())
        one, other = keys
        if answer is None:
            problems.append(Finding(path, at + 2, f"“{said}” is no verdict.", "Write yes or no into the column same."))
        elif one is None or other is None:
            name = told["id_a" if one is None else "id_b"][at]
            remedy = "Give the file that holds it, or take the line out."
            problems.append(Finding(path, at + 2, f"There is no record {name} here.", remedy))
        elif one == other:
            problems.append(Finding(path, at + 2, "This is one record twice.", "Take the line out."))
        elif found.setdefault((min(one, other), max(one, other)), answer) is not answer:
            remedy = "Leave only the line that is right."
            problems.append(Finding(path, at + 2, "An earlier line says the opposite of this pair.", remedy))
    if problems:
        raise Refused(problems)
    return found


def _keys(told: Mapping[str, list[str]], side: str) -> list[tuple[str, ...]]:
    """What each line's record may be called: its own key, or that with its row where the key repeats."""
    rows = told.get(f"row_{side}", [""] * len(told["same"]))
    return [
        (record_key(register, key), record_key(register, numbered(key, row)))
        for register, key, row in zip(told[f"file_{side}"], told[f"id_{side}"], rows, strict=True)
    ]
