"""Matters as a CSV file under the national field names: written for others, read from others.

One file holds all. Each row is a matter, or a material of the matter above it: the column `table` says which ("task" or
"material") and may be left out where there are matters only. Lists of cities are read too, whose columns are
`department, main_item, name, item_code, task_type, area_code, link`. Columns that nobody knows are kept with the matter
and written back.

A cell that begins with = + - @ is a formula to a spreadsheet program and could run in the reader's name. An apostrophe
is written before it, as those programs do themselves, and taken off again on reading; a text that begins with
apostrophes before such a character gets one more. So a file may be opened safely, and reading it gives exactly what was
written.

Files are UTF-8, with a byte order mark when written, because spreadsheet programs look for it; with or without one when
read. Commas, CRLF and quotes as in RFC 4180.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding, Severity
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.service.catalogue.national import (
    INSTANT,
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    MAX_TEXT,
    PROMISED,
    NationalMaterial,
    NationalMatter,
    limit,
)

MAX_BYTES = 200_000_000
MAX_ROWS = 500_000
MAX_COLUMNS = 200
MAX_FINDINGS = 1_000
MAX_CODE = 120
MAX_NAME = 300
MAX_DEPARTMENT = 120

TABLE = "table"
TASK = "task"
MATERIAL = "material"

CITY_LIST_COLUMNS = {"department": "dept_name", "name": "task_name", "item_code": "task_code"}
"""Columns of a city's list → national columns; its others have the same name."""

HEADER = (TABLE, *MATTER_COLUMNS, *(column for column in MATERIAL_COLUMNS if column not in MATTER_COLUMNS))

# Full-width forms of the signs begin a formula too in some programs.
_FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_ESCAPED = re.compile("'+[=+\\-@\t\r＝＋－＠]")


@dataclass(frozen=True)
class Imported:
    """What a file holds. A row with an error is left out; one with a warning is not."""

    matters: tuple[NationalMatter, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")


def write(matters: Iterable[NationalMatter]) -> str:
    """The text of a file that `parse` reads back as the same matters, in the same order.

    Raises ValueError for two matters with one task code, or a further column under a name that is taken.
    """
    matters = tuple(matters)
    further = sorted({name for matter in matters for name, _ in matter.further})
    _refuse_ambiguous(matters, further)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_safe(column) for column in (*HEADER, *further)])
    for matter in matters:
        for row in _rows(matter):
            writer.writerow([_safe(row.get(column, "")) for column in (*HEADER, *further)])
    return text.getvalue()


def save(path: Path, matters: Iterable[NationalMatter]) -> None:
    """Write a file. Raises ValueError as `write` does, and OSError."""
    path.write_bytes(b"\xef\xbb\xbf" + write(matters).encode())


def read(path: Path) -> Imported:
    """Read a file; whatever is wrong with it is told in the findings, and nothing is raised."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return _refused(path, 0, f"The file has more than {MAX_BYTES // 1_000_000} MB.", "Split it.")
        raw = path.read_bytes()
    except OSError as error:
        return _refused(path, 0, f"The file cannot be read: {error.strerror}.", "Put the file there.")
    try:
        return parse(raw.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return _refused(path, line, "The file is not UTF-8.", "Save it as “CSV UTF-8”.")


def parse(text: str, path: Path) -> Imported:
    """Read the text of a file; `path` is only named in findings."""
    return _Reader(path).read(text.removeprefix("\ufeff"))


def to_columns(matter: NationalMatter) -> dict[str, str]:
    """A matter's texts by national column, empty ones and materials left out."""
    texts = {column: str(getattr(matter, field)) for column, field in MATTER_COLUMNS.items()}
    return {column: text for column, text in (*texts.items(), *matter.further) if text}


def from_columns(texts: Mapping[str, str], materials: Sequence[NationalMaterial] = ()) -> NationalMatter:
    """The matter of such texts; a name that is no national column is kept as a further one.

    Raises ValueError for text that is not canonical, KeyError without task code or name.
    """
    known = {field: texts.get(column, "") for column, field in MATTER_COLUMNS.items()}
    for column in ("task_code", "task_name"):
        if not texts.get(column):
            raise KeyError(column)
    further = tuple(sorted((name, text) for name, text in texts.items() if name not in MATTER_COLUMNS and text))
    return NationalMatter(**known, materials=tuple(materials), further=further)


def _refuse_ambiguous(matters: Sequence[NationalMatter], further: Sequence[str]) -> None:
    codes: set[str] = set()
    for matter in matters:
        if matter.task_code in codes:
            raise ValueError(f"two matters have the task code {matter.task_code!r}")
        codes.add(matter.task_code)
    for name in further:
        if name in HEADER or name in CITY_LIST_COLUMNS or not name or canonical(name) != name:
            raise ValueError(f"a further column cannot be called {name!r}")


def _rows(matter: NationalMatter) -> Iterator[dict[str, str]]:
    yield {TABLE: TASK, **to_columns(matter)}
    for material in matter.materials:
        texts = {column: str(getattr(material, field)) for column, field in MATERIAL_COLUMNS.items()}
        yield {TABLE: MATERIAL, "task_code": matter.task_code, **texts}


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def _refused(path: Path, line: int, message: str, remedy: str) -> Imported:
    return Imported((), (Finding(path, line, message, remedy),))


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.matters: dict[str, tuple[int, dict[str, str]]] = {}
        self.materials: dict[str, list[NationalMaterial]] = {}
        self.columns: list[str] = []

    def read(self, text: str) -> Imported:
        for count, (line, cells) in enumerate(self._records(text)):
            if count == 0:
                if not self._header(line, cells):
                    break
            elif count > MAX_ROWS:
                self.report(line, f"The file has more than {MAX_ROWS} rows.", "Split it.")
                break
            elif len(self.findings) >= MAX_FINDINGS:
                self.report(line, f"{MAX_FINDINGS} things are wrong up to here.", "Mend them and read the file again.")
                break
            else:
                self._take(line, cells)
        if not self.columns and not self.findings:
            self.report(1, "The file is empty.", "Write a line of column names, and below it a row for each matter.")
        matters = (from_columns(row, self.materials.get(code, ())) for code, (_, row) in self.matters.items())
        return Imported(tuple(matters), tuple(self.findings))

    def report(self, line: int, message: str, remedy: str, severity: Severity = "error") -> None:
        self.findings.append(Finding(self.path, line, message, remedy, severity))

    def _records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Rows that hold anything, each with the line it begins on; ends at the first that cannot be told apart."""
        records = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for cells in records:
                if any(cells):
                    yield line, cells
                line = records.line_num + 1
        except csv.Error as error:
            self.report(line, f"From here on the rows cannot be told apart: {error}.", "Check the quotation marks.")

    def _header(self, line: int, cells: Sequence[str]) -> bool:
        before = len(self.findings)
        if len(cells) > MAX_COLUMNS:
            self.report(line, f"There are more than {MAX_COLUMNS} columns.", "Leave out those that are not needed.")
            return False
        columns: list[str] = []
        for number, cell in enumerate(cells, 1):
            name = self._text(line, f"column {number}", cell, MAX_DEPARTMENT)
            name = CITY_LIST_COLUMNS.get(name, name) if name else name
            if name == "":
                self.report(line, f"Column {number} has no name.", "Give it one, or delete it.")
            elif name in columns:
                self.report(line, f"Two columns are called “{name}”.", "Keep one of them.")
            columns.append(name or "")
        for needed in ("task_code", "task_name"):
            if needed not in columns:
                other = next(name for name, national in CITY_LIST_COLUMNS.items() if national == needed)
                self.report(
                    line, f"There is no column “{needed}” (or “{other}”).", "Name the columns in the first line."
                )
        self.columns = columns
        return len(self.findings) == before

    def _take(self, line: int, cells: Sequence[str]) -> None:
        if len(cells) != len(self.columns):
            message = f"The row has {len(cells)} cells, the first line {len(self.columns)}."
            self.report(line, message, "Check commas and quotation marks.")
            return
        row: dict[str, str] = {}
        for column, cell in zip(self.columns, cells, strict=True):
            text = self._text(line, column, cell, MAX_TEXT)
            if text is None:
                return
            if text:
                row[column] = text
        table = row.pop(TABLE, TASK)
        if table == TASK:
            self._matter(line, row)
        elif table == MATERIAL:
            self._material(line, row)
        else:
            self.report(line, f"“{table}” is no table.", f"Write “{TASK}” or “{MATERIAL}” in the column “{TABLE}”.")

    def _text(self, line: int, column: str, cell: str, most: int) -> str | None:
        try:
            return canonical(_plain(cell), multiline=True, max_length=most)
        except UnacceptableText as refused:
            self.report(line, f"“{column}”: {refused.words.en}.", "Mend this cell.")
            return None

    def _matter(self, line: int, row: dict[str, str]) -> None:
        for column, most in (("task_code", MAX_CODE), ("task_name", MAX_NAME), ("dept_name", MAX_DEPARTMENT)):
            length = len(row.get(column, ""))
            if length > most or (length == 0 and column != "dept_name"):
                message = f"“{column}” has {length} characters." if length else f"“{column}” is empty."
                self.report(line, message, f"Write 1 to {most} characters.")
                return
        code = row["task_code"]
        if code in self.matters:
            message = f"The task code “{code}” was used before, on line {self.matters[code][0]}."
            self.report(line, message, "Give each matter its own code, or delete the row.")
            return
        stray = [column for column in row if column in MATERIAL_COLUMNS and column not in MATTER_COLUMNS]
        if stray:
            message = f"A matter has no “{stray[0]}”."
            self.report(line, message, f"Write “{MATERIAL}” in the column “{TABLE}”, or empty the cell.")
            return
        self._consider(line, row)
        self.matters[code] = (line, row)

    def _material(self, line: int, row: dict[str, str]) -> None:
        code = row.pop("task_code", "")
        if code not in self.matters:
            message = f"No matter above has the task code “{code}”."
            self.report(line, message, "Put the row below its matter.")
            return
        if "material_name" not in row:
            self.report(line, "“material_name” is empty.", "Name the material.")
            return
        stray = [column for column in row if column not in MATERIAL_COLUMNS]
        if stray:
            message = f"A material has no “{stray[0]}”."
            self.report(line, message, f"Write “{TASK}” in the column “{TABLE}”, or empty the cell.")
            return
        texts = {MATERIAL_COLUMNS[column]: text for column, text in row.items()}
        self.materials.setdefault(code, []).append(NationalMaterial(**texts))

    def _consider(self, line: int, row: Mapping[str, str]) -> None:
        """Warn of texts that mean nothing here; they are kept as they are."""
        limits = {}
        for words, amount, unit in (
            ("statutory", "anticipate_day", "anticipate_type"),
            ("promised", "promise_day", "promise_type"),
        ):
            if amount in row or unit in row:
                limits[words] = limit(row.get(amount, ""), row.get(unit, ""))
                if limits[words] is None:
                    told = f"{row.get(amount, '')} {row.get(unit, '')}".strip()
                    remedy = f"Write a number in “{amount}” and 工作日, 自然日 or 小时 in “{unit}”."
                    self.report(line, f"The {words} limit “{told}” cannot be read.", remedy, "warning")
        statute, promise = limits.get("statutory"), limits.get("promised")
        if statute and promise and statute.unit == promise.unit and promise.amount > statute.amount:
            message = f"The promise of {promise} is longer than the law's {statute}."
            self.report(line, message, "Check both.", "warning")
        for column, known in (("project_type", (INSTANT, PROMISED)), ("is_fee", ("0", "1")), ("is_online", ("0", "1"))):
            if column in row and row[column] not in known:
                remedy = f"Write {' or '.join(known)}."
                self.report(line, f"“{row[column]:.40}” is not known in “{column}”.", remedy, "warning")
        if "limit_scene_num" in row and not re.fullmatch("[0-9]{1,2}", row["limit_scene_num"]):
            message = f"“{row['limit_scene_num']:.40}” is no number of visits."
            self.report(line, message, "Write a number in “limit_scene_num”.", "warning")
