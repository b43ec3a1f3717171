import json
import threading
from pathlib import Path

import pytest
from django.conf import settings

from tests.library.centre.conftest import Library
from yiwang.library.centre import actions, cells, questions
from yiwang.library.centre.models import Question
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.refusals import NotPermitted, NotPossible
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
    assert set(event) >= {"eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs"}


def test_a_cell_that_a_spreadsheet_would_compute_stays_a_text(library: Library) -> None:
    table = questions.rows_of(answered(library, "select '=1+1' as danger, -1 as number from security.residents").pk)
    assert table is not None
    lines = b"".join(cells.csv_lines(table)).decode("utf-8-sig").splitlines()
    assert lines[:2] == ["danger,number", "'=1+1,-1"]
