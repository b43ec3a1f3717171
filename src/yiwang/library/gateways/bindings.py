"""A department's own file: where its products' rows lie and how its columns are called. It never leaves the department.

    connections:                                   # GATEWAYS_DIR/DEPARTMENT.yaml
      register: {kind: postgres, url: "postgresql://reader:${REGISTER_PASSWORD}@10.0.0.5:5432/market"}
      old:      {kind: mysql, url: "mysql://reader:${OLD_PASSWORD}@10.0.0.6:3306/licences"}
      desk:     {kind: sqlite, path: departments/market.sqlite3}
      exports:  {kind: files, path: departments/exports}
      office:   {kind: http, url: "https://10.0.0.7/api", headers: {Authorization: "Bearer ${OFFICE_TOKEN}"}}

    products:
      enterprises:                                 # or enterprises@1, for one major alone
        from:  register
        table: public.t_ent                        # files: files: "licences-*.parquet" or *.csv; http: see below
        only:  {deleted: 0, state: [1, 2]}         # of these columns just these values (null: nothing in it)
        columns:                                   # field: column; a field that is not named has a column of its name
          uscc:    TYSHXYDM
          status:  {column: ZT, values: {"1": open, "9": closed}}
          capital: {column: ZCZB, times: 1000000}  # the source counts in 万元, the contract in fen
          founded: {column: CLRQ, format: "%Y%m%d"}
          trades:  {column: JYFW, separator: ";"}
          changed: {column: GXSJ, zone: Asia/Shanghai}   # a clock time without zone; left out: the city's zone

Secrets come from the environment alone: `${NAME}` in addresses and headers. Paths that are not absolute begin at the
data folder. Of files, CSV may say `encoding: gb18030`. An HTTP product has, beside `from` and `columns` (members of
each JSON object, "owner.name" of an object inside it):

        path:   /licences                          # after the connection's url
        rows:   data.list                          # where the list stands in the answer; left out: the answer is it
        page:   {parameter: page, size: pageSize, most: 500, first: 1}
        next:   links.next                         # or: where the address of the next page stands
        filters: {uscc: code}                      # field: parameter that the API filters by, exactly
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.standards.reading import KEY, Section, near, read_file
from yiwang.library.gateways.contract import Product

_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TABLE = re.compile(r"[^\x00\"`\[\]]{1,128}\Z")
_PRODUCT = re.compile(r"[a-z][a-z0-9-]{0,39}(@[1-9][0-9]{0,3})?\Z")
_SCHEMES = {"postgres": ("postgresql", "postgres"), "mysql": ("mysql", "mariadb"), "http": ("http", "https")}

Raw = str | int | bool | None


class SourceKind(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"
    MYSQL = "mysql"
    FILES = "files"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Connection:
    """How a source is reached; what may hold a secret is not shown."""

    name: str
    kind: SourceKind
    url: str = field(default="", repr=False)
    path: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field's value stands and how it is written there; see the module for what each means."""

    name: str
    values: Mapping[str, str | bool] | None = None
    times: int = 1
    format: str = ""
    zone: str = ""
    separator: str = ","

    @property
    def plain(self) -> bool:
        """Written as it is: nothing to translate."""
        return self.values is None and self.times == 1 and not self.format


@dataclass(frozen=True, slots=True)
class Paging:
    parameter: str
    size: str = ""
    most: int = 100
    first: int = 1


@dataclass(frozen=True, slots=True)
class Api:
    """The shape of a JSON API."""

    path: str
    rows: tuple[str, ...] = ()
    page: Paging | None = None
    next: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bound:
    """Where one product's rows lie. `table` is a table or view ("public.t_ent"), or a pattern of files."""

    product: str
    connection: Connection
    table: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    only: Mapping[str, tuple[Raw, ...]] = field(default_factory=dict)
    encoding: str = "utf-8"
    api: Api | None = None

    def column(self, name: str) -> Column:
        """Of a field."""
        return self.columns.get(name) or Column(name)


@dataclass(frozen=True, slots=True)
class Bindings:
    department: str
    path: Path
    products: Mapping[str, Bound]

    def of(self, product: Product) -> Bound | None:
        """The rows of this major, or of the product whatever its major."""
        return self.products.get(f"{product.name}@{product.major}") or self.products.get(product.name)


def read(path: Path, *, data: Path, environment: Mapping[str, str] = os.environ) -> tuple[Bindings, list[Finding]]:
    """A department's file and what is wrong with it; the file's name is the department."""
    findings: list[Finding] = []
    products: dict[str, Bound] = {}
    root = read_file(path, findings)
    if root is not None:
        connections = {
            name: connection
            for name, entry in root.entries("connections", shorthand="kind", required=True)
            if (connection := _connection(name, entry, data, environment)) is not None
        }
        written = root.fields.get("connections")
        named = set(written) if isinstance(written, dict) else set(connections)
        for name, entry in root.entries("products", shorthand="from", required=True):
            if not _PRODUCT.match(name):
                entry.report(f"“{name}” names no product.", "Write its code, such as enterprises or enterprises@1.")
            bound = _bound(name, entry, connections, named)
            if bound is not None:
                products[name] = bound
        root.finish()
    return Bindings(path.stem, path, products), findings


def check(bindings: Bindings, products: Collection[Product]) -> list[Finding]:
    """What does not fit the department's contracts: products nobody published, or without rows; fields it lacks."""
    findings = []
    references = {name for each in products for name in (each.name, f"{each.name}@{each.major}")}
    for name in bindings.products:
        if name not in references:
            remedy = near(name, sorted(references), "Products are")
            findings.append(Finding(bindings.path, 0, f"There is no contract of “{name}”.", remedy))
    for product in products:
        bound = bindings.of(product)
        if bound is None:
            message = f"{product.reference} is published, but nothing says where its rows are."
            findings.append(Finding(bindings.path, 0, message, f"Add “{product.name}” under products.", "warning"))
            continue
        for name in bound.columns:
            if name not in product.by_name:
                remedy = near(name, sorted(product.by_name), "Fields are")
                findings.append(Finding(bindings.path, 0, f"{product.reference} has no field “{name}”.", remedy))
    return findings


def _connection(name: str, entry: Section, data: Path, environment: Mapping[str, str]) -> Connection | None:
    before = len(entry.findings)
    if not KEY.match(name.replace("-", "_")):
        entry.report(f"“{name}” cannot be the name of a connection.", "Use small letters, digits and _.")
    kind = entry.one_of("kind", tuple(SourceKind))
    url, path, headers = "", None, {}
    if kind in (SourceKind.SQLITE, SourceKind.FILES):
        written = _filled("path", entry, environment, example="departments/market.sqlite3")
        path = data / written if written else None
    elif kind is not None:
        url = _filled("url", entry, environment, example=f"{_SCHEMES[kind][-1]}://...")
        if url and (urlsplit(url).scheme not in _SCHEMES[kind] or not urlsplit(url).hostname):
            entry.report(f"This is no address of a {kind} source.", f"Begin with {_SCHEMES[kind][0]}://HOST.", "url")
    if kind == SourceKind.HTTP and (section := entry.section("headers")) is not None:
        headers = {key: _filled(key, section, environment, example="...") for key in list(section.fields)}
    entry.finish()
    if kind is None or len(entry.findings) > before:
        return None
    return Connection(name, SourceKind(kind), url, path, headers)


def _filled(key: str, entry: Section, environment: Mapping[str, str], *, example: str) -> str:
    """A text with its secrets put in. A password that is written in the file itself is refused."""
    text = entry.text(key, example=example, max_length=1000) or ""
    if text and "://" in text and (password := urlsplit(text).password) and not _SECRET.search(password):
        entry.report("A password does not belong into the file.", "Write ${NAME} and set NAME in the environment.", key)
    for name in _SECRET.findall(text):
        if name not in environment:
            entry.report(f"The environment has no {name}.", "Set it before the gateway starts.", key)
    return _SECRET.sub(lambda found: environment.get(found.group(1), ""), text)


def _bound(name: str, entry: Section, connections: Mapping[str, Connection], named: set[str]) -> Bound | None:
    before = len(entry.findings)
    source = entry.text("from", example="register")
    connection = connections.get(source or "")
    if source is not None and source not in named:
        entry.report(f"There is no connection “{source}”.", near(source, sorted(named), "Connections are"), "from")
    columns = {
        key: column
        for key, each in entry.entries("columns", shorthand="column")
        if (column := _column(key, each)) is not None
    }
    only = _only(entry)
    table, encoding, api = "", "utf-8", None
    if connection is None:
        return None
    if connection.kind is SourceKind.HTTP:
        api = _api(entry)
    elif connection.kind is SourceKind.FILES:
        table = entry.text("files", example='"licences-*.parquet"') or ""
        if table and (not table.endswith((".parquet", ".csv")) or ".." in table or table.startswith("/")):
            entry.report(
                "Files are Parquet or CSV inside the connection's folder.", 'Write “files: "*.parquet"”.', "files"
            )
        encoding = entry.text("encoding", required=False) or "utf-8"
    else:
        table = entry.text("table", example="public.t_ent") or ""
        if table and not _TABLE.match(table):
            entry.report("This is no name of a table.", "Write its name, or schema.name.", "table")
    entry.finish()
    if len(entry.findings) > before:
        return None
    return Bound(name, connection, table, columns, only, encoding, api)


def _column(name: str, entry: Section) -> Column | None:
    column = entry.text("column", required=False, max_length=128) or name
    if "\x00" in column:
        entry.report("This is no name of a column.", "Write it as the table has it.", "column")
    times = entry.integer("times", minimum=1, maximum=10**9, default=1) or 1
    form = entry.text("format", required=False, max_length=40) or ""
    zone = entry.text("zone", required=False, max_length=60) or ""
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            entry.report(f"There is no time zone “{zone}”.", "Write a name such as Asia/Shanghai.", "zone")
    separator = entry.text("separator", required=False, max_length=4) or ","
    values: dict[str, str | bool] | None = None
    if (section := entry.section("values")) is not None:
        values = {}
        for code, meaning in section.fields.items():
            section.asked.add(code)
            if not isinstance(meaning, str | bool | int):
                section.report(f"“{code}” has no meaning.", "Write “code: value”.", code)
                continue
            values[code] = meaning if isinstance(meaning, bool) else str(meaning)
    entry.finish()
    return Column(column, values, times, form, zone, separator)


def _only(entry: Section) -> Mapping[str, tuple[Raw, ...]]:
    section = entry.section("only")
    found: dict[str, tuple[Raw, ...]] = {}
    for column, written in section.fields.items() if section is not None else ():
        assert section is not None
        values: list[Any] = written if isinstance(written, list) else [written]
        if not all(each is None or isinstance(each, str | int) for each in values):
            section.report(f"“{column}” wants plain values.", "Write text, whole numbers or null.", column)
            continue
        found[column] = tuple(values)
    return found


def _api(entry: Section) -> Api:
    path = entry.text("path", example="/licences") or ""
    rows = entry.text("rows", required=False) or ""
    following = entry.text("next", required=False) or ""
    page = None
    if (section := entry.section("page")) is not None:
        page = Paging(
            section.text("parameter", example="page") or "page",
            section.text("size", required=False) or "",
            section.integer("most", minimum=1, maximum=10_000, default=100) or 100,
            section.integer("first", minimum=0, maximum=1, default=1) or 0,
        )
        section.finish()
    filters = {}
    if (section := entry.section("filters")) is not None:
        filters = {key: section.text(key) or "" for key in list(section.fields)}
    return Api(path, _steps(rows), page, _steps(following), filters)


def _steps(dotted: str) -> tuple[str, ...]:
    return tuple(dotted.split(".")) if dotted else ()
