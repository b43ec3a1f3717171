"""Contracts are read as departments write them; what is wrong is named with file, line and remedy."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from tests.library.gateways.contract_files import CONTRACT, write
from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.standards import vocabulary
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways import contracts
from yiwang.library.gateways.contract import Level, Privacy, Product, Sharing, Statistics, Subject
from yiwang.library.gateways.types import plain_schema


def read(city: Path, **known: list[str]) -> tuple[tuple[Product, ...], list[Finding]]:
    words, found = vocabulary.read(city)
    assert not found
    return contracts.read(city, words, **known)


def test_a_contract_is_read_whole(tmp_path: Path) -> None:
    (product,), findings = read(
        write(tmp_path), departments=["market"], materials=["business_licence", "identity_card"]
    )
    assert not findings
    assert product.reference == "market.enterprises@1"
    assert product.sharing is Sharing.UNCONDITIONAL
    assert (product.subject, product.subject_field) == (Subject.ENTERPRISE, "uscc")
    assert (product.key, product.cursor, product.fresh_within) == (("uscc",), "updated_at", timedelta(hours=24))
    assert product.level is Level.IMPORTANT
    assert product.proves == {"business_licence": 'status = "open"', "identity_card": None}
    assert [rule.kind for rule in product.quality] == ["unique", "feel"]
    assert plain_schema(product, ("uscc", "capital", "updated_at")).types == [
        pa.string(),
        pa.int64(),
        pa.timestamp("us", tz="UTC"),
    ]


def test_a_field_bound_to_an_element_takes_what_the_vocabulary_says(tmp_path: Path) -> None:
    (product,), _ = read(write(tmp_path))
    name, legal_person = product.by_name["name"], product.by_name["legal_person"]
    assert (name.kind, name.words.zh) == (ElementKind.TEXT, "企业名称")
    assert (legal_person.kind, legal_person.words.zh) == (ElementKind.RESIDENT_ID, "法定代表人")
    assert legal_person.personal


@pytest.mark.parametrize(
    ("old", "new", "says", "remedy"),
    [
        ('"1.0"', '"one"', "“one” is not a version", 'version: "1.0"'),
        ("enterprise.name\n", "enterprise.nam\n", "no element “enterprise.nam”", "“enterprise.name”"),
        ("unconditional", "unconditonal", "not known as sharing", "“unconditional”"),
        ("key:      uscc", "key:      usc", "no field “usc”", "“uscc”"),
        ("{enterprise: uscc}", "{person: uscc}", "no field of kind resident_id", "legal_person"),
        ("key:      uscc", "key:      uscc\nrepresents: uscc", "Only persons stand for an enterprise", "about"),
        ("key:      uscc", "key:      uscc\nrepresents: name", "“name” is no field of kind uscc", "kind uscc"),
        ("changed:  updated_at", "changed:  name", "cannot tell what came later", "moment"),
        ("24 hours", "2 working days", "grows older on holidays", "calendar days"),
        ('status = "open"', 'status = "opne"', "does not fit", "Correct"),
        ("capital >= 0", 'capital >= "a"', "does not fit", "Correct"),
        ("{unique: legal_person}", "{unique: legal_person, feel: capital > 0}", "says one thing", "one of"),
        ("sharing:  unconditional", "sharing:  unconditional\nopen: true", "no personal fields", "without them"),
        ("sharing:  unconditional", "sharing:  unconditional\nlevel: general", "A field of it is important", "level"),
        ("title:  ", "titel:  ", "“title” is missing", "Add"),
        ("{kind: money,", "{kind: money, authoritative: true,", "Only an element", "Name the element"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str, remedy: str) -> None:
    assert old in CONTRACT
    products, findings = read(write(tmp_path, CONTRACT.replace(old, new, 1)))
    assert not products
    (found, *_) = [each for each in findings if says in each.message]
    assert remedy in found.remedy
    assert found.line > 0 or "missing" in says


def test_a_folder_is_a_department_and_a_proven_paper_is_one_that_matters_ask_for(tmp_path: Path) -> None:
    _, findings = read(write(tmp_path, department="markte"), departments=["market"], materials=["identity_card"])
    assert [each.message for each in findings] == [
        "The city has no department “markte”.",
        "No matter asks for “business_licence” among the shared materials.",
    ]


def test_an_older_major_is_served_beside_the_new(tmp_path: Path) -> None:
    write(tmp_path, CONTRACT.replace('"1.0"', '"2.0"'))
    write(tmp_path, CONTRACT, "enterprises@1.yaml")
    products, findings = read(tmp_path)
    assert not findings
    assert [product.reference for product in products] == ["market.enterprises@1", "market.enterprises@2"]


def test_an_element_has_one_authoritative_source(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, department="tax")
    _, findings = read(tmp_path)
    assert "has its one source in market.enterprises already" in findings[0].message


def with_statistics(city: Path, text: str) -> tuple[tuple[Product, ...], list[Finding]]:
    return read(write(city, f"{CONTRACT}\nstatistics: {text}\n"))


def test_a_contract_says_how_figures_are_told(tmp_path: Path) -> None:
    (product,), _ = read(write(tmp_path / "a"))
    assert product.statistics is None
    (product,), _ = with_statistics(tmp_path / "b", "{people: 20}")
    assert product.statistics == Statistics(people=20)
    noise = "{privacy: {epsilon: 0.5, budget: 10, renewed: yearly, bounds: {capital: [0, 1000]}}}"
    (product,), findings = with_statistics(tmp_path / "c", noise)
    assert not findings
    assert product.statistics == Statistics(
        privacy=Privacy(Decimal("0.5"), Decimal(10), "yearly", bounds={"capital": (0, 1_000)})
    )


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ("{}", "large enough, or with noise", "people: 10"),
        ("{people: 10, privacy: {epsilon: 1, budget: 1}}", "large enough, or with noise", "people: 10"),
        ("{people: 2}", "from 3 to", "people: 3"),
        ("{persons: 20}", "“persons” is not a field here", "people"),
        ("{privacy: {budget: 1}}", "“epsilon” is missing", "epsilon: 0.5"),
        ("{privacy: {epsilon: 0, budget: 1}}", "more than 0", "epsilon: 0.5"),
        ("{privacy: {epsilon: 0.0000001, budget: 1}}", "six decimals", "epsilon: 0.5"),
        ("{privacy: {epsilon: 2, budget: 1}}", "does not pay for one question", "budget: 2"),
        ("{privacy: {epsilon: 1, budget: 1, renewed: weekly}}", "not known as renewed", "yearly"),
        ("{privacy: {epsilon: 1, budget: 1, rows_each: 3}}", "Nobody has more than one row", "Remove"),
        ("{privacy: {epsilon: 1, budget: 1, bounds: {capital: [5, 1]}}}", "two whole numbers", "capital: [0, 100]"),
        ("{privacy: {epsilon: 1, budget: 1, bounds: {capital: [0, true]}}}", "two whole numbers", "capital: [0, 100]"),
        ("{privacy: {epsilon: 1, budget: 1, bounds: {name: [0, 1]}}}", "no field of whole numbers", "capital"),
    ],
)
def test_what_is_wrong_with_statistics_is_named(tmp_path: Path, text: str, says: str, remedy: str) -> None:
    products, findings = with_statistics(tmp_path, text)
    assert not products
    (found,) = [each for each in findings if says in each.message]
    assert remedy in found.remedy
    assert found.line > 20
