"""A change that breaks readers is found by machine, and needs a new major version."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.library.gateways.sources.register import PRODUCT
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.breaking import breaking, forbidden
from yiwang.library.gateways.contract import Field, Level, Privacy, Product, Sharing, Statistics

NAME, SEX = PRODUCT.by_name["name"], PRODUCT.by_name["sex"]
OLD = replace(PRODUCT, fresh_within=timedelta(days=1), proves={"identity_card": None}, represents="code")


def with_field(field: Field) -> Product:
    return replace(OLD, fields=tuple(field if each.name == field.name else each for each in OLD.fields))


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (replace(OLD, fields=OLD.fields[:1] + OLD.fields[2:]), "field name is gone"),
        (with_field(replace(NAME, kind=ElementKind.INTEGER)), "field name was of kind text, now integer"),
        (with_field(replace(SEX, choices=SEX.choices[:1])), "field sex has no choice female any more"),
        (with_field(replace(NAME, level=Level.IMPORTANT)), "the level of field name rises from general to important"),
        (with_field(replace(NAME, element="person.name")), "field name means another element"),
        (replace(OLD, key=("name",)), "a row is no longer known by number"),
        (replace(OLD, cursor=None), "changes can no longer be followed by changed"),
        (replace(OLD, fresh_within=timedelta(days=2)), "data may be older than was promised"),
        (replace(OLD, sharing=Sharing.WITHHELD), "it was shared as conditional, now withheld"),
        (replace(OLD, consent=True), "persons must now agree first"),
        (replace(OLD, proves={}), "it no longer proves identity_card"),
        (replace(OLD, represents=None), "it no longer says in the same field for which enterprise a person stands"),
    ],
)
def test_what_breaks_is_said(new: Product, says: str) -> None:
    assert breaking(OLD, new) == (says,)
    assert forbidden(OLD, new)
    assert not forbidden(OLD, replace(new, major=2, minor=0))


def test_what_readers_need_not_notice_breaks_nothing() -> None:
    more = Field("phone", ElementKind.PHONE, Words("电话", "Telephone"))
    new = replace(
        OLD, fields=(*OLD.fields, more), title=Words("人", "People"), minor=1, fresh_within=timedelta(hours=1)
    )
    assert not forbidden(OLD, new)


def test_a_version_does_not_go_backwards() -> None:
    assert forbidden(replace(OLD, minor=3), replace(OLD, minor=2)) == ("version 1.2 is older than 1.3",)


NOISE = Privacy(Decimal(1), Decimal(10), "yearly", 1, {"rooms": (0, 10)})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (Statistics(), None, ("it no longer promises figures",)),
        (
            Statistics(),
            Statistics(people=11),
            ("groups of fewer than 11 persons are withheld, before of fewer than 10",),
        ),
        (Statistics(), Statistics(privacy=NOISE), ("figures now have noise",)),
        (Statistics(privacy=NOISE), Statistics(), ("figures no longer have noise",)),
        (NOISE, replace(NOISE, epsilon=Decimal("0.9")), ("figures have more noise",)),
        (NOISE, replace(NOISE, budget=Decimal(9)), ("the budget pays for fewer questions",)),
        (NOISE, replace(NOISE, renewed=""), ("the budget pays for fewer questions",)),
        (NOISE, replace(NOISE, rows_each=2), ("a person counts with another number of rows",)),
        (NOISE, replace(NOISE, bounds={}), ("field rooms is no longer added up",)),
        (NOISE, replace(NOISE, bounds={"rooms": (0, 9)}), ("field rooms is added up within other bounds",)),
        (None, Statistics(privacy=NOISE), ()),
        (Statistics(), Statistics(people=9), ()),
        (NOISE, replace(NOISE, epsilon=Decimal(2), budget=Decimal(20)), ()),
        (NOISE, replace(NOISE, bounds={"rooms": (0, 10), "income": (0, 1)}), ()),
    ],
)
def test_figures_that_tell_less_break_those_who_ask_for_them(old: object, new: object, says: tuple[str, ...]) -> None:
    old, new = (Statistics(privacy=each) if isinstance(each, Privacy) else each for each in (old, new))
    assert breaking(replace(OLD, statistics=old), replace(OLD, statistics=new)) == says  # type: ignore[arg-type]
