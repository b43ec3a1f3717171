"""What people write is levelled before it is compared."""

import pytest

from yiwang.library.linkage import values
from yiwang.library.linkage.names import name, part, phonetic, spelt, with_one_missing


def test_a_traditional_name_is_the_simplified_one():
    assert name("張偉國") == name("张伟国")


def test_a_name_that_sounds_the_same_shares_its_sound_and_not_its_text():
    one, other = name("李晓明"), name("李小明")
    assert one.text != other.text
    assert one.tones == other.tones == "li3xiao3ming2"


def test_one_wrong_character_leaves_a_part_in_common():
    assert set(with_one_missing("李晓明")) & set(with_one_missing("李晓芳"))
    assert set(with_one_missing("李晓明")) & set(with_one_missing("李明"))
    assert not set(with_one_missing("李晓明")) & set(with_one_missing("李芳兰"))


def test_what_is_spelt_is_ascii():
    assert spelt("吕梁路") == "lvlianglu"
    assert spelt("Грин").isascii()


def test_a_surname_is_read_as_a_surname():
    assert name("单晓兰").sound == "shanxiaolan"
    assert name("欧阳锋").family == "欧阳"
    assert name("欧阳").family == "欧"


def test_pinyin_of_a_passport_sounds_like_the_characters():
    assert name("ZHANG Wei").sound == name("张伟").sound


def test_a_western_name_with_a_comma_is_turned():
    assert name("Müller, Ann").text == name("ann muller").text == "ann muller"
    assert name("Müller, Ann").family == "muller"


def test_a_name_without_letters_is_no_name():
    assert name(" - ") is None
    assert part("...", family=True) is None


@pytest.mark.parametrize(("one", "other"), [("smith", "smyth"), ("catherine", "kathryn"), ("philip", "filip")])
def test_spellings_of_one_western_name_sound_alike(one, other):
    assert phonetic(one) == phonetic(other)


@pytest.mark.parametrize(
    "written",
    [
        "1990-03-07",
        "19900307",
        "1990/3/7",
        "1990年3月7日",
        "一九九〇年3月7日",
        "7 Mar 1990",
        "March 7, 1990",
        "07.03.1990",
        "1990-03-07T00:00:00",
        "32939",
    ],
)
def test_a_date_is_one_date_however_it_is_written(written):
    assert values.day(written) == "19900307"


def test_a_column_that_writes_the_month_first_shows_it():
    column = ["03/07/1990", "12/25/1991"]
    assert values.month_first(column)
    assert values.day(column[0], months_first=True) == "19900307"


def test_a_month_is_a_date_without_its_day():
    assert values.day("1990年3月") == "19900300"
    assert values.day("1990-03") == "19900300"


def test_what_is_no_date_says_nothing():
    assert values.day("soon") == ""


def test_an_identity_number_tells_birth_and_sex_when_it_is_valid():
    number = values.resident_id("11010519491231002x")
    assert (number.valid, number.born, number.sex) == (True, "19491231", "f")
    assert not values.resident_id("110105194912310021").valid


def test_an_old_identity_number_is_brought_to_its_new_form():
    assert values.resident_id("110105491231002").text == "11010519491231002X"


def test_addresses_of_one_door_share_road_and_numbers():
    one = values.address("四川省广安市广安区浓洄街道解放街33号3单元202室")
    other = values.address("解放街33号3-202")
    assert (one.road, one.numbers) == (other.road, other.numbers) == ("解放街", "33-3-202")


def test_telephones_are_their_digits():
    assert values.phone("+86 138-1234-5678") == values.phone("13812345678") == "13812345678"
    assert values.phone("12") == ""


def test_a_company_is_more_than_its_legal_form():
    assert values.company("广安市锦澜餐饮有限责任公司")[1] == values.company("锦澜餐饮有限公司")[1] == "锦澜餐饮"


@pytest.mark.parametrize("nothing", [None, "", "NULL", "无", "不详", float("nan"), " - "])
def test_what_stands_for_nothing_says_nothing(nothing):
    assert values.as_text(nothing) == ""
