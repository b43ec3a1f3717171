from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from yiwang.foundation.kernel.findings import Finding, Refused
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards import loading, queries, vocabulary
from yiwang.foundation.standards.elements import Choice, Derivation, Element, ElementKind

FLOOR_AREA = """\
floor_area:
  name:     {zh: 面积, en: Floor area}
  kind:     decimal
  unit:     {zh: 平方米, en: m²}
  question: {zh: 有多大？, en: "How large?"}
  minimum:  1
"""


def city(folder: Path, **files: str) -> Path:
    (folder / "elements").mkdir()
    for name, text in files.items():
        (folder / "elements" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_demonstration_city_has_a_sound_vocabulary() -> None:
    found, findings = vocabulary.read(Path(__file__).parents[3] / "city")
    assert findings == []
    area = found.get("premises.floor_area")
    assert area is not None
    assert (area.kind, area.unit, area.minimum) == (ElementKind.DECIMAL, Words("平方米", "m²"), Decimal(1))
    assert {"person.birth_date", "person.age"} <= {element.code for element in found.derived()}


def test_a_file_holds_the_elements_of_its_subject(tmp_path: Path) -> None:
    found, findings = vocabulary.read(city(tmp_path, premises=FLOOR_AREA))
    assert findings == []
    assert "premises.floor_area" in found
    assert "floor_area" not in found


def test_an_element_derived_from_nothing_is_found(tmp_path: Path) -> None:
    text = "age:\n  name: {zh: 年龄, en: Age}\n  kind: integer\n  derived: {from: person.number, as: age}\n"
    findings = vocabulary.read(city(tmp_path, person=text))[1]
    assert [finding.message for finding in findings] == [
        "person.age is derived from person.number, which is not an element."
    ]


def test_a_name_with_capitals_is_found_with_its_line(tmp_path: Path) -> None:
    findings = vocabulary.read(city(tmp_path, premises=FLOOR_AREA + FLOOR_AREA.replace("floor_area", "FloorArea")))[1]
    assert [(finding.line, finding.message) for finding in findings] == [
        (7, "“FloorArea” cannot be the name of an element.")
    ]


def test_a_finding_reads_as_editors_expect_it() -> None:
    finding = Finding(Path("city/x.yaml"), 3, "It is wrong.", "Mend it.")
    assert str(finding) == "city/x.yaml:3: error: It is wrong. Mend it."


def test_loading_keeps_elements_that_left_the_files(tmp_path: Path, db: None) -> None:
    loading.load(city(tmp_path, premises=FLOOR_AREA))
    (tmp_path / "elements/premises.yaml").write_text(FLOOR_AREA.replace("floor_area", "area"), encoding="utf-8")
    loading.load(tmp_path)
    assert set(queries.elements(["premises.area", "premises.floor_area", "premises.x"])) == {
        "premises.area",
        "premises.floor_area",
    }
    assert queries.element("premises.area") == vocabulary.read(tmp_path)[0].get("premises.area")


def test_a_broken_vocabulary_is_not_loaded(tmp_path: Path, db: None) -> None:
    with pytest.raises(Refused, match="“kind” is missing"):
        loading.load(city(tmp_path, premises=FLOOR_AREA.replace("  kind:     decimal\n", "")))
    assert queries.elements(["premises.floor_area"]) == {}


def element(kind: ElementKind) -> Element:
    return Element("a.b", Words("甲", "A"), kind, choices=(Choice("x", Words("一", "one")),))


@pytest.mark.parametrize(
    ("kind", "answer", "value"),
    [
        (ElementKind.DECIMAL, "120.5", Decimal("120.5")),
        (ElementKind.INTEGER, 3, Decimal(3)),
        (ElementKind.MONEY, 250, Decimal(250)),
        (ElementKind.BOOLEAN, False, False),
        (ElementKind.DATE, "2025-03-12", date(2025, 3, 12)),
        (ElementKind.CHOICE, "x", "x"),
        (ElementKind.CHOICES, ["x"], ["x"]),
        (ElementKind.TEXT, "", None),
        (ElementKind.TEXT, None, None),
    ],
)
def test_answers_become_what_conditions_compute_with(kind: ElementKind, answer: object, value: object) -> None:
    assert element(kind).typed(answer) == value


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (ElementKind.DECIMAL, "many"),
        (ElementKind.INTEGER, True),
        (ElementKind.BOOLEAN, "true"),
        (ElementKind.DATE, "12.3.2025"),
        (ElementKind.CHOICES, "x"),
    ],
)
def test_an_answer_of_another_kind_is_refused(kind: ElementKind, answer: object) -> None:
    with pytest.raises(ValueError):
        element(kind).typed(answer)


@pytest.mark.parametrize(
    ("derivation", "today", "told"),
    [
        (Derivation.AGE, date(2025, 3, 6), 34),
        (Derivation.AGE, date(2025, 3, 7), 35),
        (Derivation.BIRTH_DATE, date(2025, 1, 1), date(1990, 3, 7)),
        (Derivation.SEX, date(2025, 1, 1), "female"),
    ],
)
def test_the_identity_number_tells_age_birth_date_and_sex(derivation: Derivation, today: date, told: object) -> None:
    derived = Element("person.x", Words("甲", "A"), ElementKind.TEXT, derived_from="person.id", derivation=derivation)
    assert derived.derive("110000199003070220", today) == told
