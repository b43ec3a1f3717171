import argparse
import json
import threading
from importlib.metadata import version
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.library.centre.conftest import Library
from yiwang.library.centre import actions, cells, commands, lineage, questions
from yiwang.library.centre.models import Question
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.refusals import NotPermitted, NotPossible
from yiwang.library.reading import joining
from yiwang.web.worker import run_until_quiet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ANALYSIS = Standing("office/analysis", "analysis")
BY_DISTRICT = "select district, count(*) as people from security.residents group by district order by district"


def answered(library: Library, text: str) -> Question:
    number = actions.ask_question(text, ANALYSIS, by=library.analyst)
    run_until_quiet()
    return questions.question(number, library.analyst)


def test_an_analyst_asks_and_reads_numbers(library: Library) -> None:
    found = answered(library, BY_DISTRICT)
    assert (found.state, found.rows, found.truncated) == ("done", 2, False)
    table = questions.rows_of(found.pk)
    assert table is not None
    assert table.to_pylist() == [{"district": "999901", "people": 2}, {"district": "999902", "people": 1}]
    (step,) = found.steps
    assert (step["product"], step["grant"], step["rows"]) == ("security.residents@1", "analysis-residents", 3)
    (record,) = library.gateways["security"].accesses()
    assert (record.asker.post, record.asker.purpose, record.position) == ("office/analysis", "analysis", step["record"])


def test_an_analyst_sees_no_name_and_no_number(library: Library) -> None:
    assert (answered(library, "select name from security.residents").code) == "unknown_field"
    table = questions.rows_of(answered(library, "select resident_id, born from security.residents").pk)
    assert table is not None
    said = str(table.to_pylist())
    assert "110000" not in said
    assert "datetime.date(1990, 1, 1)" in said


def test_a_department_that_is_away_is_named(library: Library) -> None:
    del library.rows["security"].tables["residents"]
    found = answered(library, BY_DISTRICT)
    assert (found.state, found.code) == ("failed", "offline")
    assert "security.residents" in found.detail


def test_only_who_holds_a_grant_may_ask_and_only_they_read_the_answer(library: Library) -> None:
    with pytest.raises(NotPermitted):
        actions.ask_question(BY_DISTRICT, ANALYSIS, by=library.food_one)
    assert questions.standings(library.food_one.posts) == ()
    found = answered(library, BY_DISTRICT)
    with pytest.raises(questions.NoSuchQuestion):
        questions.question(found.pk, library.office_head)


def test_one_question_at_a_time_for_each_officer(library: Library) -> None:
    actions.ask_question(BY_DISTRICT, ANALYSIS, by=library.analyst)
    with pytest.raises(NotPossible, match="Another question of yours"):
        actions.ask_question(BY_DISTRICT, ANALYSIS, by=library.analyst)


def test_who_gives_up_gets_no_answer(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, ended = threading.Event(), threading.Event()
    read = library.gateways["security"].read

    def slow(*arguments: object, **more: object) -> object:
        may_end.wait(10)
        try:
            return read(*arguments, **more)  # type: ignore[arg-type]
        finally:
            ended.set()

    monkeypatch.setattr(library.gateways["security"], "read", slow)
    monkeypatch.setattr(questions, "LOOK", 0.01)
    number = actions.ask_question(BY_DISTRICT, ANALYSIS, by=library.analyst)
    actions.give_up_question(number, by=library.analyst)
    run_until_quiet()
    assert questions.question(number, library.analyst).code == "given_up"
    may_end.set()
    assert ended.wait(10)


def test_rows_are_forgotten_after_an_hour(library: Library, clock: object) -> None:
    found = answered(library, BY_DISTRICT)
    assert (
        oct((Path(settings.YIWANG_DATA_DIR) / "library" / "answers" / f"{found.pk}.arrow").stat().st_mode)[-3:] == "600"
    )
    clock.advance(questions.KEPT * 1.1)  # type: ignore[attr-defined]
    assert questions.forget() == 1
    assert questions.rows_of(found.pk) is None


def test_what_went_into_an_answer_is_told_as_openlineage(library: Library) -> None:
    answered(library, BY_DISTRICT)
    lines = (Path(settings.YIWANG_DATA_DIR) / "library" / "lineage.jsonl").read_text().splitlines()
    event = json.loads(lines[-1])
    assert event["eventType"] == "COMPLETE"
    assert [(each["name"], each["inputFacets"]["inputStatistics"]["rowCount"]) for each in event["inputs"]] == [
        ("security.residents@1", 3)
    ]
    assert {field["name"] for field in event["inputs"][0]["facets"]["schema"]["fields"]} == {"district"}
    engine = event["run"]["facets"]["processing_engine"]
    assert (engine["name"], engine["version"]) == ("duckdb", version("duckdb"))
    assert set(event) >= {"eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs"}


def test_the_page_says_which_engine_worked_out_the_answer(library: Library, client: Client) -> None:
    client.force_login(library.account("analyst"))
    number = answered(library, BY_DISTRICT).pk
    assert "本机的 DuckDB" in client.get(reverse("centre:question", args=[number])).content.decode()


@pytest.mark.spark
def test_page_and_lineage_say_that_the_cluster_worked_it_out(
    cluster: str, library: Library, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "LARGE", 0)
    client.force_login(library.account("analyst"))
    found = answered(library, BY_DISTRICT)
    assert (found.state, found.engine) == ("done", "spark")
    assert "Spark 集群" in client.get(reverse("centre:question", args=[found.pk])).content.decode()
    engine = lineage.event_of(found, "city")["run"]["facets"]["processing_engine"]
    assert (engine["name"], engine["version"]) == ("spark", version("pyspark"))


def on_the_command_line(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    options = parser.parse_args(["query", "--as", "office/analysis", "--purpose", "analysis", *words])
    return int(options.run(options))


def test_the_command_line_says_who_joined(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert on_the_command_line("--engine", "duckdb", BY_DISTRICT) == 0
    out, err = capsys.readouterr()
    assert out == "district\tpeople\n999901\t2\n999902\t1\n"
    assert "joined by duckdb" in err


@pytest.mark.spark
def test_the_command_line_takes_a_question_to_the_cluster_or_says_what_kept_it(
    cluster: str, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_the_command_line("--engine", "spark", "--json", BY_DISTRICT) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["engine"], body["rows"]) == ("spark", [["999901", 2], ["999902", 1]])
    assert on_the_command_line("--engine", "spark", "select upper(district) u from security.residents limit 1") == 0
    err = capsys.readouterr().err
    assert "Not on Spark: “upper”" in err
    assert "joined by duckdb" in err


def test_the_command_line_gives_up_after_the_seconds_it_was_given(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_the_command_line("--seconds", "0", BY_DISTRICT) == 1
    assert "took too long" in capsys.readouterr().err
    assert on_the_command_line("--seconds", "20", BY_DISTRICT) == 0


def test_a_cell_that_a_spreadsheet_would_compute_stays_a_text(library: Library) -> None:
    table = questions.rows_of(answered(library, "select '=1+1' as danger, -1 as number from security.residents").pk)
    assert table is not None
    lines = b"".join(cells.csv_lines(table)).decode("utf-8-sig").splitlines()
    assert lines[:2] == ["danger,number", "'=1+1,-1"]
