"""What the writer of a condition is told before anybody meets it."""

import pytest

from yiwang.foundation.rules import check, parse

TYPES = {
    "premises.floor_area": "decimal",
    "discharge.kind": "choice",
    "kinds": "choices",
    "born": "date",
    "wants": "boolean",
    "staff": "integer",
    "name": "text",
    "opens": "time",
    "unknown_kind": "hologram",
}
CHOICES = {"discharge.kind": ["domestic", "industrial"], "kinds": ["hot", "cold"]}


def told(text: str) -> list[str]:
    return check(parse(text), TYPES, choices=CHOICES, wanted="boolean")


@pytest.mark.parametrize(
    "text",
    [
        "premises.floor_area >= 300",
        'discharge.kind != "domestic" and wants',
        'discharge.kind in ("domestic", "industrial")',
        '"hot" in kinds',
        'list contains(kinds, "cold") or not(wants)',
        "staff in [1..10)",
        "staff in (1, < 3, [5..6])",
        "staff between 1 and premises.floor_area",
        "born = null",
        "born.year > 1990",
        'born + duration("P18Y") <= today()',
        'today() - born > duration("P20D")',
        "years and months duration(born, today()).years >= 18",
        "(if wants then staff else null) > 3",
        'some kind in kinds satisfies kind = "hot"',
        "sum([staff, 2]) * 1.1 > min(staff, 3)",
        'name + "店" = "好店"',
        'opens < time("10:00:00")',
        'unknown_kind > 3 or unknown_kind = "a"',
        "count(kinds) > 1 and today > born",
    ],
)
def test_a_sound_condition_is_left_alone(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("premises.floorarea >= 300", ["premises.floorarea is not known", "did you mean premises.floor_area?"]),
        ("xyz = 1", ["xyz is not known"]),
        ('premises.floor_area >= "300"', ["is a number", '"300" is text', "without quotes"]),
        ('discharge.kind = "domestik"', ['"domestik" is none of the choices', "did you mean domestic?"]),
        ('discharge.kind in ["domestic", "x"]', ['"x" is none of the choices', "domestic, industrial"]),
        ('"lukewarm" in kinds', ['"lukewarm" is none of the choices']),
        ('list contains(kinds, "lukewarm")', ['"lukewarm" is none of the choices']),
        ('kinds = "hot"', ["kinds is a list", 'write "…" in the list']),
        ('born > "2020-01-01"', ['write the date like date("2025-03-12")']),
        ("today() - born > 18", ['duration("P20D")']),
        ('today() - born > duration("P18Y")', ["years and months duration"]),
        ("born + 3 > today()", ["born (a date) cannot be added to 3", 'duration("P20D")']),
        ("wants and name", ["name beside and is text"]),
        ("not(staff)", ["not() takes true or false, but staff is a number"]),
        ("(if staff then 1 else 2) = 1", ["staff after if is a number"]),
        ("string length(staff) > 2", ["string length() takes text, but staff is a number"]),
        ('date("2025-02-30") < born', ["is no date", 'date("2025-03-12")']),
        ('born < today() - duration("20 days")', ["is no duration", "P20D"]),
        ("born.yeer > 3", ["born is a date and has no yeer", "day, month, weekday, year"]),
        ("staff.size > 3", ["staff is a number and has no size"]),
        ("some s in staff satisfies s > 2", ["staff is a number, but some needs a list"]),
        ("every k in kinds satisfies staff", ["staff after satisfies is a number"]),
        ("name in [1..10]", ["name is text and 1 is a number"]),
        ('staff in (1, "a")', ['staff is a number and "a" is text']),
        ("wants < true", ["wants is true or false, which has no order"]),
        ("staff > null", ["only = and != work with null"]),
        ("-name = 3", ["name is text and cannot be negative"]),
        ("staff + 1", ["the whole expression is a number, but true or false is wanted"]),
        ('staff in ["a"..3]', ["cannot be compared"]),
    ],
)
def test_a_mistake_is_told_in_plain_words(text: str, words: list[str]) -> None:
    messages = told(text)
    for each in words:
        assert any(each in message for message in messages), messages


def test_the_same_mistake_is_told_once() -> None:
    assert len(told("xyz = 1 or xyz = 2 or xyz = 3")) == 1


def test_a_value_may_be_wanted_of_any_kind() -> None:
    assert check(parse("staff + 1"), TYPES) == []
    assert check(parse("staff + 1"), TYPES, wanted="number") == []
