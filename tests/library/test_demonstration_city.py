"""The demonstration city's own contracts, bindings and standing grants: what a real city writes instead of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from yiwang.foundation import rules
from yiwang.foundation.standards import vocabulary
from yiwang.library.centre import check
from yiwang.library.centre.check import Library
from yiwang.library.gateways import contracts, policy
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import MaskKind

PARTIES = ("Owner", "Tenant", "Landlord", "Spouse", "Representative")
CITY = Path(__file__).parents[2] / "city"


@pytest.fixture(scope="module")
def products() -> tuple[Product, ...]:
    found, findings = contracts.read(CITY, vocabulary.read(CITY)[0])
    assert findings == []
    return found


@pytest.fixture(scope="module")
def library(products: tuple[Product, ...]) -> Library:
    found, findings = check.read(CITY, products)
    assert findings == []
    return found


@pytest.fixture(scope="module")
def by_reference(products: tuple[Product, ...]) -> Mapping[str, Product]:
    return {product.reference: product for product in products}


def test_six_departments_publish_what_they_share(products: tuple[Product, ...]) -> None:
    assert len({product.department for product in products}) == 6
    assert {product.code for product in products if product.open} == {
        "market.business-directory",
        "transport.bus-stops",
    }


def test_every_standing_grant_is_one_that_a_gateway_enforces(
    library: Library, by_reference: Mapping[str, Product]
) -> None:
    assert len(library.grants) > 40
    for each in library.grants:
        assert policy.check_grant(by_reference[each.grant.product], each.grant) == [], each.grant.id


def test_two_people_of_the_owner_approved_each_grant(library: Library) -> None:
    for each in library.grants:
        assert len(set(each.approved_by)) == 2
        assert each.owner == each.grant.product.partition(".")[0]


def test_no_name_number_telephone_or_address_is_seen_by_an_analyst(
    library: Library, by_reference: Mapping[str, Product]
) -> None:
    revealing = {"person.name", "person.resident_id", "person.phone", "person.address", "person.birth_date"}
    seen = 0
    for each in library.grants:
        if each.grant.purpose != "analysis":
            continue
        product = by_reference[each.grant.product]
        for name, mask in each.grant.fields.items():
            field = product.by_name[name]
            if field.element in revealing or field.kind in ("resident_id", "phone", "address"):
                assert mask.kind in (MaskKind.HASH, MaskKind.GENERALISE) or not field.personal, (each.grant.id, name)
                seen += 1
            assert not (
                field.personal and field.words.en in ("Owner", "Tenant", "Landlord", "Spouse", "Representative")
            )
    assert seen > 5


def test_what_an_office_looks_up_for_an_application_belongs_to_a_case(library: Library) -> None:
    for each in library.grants:
        if each.grant.purpose == "application":
            assert each.grant.needs_case
            assert each.grant.most_rows <= 50


def test_a_grant_for_an_application_shows_whose_row_it_is_and_what_it_proves(
    library: Library, by_reference: Mapping[str, Product]
) -> None:
    """A proof is worked out on the row as the grant shows it."""
    for each in library.grants:
        product = by_reference[each.grant.product]
        if each.grant.purpose != "application":
            continue
        assert product.subject_field in each.grant.fields, each.grant.id
        proved = [
            material
            for material, when in product.proves.items()
            if when is None or set(rules.parse(when).names) - {"today"} <= set(each.grant.fields)
        ]
        assert proved or any(product.by_name[name].element for name in each.grant.fields), each.grant.id
