"""Names that clerks confuse: what sounds alike, what looks alike, what is written the old way."""

from __future__ import annotations

from random import Random

import pytest
from opencc import OpenCC
from pypinyin import lazy_pinyin

from yiwang_testcity import names


def test_homophones_sound_alike() -> None:
    for group in names.HOMOPHONES:
        sounds = {plain_sound(character) for character in group}
        assert len(sounds) == 1, group


def plain_sound(character: str) -> str:
    return lazy_pinyin(character)[0]


def test_traditional_characters_are_the_traditional_ones() -> None:
    back = OpenCC("t2s")
    for simplified, traditional in names.TRADITIONAL.items():
        assert back.convert(traditional) == simplified


@pytest.mark.parametrize("change", [names.homophone, names.look_alike])
def test_a_confused_name_differs_in_one_character(change: object) -> None:
    assert callable(change)
    chance = Random(1)
    for _ in range(500):
        name = names.surname(chance) + names.given_name("female", 1988, chance)
        other = change(name, chance)
        assert len(other) == len(name)
        assert sum(one != two for one, two in zip(name, other, strict=True)) <= 1


def test_a_name_whose_characters_nobody_confuses_stays() -> None:
    assert names.homophone("乐", Random(1)) == "乐"


def test_common_surnames_are_common() -> None:
    chance = Random(1)
    drawn = [names.surname(chance) for _ in range(20_000)]
    assert drawn.count("王") > drawn.count("陈") > drawn.count("褚")
    assert drawn.count("王") / len(drawn) == pytest.approx(0.072 / 0.852, rel=0.15)
