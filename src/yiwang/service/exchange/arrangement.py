"""What a department arranges in its file: which of its posts do their work in a system of its own. Pure.

    name: {zh: 排水许可业务系统, en: Drainage permits system}      # CITY/exchange/DEPARTMENT.yaml
    posts: [permits, inspection]                                # of this department
    matters: [drainage-permit]                                  # left out: every matter
    tables: {kind: mysql, url: "mysql://yiwang:${WATER_PASSWORD}@10.0.0.6/exchange"}   # left out: over the API alone

`tables` may also be `{kind: postgres, url: "postgresql://..."}` or `{kind: sqlite, path: departments/water.sqlite3}`,
a path that begins at the data folder. Secrets come from the environment of the worker alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.reading import SLUG, Section, near, read_file

FOLDER = "exchange"
LONGEST_DEPARTMENT = 33
"""So that `system:DEPARTMENT` fits into an event's actor."""
_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SCHEMES = {"postgres": ("postgresql", "postgres"), "mysql": ("mysql", "mariadb")}
KINDS = ("sqlite", "postgres", "mysql")


class MissingSecret(LookupError):
    """The environment does not have what an address names."""


@dataclass(frozen=True, slots=True)
class TablesAt:
    """How exchange tables are reached: an address with its secrets left out, or a path below the data folder."""

    kind: str
    place: str

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "place": self.place}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> TablesAt:
        return cls(body["kind"], body["place"])

    def filled(self, environment: Mapping[str, str] = os.environ) -> str:
        """The place with its secrets put in. Raises MissingSecret."""
        for name in _SECRET.findall(self.place):
            if name not in environment:
                raise MissingSecret(name)
        return _SECRET.sub(lambda found: environment[found.group(1)], self.place)

    @classmethod
    def of_url(cls, url: str) -> TablesAt:
        """Of an address as an operator types it: sqlite:PATH, postgresql://..., mysql://... Raises ValueError."""
        scheme = url.partition(":")[0]
        if scheme == "sqlite":
            return cls("sqlite", url.partition(":")[2])
        for kind, schemes in SCHEMES.items():
            if scheme in schemes and urlsplit(url).hostname:
                return cls(kind, url)
        raise ValueError("write sqlite:PATH, postgresql://HOST/DATABASE or mysql://HOST/DATABASE")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`posts` in full ("water/permits"); no `matters`: all of them."""

    department: str
    name: Words
    posts: tuple[str, ...]
    matters: tuple[str, ...]
    tables: TablesAt | None


def read(city: Path, posts: frozenset[str], matters: frozenset[str]) -> tuple[tuple[Arrangement, ...], list[Finding]]:
    """The arrangements of a city whose departments have these posts and matters, and what is wrong with them."""
    findings: list[Finding] = []
    found = []
    for path in sorted((city / FOLDER).glob("*.yaml")):
        arrangement = _read(path, posts, matters, findings)
        if arrangement is not None:
            found.append(arrangement)
    return tuple(found), findings


def _read(path: Path, posts: frozenset[str], matters: frozenset[str], findings: list[Finding]) -> Arrangement | None:
    before = len(findings)
    root = read_file(path, findings)
    if root is None:
        return None
    department = path.stem
    own = sorted(post.partition("/")[2] for post in posts if post.partition("/")[0] == department)
    if not SLUG.match(department) or len(department) > LONGEST_DEPARTMENT or not own:
        known = sorted({post.partition("/")[0] for post in posts})
        root.report(f"There is no department “{department}”.", near(department, known, "Name the file after one of"))
    name = root.words("name", max_length=80)
    chosen = root.some_of("posts", own or ["..."])
    wanted = root.some_of("matters", sorted(matters)) if root.has("matters") else ()
    root.asked.add("matters")
    tables = _tables(root)
    root.finish()
    if name is None or len(findings) > before:
        return None
    return Arrangement(department, name, tuple(f"{department}/{post}" for post in chosen), wanted, tables)


def _tables(root: Section) -> TablesAt | None:
    section = root.section("tables")
    if section is None:
        return None
    kind = section.one_of("kind", KINDS)
    if kind == "sqlite":
        place = section.text("path", example="departments/water.sqlite3", max_length=200) or ""
        if place.startswith("/") or ".." in place.split("/"):
            section.report("The path leaves the data folder.", "Write a path below it.", "path")
    else:
        place = section.text("url", example="mysql://yiwang:${PASSWORD}@10.0.0.6/exchange", max_length=300) or ""
        parts = urlsplit(place)
        if place and kind and (parts.scheme not in SCHEMES[kind] or not parts.hostname):
            section.report("This is no address of such a database.", f"Begin with {SCHEMES[kind][0]}://HOST.", "url")
        if parts.password and not _SECRET.search(parts.password):
            remedy = "Write ${NAME} and set NAME in the worker's environment."
            section.report("A password does not belong into the file.", remedy, "url")
    section.finish()
    return TablesAt(kind, place) if kind and place else None
