"""Which place an address names, and that a doubtful one names none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.places import published
from yiwang.foundation.standards import vocabulary
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.recognition import place_named
from yiwang.service.catalogue.city_places import as_answers

CITY = Path(settings.ROOT) / "city"
PLACES = published.read(CITY)[0]
WORDS, FINDINGS = vocabulary.read(CITY, as_answers(PLACES))


def element(code: str) -> Element:
    found = WORDS.get(code)
    assert found is not None
    return found


DISTRICT, STREET = element("person.district"), element("person.street")
STREETS = st.sampled_from([choice.code for choice in STREET.choices])
NAMES = {place.code: place.name for place in PLACES}
HOUSES = st.sampled_from(["", "88 号", "滨江路 88 号 3 幢 201 室", "人民路1号", "东湖街道旁 6 号"])


@given(STREETS, HOUSES, st.booleans(), st.sampled_from(["", " ", "，"]))
def test_an_address_that_begins_with_district_and_street_names_them(
    code: str, house: str, city: bool, between: str
) -> None:
    text = between.join(["锦澜市" if city else "", NAMES[code[:6]].zh, NAMES[code].zh, house])
    assert place_named(STREET, text) == code
    assert place_named(DISTRICT, text) == code[:6]


@given(STREETS, st.sampled_from(["", ", Jinlan", ", Jinlan, China"]))
def test_an_english_address_names_its_place_at_the_end(code: str, behind: str) -> None:
    text = f"88 Binjiang Road, {NAMES[code].en}, {NAMES[code[:6]].en}{behind}"
    assert place_named(STREET, text) == code
    assert place_named(DISTRICT, text.upper()) == code[:6] or place_named(DISTRICT, text) == code[:6]


@pytest.mark.parametrize(
    ("text", "district", "street"),
    [
        ("望江区滨江路 88 号", "319901", None),
        ("滨江街道 88 号", None, "319901001"),
        ("88 号，靠近望江区", None, None),
        ("上海市望江区滨江街道 1 号", None, None),
        ("桂园区滨江街道 1 号", "319902", None),
        ("88 Binjiang Road, Wangjiang District, Shanghai", None, None),
        ("Wangjiang District Road 5", None, None),
        ("", None, None),
        ("锦澜市", None, None),
        ("，，，", None, None),
    ],
)
def test_what_is_in_doubt_is_left_to_be_asked(text: str, district: str | None, street: str | None) -> None:
    assert place_named(DISTRICT, text) == district
    assert place_named(STREET, text) == street


@given(st.text(max_size=60))
def test_any_text_names_a_place_of_the_city_or_none(text: str) -> None:
    assert place_named(STREET, text) in {None, *(choice.code for choice in STREET.choices)}


def test_a_place_offers_every_district_or_street_with_its_district() -> None:
    assert FINDINGS == []
    assert [choice.code for choice in DISTRICT.choices] == [each.code for each in PLACES if each.kind == "district"]
    assert {choice.code for choice in STREET.choices} == {each.code for each in PLACES if each.kind == "street"}
    first = STREET.choices[0].words
    assert (first.zh, first.en) == ("望江区滨江街道", "Binjiang Street, Wangjiang District")
