from decimal import Decimal

import pytest

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Choice, Element, ElementKind
from yiwang.service.catalogue.condition_words import in_words

ELEMENTS = {
    element.code: element
    for element in (
        Element("a.size", Words("面积", "Area"), ElementKind.DECIMAL, unit=Words("平方米", "m²"), minimum=Decimal(1)),
        Element("a.sum", Words("金额", "Sum"), ElementKind.MONEY),
        Element("a.sign", Words("挂招牌", "Sign"), ElementKind.BOOLEAN),
        Element(
            "a.kind",
            Words("种类", "Kind"),
            ElementKind.CHOICE,
            choices=(Choice("x", Words("甲", "first")), Choice("y", Words("乙", "second"))),
        ),
    )
}


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        ("a.size >= 300", "面积 300 平方米以上", "Area: 300 m² or more"),
        ("a.size < 10", "面积不到 10 平方米", "Area: less than 10 m²"),
        ("a.sum > 100000", "金额超过 1,000.00 元", "Sum: more than 1,000.00 yuan"),
        ("a.sign", "挂招牌：是", "Sign: yes"),
        ("not(a.sign)", "挂招牌：否", "Sign: no"),
        ("a.sign = false", "挂招牌：否", "Sign: no"),
        ('a.kind = "x"', "种类：甲", "Kind: first"),
        ('a.kind != "y"', "种类不是“乙”", "Kind is not “second”"),
        ('a.kind = "x" or a.size > 5', "种类：甲，或者面积超过 5 平方米", "Kind: first, or Area: more than 5 m²"),
    ],
)
def test_a_condition_is_said_in_words(condition: str, zh: str, en: str) -> None:
    assert in_words(condition, ELEMENTS) == Words(zh, en)


@pytest.mark.parametrize(
    "condition", ["a.size + 1 > 3", "a.unknown", 'a.kind = "z"', 'a.kind = "x" and a.size > 5 or a.sign', "a.kind"]
)
def test_what_cannot_be_said_plainly_is_left_to_the_page(condition: str) -> None:
    assert in_words(condition, ELEMENTS) is None
