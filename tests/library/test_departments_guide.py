"""A data steward does what docs/guides/departments-data.md says, word for word, and sees what it shows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.library.gateways.sources.servers import postgres_database

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "departments-data.md").read_text()


@dataclass(frozen=True)
class Steward:
    """Somebody with the guide before them: what it calls by its own names, and what they are here."""

    here: dict[str, str]
    environment: dict[str, str]

    def reads(self, text: str) -> str:
        for name, own in self.here.items():
            text = text.replace(name, own)
        return text

    def types(self, command: str) -> str:
        program = f"{sys.executable} -c 'import sys; from yiwang.web.commands import main; sys.exit(main())'"
        line = re.sub(r"^yiwang\b", lambda _found: program, self.reads(command))
        done = subprocess.run(
            line, shell=True, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout + done.stderr


@pytest.fixture
def steward(tmp_path: Path) -> Iterator[Steward]:
    role = f"city_gateway_{uuid.uuid4().hex[:8]}"
    with postgres_database() as url:
        place = conninfo_to_dict(url)
        here = {
            "/tmp/mycity": str(tmp_path / "city"),
            "city_gateway": role,
            "127.0.0.1:5432/beekeeping": f"{place['host']}:{place.get('port', 5432)}/{place['dbname']}",
        }
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT / "src"),
            "YIWANG_DATA_DIR": str(tmp_path / "data"),
            "YIWANG_CITY_DIR": str(tmp_path / "city"),
            "YIWANG_GATEWAYS_DIR": str(tmp_path / "city" / "gateways"),
        }
        shutil.copytree(ROOT / "city", tmp_path / "city")
        yield Steward(here, environment)
        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def files() -> Iterator[tuple[str, str]]:
    """Each file that the guide has one write: where, and what is in it."""
    yield from re.findall(r"^`(/tmp/mycity/\S+?\.yaml)`.*?^```yaml\n(.*?)^```$", GUIDE, re.M | re.S)


def dialogue() -> Iterator[tuple[str, list[str]]]:
    """What is typed and the lines that come, before the chapter that needs two versions of a contract."""
    for block in blocks("console"):
        for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = typed.rstrip().split("\n")
            if "git show" not in command and "compare" not in command:
                yield command, shown


def test_a_department_shares_a_table_by_the_guide_alone(steward: Steward) -> None:
    place = steward.reads("127.0.0.1:5432/beekeeping")
    with psycopg.connect(f"postgresql://postgres@{place}", autocommit=True) as database:
        for statements in blocks("sql"):
            database.execute(steward.reads(statements))
    written = list(files())
    assert len(written) == 2, "the guide has a contract and a binding"
    for path, body in written:
        Path(steward.reads(path)).parent.mkdir(exist_ok=True)
        Path(steward.reads(path)).write_text(steward.reads(body))
    for command, shown in dialogue():
        if command.startswith("export "):
            name, _equals, value = command.removeprefix("export ").partition("=")
            steward.environment[name] = value
            continue
        said = steward.types(command)
        for line in shown:
            for piece in steward.reads(line).split(" ... "):
                assert piece.rstrip(". ").removesuffix(", ...") in said, f"`{command}` said:\n{said}"


def test_what_the_guide_calls_breaking_is(steward: Steward, tmp_path: Path) -> None:
    before = next(body for path, body in files() if "/products/" in path)
    old, new = tmp_path / "old.yaml", tmp_path / "city" / "products" / "city-appearance" / "beekeepers.yaml"
    old.write_text(before)
    new.parent.mkdir(exist_ok=True)
    lines = before.splitlines(keepends=True)
    new.write_text("".join(line for line in lines if not re.match(r"  - (hives|some_hives):", line)))
    new.write_text(new.read_text().replace("quality:\n", ""))
    said = steward.types(f"yiwang library compare {old} {new}")
    shown = next(block for block in blocks("console") if "compare" in block).rstrip().split("\n")[2:]
    for line in shown:
        assert line in said
