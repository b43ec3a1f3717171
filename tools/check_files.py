"""Rules on files as such: their length and names, links that lead somewhere, what locks may say, no private address."""

import ast
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from tools.tree import ROOT, shown

LONGEST = 500
VAGUE = {"utils", "util", "helpers", "helper", "services", "managers", "common", "misc"}
MACHINE_WRITTEN = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-spark.lock",
    "package-lock.json",
    ".npmrc",
)
INDEX_SETTING = re.compile(r"(?<!no-emit-)\b(?:index[-_]url|find[-_]links|registry)\b\s*[=\"': ]", re.IGNORECASE)
ADDRESS = re.compile(r"\bhttps?://", re.IGNORECASE)
LINK = re.compile(r"]\((?!\w+:|#)([^)#\s]+)")
RECORDS = ROOT / "docs" / "adr"
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^ ;\\]+)", re.MULTILINE)


def complaints() -> list[str]:
    files = committed()
    found: list[str] = []
    for path in files:
        if path.suffix == ".py" or path.name == "dev":
            found += code(path)
        if path.suffix == ".md":
            found += dead_links(path)
        if path.name in MACHINE_WRITTEN:
            found += without_addresses(path)
    found += departments([path for path in files if path.is_relative_to(ROOT / "src")], department_names())
    found += unlisted_records(RECORDS)
    found += private_hosts(files)
    found += locks()
    found += versions(ROOT)
    return found


def committed() -> list[Path]:
    """The project's files: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def code(path: Path) -> Iterator[str]:
    text = path.read_text()
    if "migrations" in path.parts:
        return
    if (length := text.count("\n")) > LONGEST:
        yield f"{shown(path)}:{LONGEST}: has {length} lines: past {LONGEST} a file holds two concepts, split it"
    if path.stem in VAGUE:
        yield f"{shown(path)}:1: {path.stem!r} says nothing: name the file after the concept it holds"
    if path.name == "__init__.py" and "src" in path.parts and text.strip() and not ast.get_docstring(ast.parse(text)):
        yield f"{shown(path)}:1: a package opens with what it owns, in a docstring"


def dead_links(path: Path) -> Iterator[str]:
    """Links of a page to files that are not there."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for target in LINK.findall(line):
            if not (path.parent / target).exists():
                yield f"{shown(path)}:{number}: links to {target}, which is not there"


def unlisted_records(folder: Path) -> Iterator[str]:
    """Every decision stands in the list of decisions."""
    listed = set(LINK.findall((folder / "README.md").read_text()))
    for path in sorted(folder.glob("[0-9]*.md")):
        if path.name not in listed:
            yield f"{shown(path)}:1: is not in {shown(folder / 'README.md')}: add its line"


def without_addresses(path: Path) -> Iterator[str]:
    """Locks name packages, versions and hashes; where they are fetched from is the machine's affair."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if '"resolved"' in line or INDEX_SETTING.search(line):
            yield f"{shown(path)}:{number}: names where packages are fetched from: leave that to the machine"
        elif path.suffix == ".lock" and ADDRESS.search(line):
            yield f"{shown(path)}:{number}: holds an address: compile it with ./dev lock"


def department_names() -> set[str]:
    """What the demonstration city calls its departments, in both languages."""
    city = yaml.safe_load((ROOT / "city" / "departments.yaml").read_text())
    return {name for department in city.values() for name in department["name"].values()}


def departments(files: list[Path], names: set[str]) -> Iterator[str]:
    """The source names no department: those are data of a city."""
    for path in files:
        if path.suffix in (".py", ".html", ".txt", ".po", ".yaml"):
            text = path.read_text()
            for name in sorted(names):
                if name in text:
                    line = text.count("\n", 0, text.index(name)) + 1
                    yield f"{shown(path)}:{line}: names {name}: departments are data, in city/"


def private_hosts(files: list[Path]) -> Iterator[str]:
    """No file names a host from which this machine is set up to fetch packages."""
    hosts = [host.encode() for host in _configured_hosts()]
    for path in files if hosts else []:
        content = path.read_bytes()
        for host in hosts:
            if host in content:
                line = content.count(b"\n", 0, content.index(host)) + 1
                yield f"{shown(path)}:{line}: names {host.decode()}, from which this machine fetches packages"


def locks() -> Iterator[str]:
    """The locks hold what pyproject.toml asks for, and all the same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock")
    main, development, spark = (dict(_pinned(ROOT / name)) for name in names)
    for wanted, held, lock in (
        (project["dependencies"], main, "requirements.lock"),
        (project["optional-dependencies"]["dev"], development, "requirements-dev.lock"),
        (project["optional-dependencies"]["spark"], spark, "requirements-spark.lock"),
    ):
        for requirement in wanted:
            name = _normal(re.split(r"[\[<>=~! ;]", requirement)[0])
            if name not in held:
                yield f"{lock}:1: lacks {name}, which pyproject.toml asks for: run ./dev lock"
    for name, version in main.items():
        if development.get(name) != version:
            yield f"requirements-dev.lock:1: has {name} {development.get(name)}, requirements.lock has {version}"
    for name, version in development.items():
        if spark.get(name) != version:
            yield f"requirements-spark.lock:1: has {name} {spark.get(name)}, requirements-dev.lock has {version}"


def versions(folder: Path) -> Iterator[str]:
    """What publiccode.yml tells the world is the version of the project."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    told = yaml.safe_load((folder / "publiccode.yml").read_text())["softwareVersion"]
    if told != project["version"]:
        yield f"publiccode.yml:1: tells of version {told}, pyproject.toml of {project['version']}"


def _pinned(path: Path) -> Iterator[tuple[str, str]]:
    for match in REQUIREMENT.finditer(path.read_text()):
        yield _normal(match[1]), match[2]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _configured_hosts() -> set[str]:
    values = [value for name, value in os.environ.items() if re.search(r"INDEX_URL|REGISTRY", name, re.IGNORECASE)]
    for command in (["python", "-m", "pip", "config", "list"], ["npm", "config", "list", "--json"]):
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        except FileNotFoundError:
            continue
        values += _addresses_of(done.stdout)
    hosts = {urlsplit(word).hostname or "" for value in values for word in value.replace("'", " ").split()}
    return {host for host in hosts if "." in host}


def _addresses_of(output: str) -> list[str]:
    if output.startswith("{"):
        settings = json.loads(output)
        return [str(value) for name, value in settings.items() if name.endswith("registry")]
    return [line.partition("=")[2] for line in output.splitlines() if "index-url" in line.partition("=")[0]]
