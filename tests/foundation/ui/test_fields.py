"""Questions of every kind: what is drawn, and what comes back."""

from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ASKED, Choice, Element, ElementKind
from yiwang.foundation.ui.fields import Field, identifier, posted


def element(kind: ElementKind, **changes: object) -> Element:
    held: dict[str, object] = {"code": "premises.answer", "name": Words("回答", "Answer"), "kind": kind}
    return Element(**{**held, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ASKED)
def test_every_kind_of_element_has_a_control(kind: ElementKind) -> None:
    field = Field.of_element(element(kind, choices=(Choice("a", Words("甲", "A")),)), "zh-hans")
    expected = {"boolean": "options", "choice": "options", "choices": "options", "date": "date"}
    assert field.control == expected.get(kind.value, "long_text" if kind is ElementKind.LONG_TEXT else "text")
    assert field.label == "回答"


def test_a_number_is_typed_into_a_text_box_that_no_wheel_changes() -> None:
    field = Field.of_element(element(ElementKind.DECIMAL, unit=Words("平方米", "m²")), "en", Decimal("86.5"))
    assert (field.attributes["type"], field.attributes["inputmode"]) == ("text", "decimal")
    assert (field.value, field.unit) == ("86.5", "m²")


def test_money_is_shown_in_yuan_and_what_was_typed_stays_as_typed() -> None:
    money = element(ElementKind.MONEY)
    assert Field.of_element(money, "zh-hans", 1234500).value == "12345"
    assert Field.of_element(money, "zh-hans", 1234567).value == "12345.67"
    assert Field.of_element(money, "zh-hans", "a lot").value == "a lot"


@pytest.mark.parametrize(("answer", "chosen"), [(True, "true"), (False, "false"), ("true", "true"), (None, None)])
def test_yes_or_no_keeps_its_answer(answer: object, chosen: str | None) -> None:
    options = Field.of_element(element(ElementKind.BOOLEAN), "zh-hans", answer).options
    assert next((option.value for option in options if option.chosen), None) == chosen


def test_the_question_is_the_heading_where_a_page_asks_one_thing() -> None:
    asked = element(ElementKind.TEXT, question=Words("店叫什么？", "What is the shop called?"))
    assert Field.of_element(asked, "en", heading=True).label == "What is the shop called?"
    assert Field.of_element(asked, "en").label == "Answer"


def test_a_date_is_asked_in_the_order_of_the_language() -> None:
    with translation.override("zh-hans"):
        parts = Field.of_element(element(ElementKind.DATE), "zh-hans", "2026-03-09").parts
        assert [(part.label, part.value) for part in parts] == [("年", "2026"), ("月", "3"), ("日", "9")]
    with translation.override("en"):
        parts = Field.of_element(element(ElementKind.DATE), "en", "2026-03-09").parts
        assert [part.label for part in parts] == ["Day", "Month", "Year"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("d-year=2026&d-month=3&d-day=9", "2026-03-09"),
        ("d-year=2026&d-month=02&d-day=30", "2026-02-30"),
        ("d-year=&d-month=&d-day=", ""),
        ("d-year=2026&d-month=&d-day=", "2026--"),
        ("d-year=20x6&d-month=3&d-day=9", "20x6-3-9"),
        ("d=2026-03-09", "2026-03-09"),
        ("d-year=２０２６&d-month=3&d-day=9", "２０２６-3-9"),
        ("", ""),
    ],
)
def test_the_three_boxes_of_a_date_come_back_as_one_answer(sent: str, read: str) -> None:
    assert posted("d", "date", QueryDict(sent)) == read


def test_what_was_wrong_in_a_date_is_shown_again() -> None:
    parts = Field.of_element(element(ElementKind.DATE), "zh-hans", "20x6-3-9", "?").parts
    assert {part.value for part in parts} == {"20x6", "3", "9"}


def test_several_choices_come_back_as_a_list() -> None:
    assert posted("a.b", "choices", QueryDict("a.b=x&a.b=y")) == ["x", "y"]
    assert posted("a.b", "choices", QueryDict("")) == []
    assert posted("a.b", "text", QueryDict("")) == ""


def test_an_id_can_be_named_in_a_style_sheet_and_in_a_link() -> None:
    assert identifier("premises.floor_area") == "f-premises-floor_area"


def test_hint_and_error_describe_the_control() -> None:
    field = Field("a", "A", hint="how", error="wrong")
    assert field.described_by == "f-a-hint f-a-error"


class SignIn(forms.Form):
    name = forms.CharField(label="Name", max_length=30)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    department = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], initial="b")
    answers = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="I agree")
    paper = forms.FileField()


def test_a_form_of_django_is_drawn_with_the_same_controls() -> None:
    form = SignIn({"name": "x" * 40, "password": "secret", "answers": ["a"]})
    drawn = {bound.name: Field.of_bound(bound) for bound in form}
    assert {name: field.control for name, field in drawn.items()} == {
        "name": "text",
        "password": "text",
        "department": "select",
        "answers": "options",
        "note": "long_text",
        "agree": "options",
        "paper": "file",
    }
    assert drawn["name"].error
    assert drawn["name"].attributes["maxlength"] == "30"
    assert drawn["note"].optional
    assert drawn["agree"].options[0].text == "I agree"


def test_a_password_is_never_put_back_into_its_box() -> None:
    assert Field.of_bound(SignIn({"password": "secret"})["password"]).value == ""
