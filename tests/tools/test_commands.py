import json
import socket
from pathlib import Path

import pytest

from benchmarks.ratios import compare, percentile
from tools import bench, check, servers, test, up


def test_a_busy_port_is_told_before_anything_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind((servers.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        assert up.main(["--port", str(port)]) == 1
    assert f"another program already uses port {port}" in capsys.readouterr().err


def test_the_sign_ins_are_listed_with_their_duties(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(
        "password: open-sesame\nresidents:\n  wang: {name: 王晓兰}\nofficers:\n  wu: {name: 吴文斌, posts: [a/b]}\n"
    )
    listed = up.sign_ins(people)
    assert "open-sesame" in listed
    assert [line.split() for line in listed.splitlines()[1:]] == [
        ["wang", "resident", "王晓兰"],
        ["wu", "a/b", "吴文斌"],
    ]


def test_a_city_gets_its_people_into_the_departments_databases(tmp_path: Path) -> None:
    city = servers.City(tmp_path)
    assert not city.has_population
    city.populate(20)
    assert city.has_population
    assert (tmp_path / "departments" / "market.sqlite3").exists()


def test_figures_are_written_with_their_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    bench.write("plan", {"us_per_task": 412.5}, {"tasks": 20}, quick=True)
    written = json.loads((tmp_path / "bench" / "plan.json").read_text())
    assert written == {"figures": {"us_per_task": 412.5}, "quick": True, "sizes": {"tasks": 20}}


def test_a_comparison_counts_rounds_alternating_and_not_the_first() -> None:
    order: list[str] = []
    compared = compare(lambda: order.append("ours"), lambda: order.append("peer"), rounds=3)
    assert order == ["ours", "peer", "ours", "peer", "peer", "ours", "ours", "peer"]
    assert len(compared.ours) == len(compared.peer) == 3


def test_percentiles_take_the_nearest_rank() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7], 0.99) == 7
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_required_database_that_is_missing_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> None:
        raise test.postgres.Unavailable("there is no server")

    monkeypatch.setattr(test.postgres, "server", nowhere)
    assert test._on_postgres([], required=True).code == 1
    skipped = test._on_postgres([], required=False)
    assert skipped.code == 0
    assert "not run: there is no server" in str(skipped)


def test_a_check_that_breaks_complains_of_itself(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> list[str]:
        raise RuntimeError("the floor gave way")

    assert "the floor gave way" in check._complaints(broken)[0]


def test_a_command_of_the_city_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(servers.DidNotStart, match="nonsense"):
        servers.City(tmp_path).command("nonsense")
