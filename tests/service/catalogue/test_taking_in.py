"""Matters of another catalogue are taken in as guidance, and everything on offer is written for others."""

from pathlib import Path

import pytest

from tests.service.catalogue.little_city import LittleCity
from tests.service.catalogue.test_commands import yiwang
from yiwang.foundation.kernel.text import Words
from yiwang.service.catalogue import exchange, loading, queries
from yiwang.service.catalogue.exporting import national_matter
from yiwang.service.catalogue.national import NationalMaterial, NationalMatter

HOTEL = NationalMatter("511A-1", "旅馆业特种行业许可证核发", department="区公安分局")
DOG = NationalMatter("511A-2", "犬类准养证核发", department="区公安分局", materials=(NationalMaterial("免疫证明"),))


def test_what_was_read_is_written_back_unchanged(published_city: LittleCity, tmp_path: Path) -> None:
    loading.take_in([HOTEL, DOG])
    assert yiwang("catalogue", "export", str(tmp_path / "out.csv")) == 0
    written = {matter.task_code: matter for matter in exchange.read(tmp_path / "out.csv").matters}
    assert written["511A-1"] == HOTEL
    assert written["511A-2"] == DOG


def test_our_own_matters_are_written_in_national_terms(published_city: LittleCity) -> None:
    own = {matter.task_code: matter for matter in queries.national()}["11319900MB2F00003K3000119009000"]
    assert (own.name, own.department, own.catalogue_code) == ("排水许可", "水务局", "000119009000")
    assert (own.statute_amount, own.statute_unit, own.promise_amount) == ("15", "工作日", "5")
    assert own.promise == queries.service("drainage").service.promise
    assert own.special_procedures == "水质检测（10个工作日）"
    assert [material.name for material in own.materials] == ["执照", "管线图", "检测报告"]
    assert [material.needed for material in own.materials] == ["1", "1", "0"]
    assert own.materials[0].source == "市场局"


def test_an_instant_matter_is_told_as_one(published_city: LittleCity) -> None:
    card = queries.service("senior-card").service
    assert card.kind == "matter"
    assert national_matter(card, {"market": Words("市场局", "Market Bureau")}).instant


def test_a_matter_that_can_be_applied_for_needs_no_guidance(published_city: LittleCity) -> None:
    ours = NationalMatter("11319900MB2F00003K3000119009000", "排水许可")
    assert loading.take_in([ours, HOTEL]) == ("511A-1",)
    with pytest.raises(queries.NotPublished):
        queries.guidance(ours.task_code)


def test_taking_in_again_changes_only_what_has_changed(published_city: LittleCity) -> None:
    assert loading.take_in([HOTEL, DOG]) == ("511A-1", "511A-2")
    assert loading.take_in([HOTEL, DOG]) == ()
    renamed = NationalMatter("511A-2", "养犬登记", department="区公安分局")
    assert loading.take_in([HOTEL, renamed]) == ("511A-2",)
    assert queries.guidance("511A-2").name == "养犬登记"


def test_replacing_takes_back_what_the_new_file_does_not_hold(published_city: LittleCity) -> None:
    loading.take_in([HOTEL, DOG])
    loading.take_in([DOG], replace=True)
    with pytest.raises(queries.NotPublished):
        queries.guidance("511A-1")
    assert queries.guidance("511A-2").matter == DOG
    assert queries.service("drainage").version == 1


def test_a_file_with_errors_is_not_taken_in(
    published_city: LittleCity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "in.csv"
    path.write_text("task_code,task_name\n1,旅馆\n1,旅馆\n", encoding="utf-8")
    assert yiwang("catalogue", "import", str(path)) == 1
    assert "Nothing was taken in." in capsys.readouterr().err
    assert queries.offered("guidance") == ()


def test_a_real_citys_matters_are_taken_in_and_found(
    published_city: LittleCity, evaluation_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = evaluation_data / "matters" / "guangan_511602.csv"
    assert yiwang("catalogue", "import", str(source)) == 0
    assert capsys.readouterr().out == "1135 matters read, 1135 of them new or changed.\n"
    assert any("旅馆业" in hit.name.zh for hit in queries.search("想开一家小旅馆要什么手续", 3))
    assert queries.search("开店一件事", 1)[0].code == "open-a-shop"
    assert yiwang("catalogue", "export", str(tmp_path / "out.csv")) == 0
    before = {matter.task_code: matter for matter in exchange.read(source).matters}
    after = {matter.task_code: matter for matter in exchange.read(tmp_path / "out.csv").matters}
    assert {code: after[code] for code in before} == before
