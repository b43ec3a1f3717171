"""COLUMNS.yaml: which column of a file means which element.

The usual form is `column: element`, perhaps under `columns:`; what holds for one file only stands under its name. The
other way round (`element: column` or `element: [column, column]`) is understood as well. Columns that a file does not
have are passed over there; a map that fits no column of a file is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding, Refused
from yiwang.foundation.standards import yaml_lines
from yiwang.library.linkage.meanings import Kind, Meaning, meaning_of, plain


@dataclass(frozen=True)
class ColumnMap:
    """`everywhere` and, by file name, `only`: column → element. Without entries columns are known by their names."""

    everywhere: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, file: Path, columns: Sequence[str]) -> dict[str, Meaning]:
        """What each mapped column of a file means, in the file's order. Raises Refused when none is mapped."""
        mapped = {**self.everywhere, **self.only.get(file.name, {}), **self.only.get(file.stem, {})}
        if not mapped:
            known = {column: meaning_of(column) for column in columns}
            found = {column: meaning for column, meaning in known.items() if meaning}
        else:
            by_level = {_level(column): column for column in columns}
            entries = _turned(mapped, by_level)
            found = {
                by_level[_level(column)]: meaning_of(element) or plain(element)
                for column, element in entries.items()
                if _level(column) in by_level
            }
            for column in columns:  # the record's own key needs no mention
                named = any(meaning.kind is Kind.RECORD for meaning in found.values())
                known_as = meaning_of(column)
                if not named and column not in found and known_as and known_as.kind is Kind.RECORD:
                    found[column] = known_as
        if not any(meaning.kind is not Kind.RECORD for meaning in found.values()):
            raise Refused(
                [
                    Finding(
                        file,
                        1,
                        "No column of this file is mapped to an element.",
                        f"Its columns are: {', '.join(columns) or 'none'}. Name them in the map as `column: element`.",
                    )
                ]
            )
        return {column: found[column] for column in columns if column in found}


def read(path: Path) -> ColumnMap:
    """Raises Refused, whose findings name line and remedy."""
    document = yaml_lines.load(path)
    value = document.value
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("columns"), dict):
        value = value["columns"]
    if not isinstance(value, dict) or not value:
        raise Refused([Finding(path, 1, "This is no map of columns.", "Write one `column: element` on each line.")])
    everywhere: dict[str, str] = {}
    only: dict[str, dict[str, str]] = {}
    for key, said in value.items():
        if isinstance(said, dict) and str(key) in ("columns", "files"):
            for inner, meant in said.items():
                if isinstance(meant, dict):
                    only[str(inner)] = _entries(path, document, meant, (key, inner))
                else:
                    everywhere |= _entries(path, document, {inner: meant}, (key,))
        elif isinstance(said, dict) and "element" not in said:
            only[str(key)] = _entries(path, document, said, (key,))
        else:
            everywhere |= _entries(path, document, {key: said}, ())
    return ColumnMap(everywhere, only)


def _entries(
    path: Path, document: yaml_lines.Document, said: Mapping[object, object], where: tuple[yaml_lines.Key, ...]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, meant in said.items():
        if isinstance(meant, dict):
            meant = meant.get("element")
        if meant is None:
            continue  # a column that is named and left out
        if isinstance(meant, list) and all(isinstance(each, str) for each in meant):
            found |= {str(each): str(key) for each in meant}
        elif isinstance(meant, str):
            found[str(key)] = meant
        else:
            raise Refused(
                [
                    Finding(
                        path,
                        document.line(*where, str(key)),
                        f"{key}: this names no element.",
                        "Write the element's name, such as person.name.",
                    )
                ]
            )
    return found


def _turned(mapped: Mapping[str, str], columns: Mapping[str, str]) -> Mapping[str, str]:
    """The entries as column → element, whichever way round they are written."""
    straight = sum(_level(key) in columns for key in mapped)
    turned = sum(_level(value) in columns for value in mapped.values())
    if straight >= turned:
        return mapped
    return {value: key for key, value in mapped.items()}


def _level(column: str) -> str:
    return column.strip().casefold()
