"""Matters written for others under the national names, and read from others."""

import csv
import io
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.text import canonical
from yiwang.service.catalogue import exchange
from yiwang.service.catalogue.exchange import Imported
from yiwang.service.catalogue.national import (
    MATERIAL_COLUMNS,
    MATTER_COLUMNS,
    NationalMaterial,
    NationalMatter,
    limit,
    limit_texts,
)

HERE = Path("matters.csv")
CITY_LIST = "department,main_item,name,item_code,task_type,area_code,link\r\n"
DRAINAGE = NationalMatter(
    task_code="511A0148600000",
    name="城镇污水排入排水管网许可",
    catalogue_code="000119009000",
    department="区住建局",
    statute_amount="15",
    statute_unit="工作日",
    promise_amount="5",
    promise_unit="工作日",
    project_type="2",
    fee="0",
    materials=(
        NationalMaterial("申请表", needed="1", order="1", basis="城镇排水与污水处理条例 第二十一条"),
        NationalMaterial("排水平面图\n（一式两份）", pages="2", order="2"),
    ),
    further=(("name_en", "Permit to discharge sewage"),),
)


def parse(text: str) -> Imported:
    return exchange.parse(text, HERE)


ODD = st.sampled_from(
    ["=1+1", "'=1", "''@x", "-5", "+86", "－１", "'", "''", '"', 'a"b,c\nd', "\ufeff", "=\t", "@SUM(1)", ","]
)
CHARACTERS = st.characters(exclude_categories=("Cc", "Cf", "Cn", "Cs"), include_characters="\n\t")
TEXTS = (ODD | st.text(CHARACTERS, max_size=12) | st.text("=+-@',\"\n 户口", max_size=8)).map(
    lambda text: canonical(text, multiline=True)
)
NAMES = TEXTS.map(lambda text: text or "名称")
MATERIALS = st.builds(
    NationalMaterial,
    **{field.name: NAMES if field.name == "name" else TEXTS for field in fields(NationalMaterial)},
)
FURTHER = st.dictionaries(st.sampled_from(["name_en", "=evil", "'-x", "备注", "litigation"]), NAMES, max_size=3).map(
    lambda found: tuple(sorted(found.items()))
)
MATTERS = st.builds(
    NationalMatter,
    **{
        field.name: NAMES if field.name in ("task_code", "name") else TEXTS
        for field in fields(NationalMatter)
        if field.name not in ("materials", "further")
    },
    materials=st.lists(MATERIALS, max_size=2).map(tuple),
    further=FURTHER,
)


@settings(max_examples=120)
@given(st.lists(MATTERS, max_size=4, unique_by=lambda matter: matter.task_code))
def test_what_is_written_is_read_back_unchanged(matters: list[NationalMatter]) -> None:
    imported = parse(exchange.write(matters))
    assert imported.errors == ()
    assert imported.matters == tuple(matters)


@given(st.lists(MATTERS, max_size=3, unique_by=lambda matter: matter.task_code))
def test_no_cell_that_is_written_begins_like_a_formula(matters: list[NationalMatter]) -> None:
    for row in csv.reader(io.StringIO(exchange.write(matters), newline="")):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r＝＋－＠")]


@given(MATTERS)
def test_a_matters_columns_tell_the_same_matter_again(matter: NationalMatter) -> None:
    assert exchange.from_columns(exchange.to_columns(matter), matter.materials) == matter


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_is_read_or_told_what_is_wrong(text: str) -> None:
    imported = parse(text)
    assert imported.matters or imported.findings


@given(st.binary(max_size=300))
@settings(max_examples=50)
def test_any_file_is_read_or_told_what_is_wrong(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(raw)
    imported = exchange.read(path)
    assert imported.matters or imported.findings


def test_the_national_names_are_used_outside_only() -> None:
    header = exchange.write([DRAINAGE]).splitlines()[0].split(",")
    assert header[:4] == ["table", "catalog_code", "task_code", "task_name"]
    assert {"anticipate_day", "promise_type", "material_name", "accept_stand", "name_en"} <= set(header)
    assert not {"statute_amount", "enquiries"} & set(header)
    assert set(MATTER_COLUMNS.values()) == {
        field.name for field in fields(NationalMatter) if field.name not in ("materials", "further")
    }
    assert set(MATERIAL_COLUMNS.values()) == {field.name for field in fields(NationalMaterial)}


def test_a_file_carries_the_mark_that_spreadsheets_look_for(tmp_path: Path) -> None:
    exchange.save(tmp_path / "out.csv", [DRAINAGE])
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbftable,")
    assert exchange.read(tmp_path / "out.csv").matters == (DRAINAGE,)


def test_a_citys_list_is_read_by_its_own_column_names() -> None:
    imported = parse(CITY_LIST + "区公安分局,未分类,户口登记,511F09014002,7,511602000000,https://example.org\r\n")
    assert imported.findings == ()
    (matter,) = imported.matters
    assert (matter.task_code, matter.name, matter.department) == ("511F09014002", "户口登记", "区公安分局")
    assert matter.link == "https://example.org"


def test_columns_nobody_knows_are_kept() -> None:
    imported = parse("task_code,task_name,备注\nA,户口登记,每周二不办\nB,排水,\n")
    assert imported.findings == ()
    assert [matter.further for matter in imported.matters] == [(("备注", "每周二不办"),), ()]


def test_limits_are_understood() -> None:
    assert DRAINAGE.statute == Limit(15, Unit.WORKING_DAY)
    assert replace(DRAINAGE, promise_unit="1").promise == Limit(5, Unit.WORKING_DAY)
    assert replace(DRAINAGE, promise_amount="", promise_unit="").promise is None
    assert limit("x", "工作日") is None
    for unit in Unit:
        assert limit(*limit_texts(Limit(20, unit))) == Limit(20, unit)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "empty"),
        ("\r\n\r\n", 1, "empty"),
        ("task_name\n户口\n", 1, "task_code"),
        ("task_code,task_name,task_name\nA,x,y\n", 1, "Two columns"),
        ("item_code,task_code,name\nA,B,x\n", 1, "Two columns"),
        ("task_code,task_name,\nA,x,y\n", 1, "no name"),
        ("task_code,task_name\nA\n", 2, "1 cells"),
        ("task_code,task_name\n,户口\n", 2, "task_code"),
        ("task_code,task_name\nA,\n", 2, "task_name"),
        ("task_code,task_name\nA," + "长" * 301 + "\n", 2, "301 characters"),
        ("task_code,task_name\nA,x\nB,y\nA,z\n", 4, "on line 2"),
        ('task_code,task_name\nA,"x\ny"\nB,\n', 4, "task_name"),
        ("task_code,task_name\nA,x\u0000y\n", 2, "control character"),
        ("task_code,task_name\nA,x\u202ey\n", 2, "direction"),
        ('task_code,task_name\nA,"x\n', 2, "told apart"),
        ("task_code,task_name\nA," + "x" * 140_000 + "\n", 2, "told apart"),
        ("table,task_code,task_name\nstep,A,x\n", 2, "no table"),
        ("table,task_code,task_name,material_name\nmaterial,A,,申请表\n", 2, "No matter above"),
        ("table,task_code,task_name,material_name\ntask,A,x,\nmaterial,A,,\n", 3, "material_name"),
        ("table,task_code,task_name,material_name\ntask,A,x,申请表\n", 2, "material_name"),
        ("table,task_code,task_name,material_name\ntask,A,x,\nmaterial,A,y,申请表\n", 3, "task_name"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, says: str) -> None:
    imported = parse(text)
    assert [finding.line for finding in imported.errors] == [line]
    assert says in imported.errors[0].message
    assert imported.errors[0].remedy


def test_the_right_rows_of_a_wrong_file_are_read() -> None:
    imported = parse("task_code,task_name\nA,户口登记\n,无码\nB,排水许可\n")
    assert [matter.task_code for matter in imported.matters] == ["A", "B"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("anticipate_day", "二十左右"),
        ("project_type", "7"),
        ("is_fee", "有时"),
        ("limit_scene_num", "一次"),
    ],
)
def test_texts_without_meaning_here_are_kept_with_a_warning(column: str, text: str) -> None:
    imported = parse(f"task_code,task_name,{column}\nA,户口登记,{text}\n")
    assert [finding.severity for finding in imported.findings] == ["warning"]
    assert exchange.to_columns(imported.matters[0])[column] == text


def test_a_promise_longer_than_the_law_allows_is_warned_of() -> None:
    imported = parse(exchange.write([replace(DRAINAGE, promise_amount="30")]))
    assert "longer than the law's" in imported.findings[0].message


def test_findings_are_bounded() -> None:
    imported = parse("task_code,task_name\n" + ",\n,x\n" * 3_000)
    assert len(imported.findings) == exchange.MAX_FINDINGS + 1


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert exchange.read(tmp_path / "absent.csv").errors[0].line == 0
    path = tmp_path / "gbk.csv"
    path.write_bytes("task_code,task_name\nA,户口登记\n".encode("gbk"))
    finding = exchange.read(path).errors[0]
    assert finding.line == 2
    assert "UTF-8" in finding.message


def test_two_matters_with_one_code_are_not_written() -> None:
    with pytest.raises(ValueError, match="task code"):
        exchange.write([DRAINAGE, DRAINAGE])


@pytest.mark.parametrize("name", ["task_name", "table", "material_name", "department", "", " x"])
def test_a_further_column_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="further column"):
        exchange.write([replace(DRAINAGE, further=((name, "x"),))])


def test_text_that_is_not_canonical_never_becomes_a_matter() -> None:
    with pytest.raises(ValueError):
        replace(DRAINAGE, name=" 户口")
    with pytest.raises(ValueError):
        NationalMaterial("x\x00")


def test_the_real_list_of_a_city_is_read_and_written_back_unchanged(evaluation_data: Path) -> None:
    imported = exchange.read(evaluation_data / "matters" / "guangan_511602.csv")
    assert len(imported.matters) == 1_135
    assert imported.findings == ()
    assert parse(exchange.write(imported.matters)).matters == imported.matters
