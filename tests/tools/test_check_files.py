from pathlib import Path

import pytest

from tools import check_files


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_long_file_is_found(tmp_path: Path) -> None:
    assert list(check_files.code(written(tmp_path, "cases.py", "x = 1\n" * 500))) == []
    assert len(list(check_files.code(written(tmp_path, "cases.py", "x = 1\n" * 501)))) == 1


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py"])
def test_a_name_that_says_nothing_is_found(tmp_path: Path, name: str) -> None:
    assert len(list(check_files.code(written(tmp_path, name, "")))) == 1


def test_a_package_opens_with_what_it_owns(tmp_path: Path) -> None:
    assert len(list(check_files.code(written(tmp_path, "src/cases/__init__.py", "import os\n")))) == 1
    assert list(check_files.code(written(tmp_path, "src/cases/__init__.py", '"""Cases."""\n'))) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    written(tmp_path, "docs/guide.md", "")
    page = written(
        tmp_path, "README.md", "[a](docs/guide.md#start) [b](https://city.example) [c](#here)\n[d](docs/x.md)\n"
    )
    assert [line.split(":")[1] for line in check_files.dead_links(page)] == ["2"]


def test_a_decision_that_the_list_lacks_is_found(tmp_path: Path) -> None:
    written(tmp_path, "README.md", "[0001](0001-first.md)\n")
    written(tmp_path, "0001-first.md", "# 1. First\n")
    second = written(tmp_path, "0002-second.md", "# 2. Second\n")
    assert [Path(line.split(":")[0]).name for line in check_files.unlisted_records(tmp_path)] == [second.name]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("package-lock.json", '"resolved": "somewhere"'),
        (".npmrc", "registry=somewhere"),
        ("requirements.lock", "--extra-index-url somewhere"),
        ("requirements.lock", "--index-url=somewhere"),
        ("requirements.lock", "thing @ https://somewhere/thing.whl"),
    ],
)
def test_a_lock_that_says_where_packages_come_from_is_found(tmp_path: Path, name: str, line: str) -> None:
    path = written(tmp_path, name, f"first\n{line}\n")
    assert [int(complaint.split(":")[1]) for complaint in check_files.without_addresses(path)] == [2]


def test_a_lock_of_names_versions_and_hashes_passes(tmp_path: Path) -> None:
    text = "#    uv pip compile --no-emit-index-url pyproject.toml\nlark==1.3.1 \\\n    --hash=sha256:ab\n"
    assert list(check_files.without_addresses(written(tmp_path, "requirements.lock", text))) == []


def test_a_host_that_this_machine_fetches_from_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://user@mirror.somewhere.test/simple")
    guilty = written(tmp_path, "notes.md", "one\nsee mirror.somewhere.test\n")
    innocent = written(tmp_path, "other.md", "nothing\n")
    assert [line.split(":")[1] for line in check_files.private_hosts([guilty, innocent])] == ["2"]


def test_the_locks_hold_what_the_project_asks_for() -> None:
    assert list(check_files.locks()) == []


def test_a_version_that_the_world_is_told_wrongly_is_found(tmp_path: Path) -> None:
    written(tmp_path, "pyproject.toml", '[project]\nversion = "0.2.0"\n')
    written(tmp_path, "publiccode.yml", 'softwareVersion: "0.1.0"\n')
    assert len(list(check_files.versions(tmp_path))) == 1
    written(tmp_path, "publiccode.yml", 'softwareVersion: "0.2.0"\n')
    assert list(check_files.versions(tmp_path)) == []


def test_source_that_names_a_department_is_found(tmp_path: Path) -> None:
    names = check_files.department_names()
    assert len(names) > 8
    guilty = written(tmp_path, "views.py", f'\nTITLE = "{sorted(names)[0]}"\n')
    innocent = written(tmp_path, "plan.py", "# the department's water test\n")
    assert [line.split(":")[1] for line in check_files.departments([guilty, innocent], names)] == ["2"]
