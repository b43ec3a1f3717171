"""A field shows again what was typed into it."""

from dataclasses import replace

import pytest

from yiwang.foundation.ui.fields import Field, Option, date_parts
from yiwang.foundation.ui.unsent import Typed, refilled

YES, NO = Option("true", "Yes"), Option("false", "No", chosen=True)
TYPED = Typed({"text": ("a", "b"), "one": ("true",), "day-month": ("13",), "current": ("secret",)})


@pytest.mark.parametrize("control", ["text", "long_text"])
def test_a_box_shows_what_was_typed_last(control: str) -> None:
    assert refilled(Field("text", "Text", control, value="before"), TYPED).value == "b"
    assert refilled(Field("other", "Other", control, value="before"), TYPED).value == "before"


@pytest.mark.parametrize("control", ["options", "select"])
def test_what_was_chosen_is_chosen_again(control: str) -> None:
    shown = refilled(Field("one", "One", control, options=(YES, NO)), TYPED)
    assert [option.chosen for option in shown.options] == [True, False]


def test_a_box_that_was_unticked_stays_unticked() -> None:
    ticked = Field("many", "Many", "options", options=(replace(YES, chosen=True),), many=True)
    assert not refilled(ticked, TYPED).options[0].chosen
    radios = Field("many", "One of two", "options", options=(YES, NO))
    assert refilled(radios, TYPED) == radios


def test_a_date_is_shown_as_typed_even_when_there_is_no_such_day() -> None:
    shown = refilled(Field("day", "Day", "date", parts=date_parts("day", "2026-03-09")), TYPED)
    assert {part.name: part.value for part in shown.parts} == {"day-year": "2026", "day-month": "13", "day-day": "9"}


def test_passwords_and_files_are_never_shown_again() -> None:
    password = Field("current", "Password", attributes={"type": "password"})
    assert refilled(password, TYPED) == password
    file = Field("text", "File", "file")
    assert refilled(file, TYPED) == file
