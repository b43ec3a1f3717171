"""Numbers of people and enterprises: real ones pass in any spelling, mistyped ones do not."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from yiwang.foundation.kernel import identifiers
from yiwang.foundation.kernel.identifiers import InvalidIdentifier
from yiwang.foundation.kernel.time import frozen


def resident_id(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


@pytest.mark.parametrize(
    "text", ["360426199101010071", " 360426 19910101 0071 ", "３６０４２６１９９１０１０１００７１"]
)
def test_an_identity_number_is_read_however_it_is_spelt(text: str) -> None:
    assert identifiers.check_resident_id(text) == "360426199101010071"


def test_a_last_x_may_be_small() -> None:
    number = next(n for i in range(100) if (n := identifiers.make_resident_id(i)).endswith("X"))
    assert identifiers.check_resident_id(number.lower()) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "resident_id_form"),
        ("36042619910101007", "resident_id_form"),
        ("36042619910101007A", "resident_id_form"),
        ("360426199101010072", "resident_id_check"),
        (resident_id("36042619911301007"), "resident_id_birth"),
        (resident_id("36042618701201007"), "resident_id_birth"),
        (resident_id("36042620991201007"), "resident_id_birth"),
        (resident_id("00042619911201007"), "resident_id_place"),
        (resident_id("99942619911201007"), "resident_id_place"),
        ("9" * 5000, "resident_id_form"),
    ],
)
def test_what_is_no_identity_number_says_why(text: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        identifiers.check_resident_id(text)
    assert refused.value.reason == reason
    assert refused.value.words.zh
    assert refused.value.words.en


def test_nobody_is_born_after_today_in_the_city() -> None:
    number = resident_id("51160220250312001")
    with frozen(dt.datetime(2025, 3, 11, 15, 59, tzinfo=dt.UTC)), pytest.raises(InvalidIdentifier):
        identifiers.check_resident_id(number)
    with frozen(dt.datetime(2025, 3, 11, 16, 1, tzinfo=dt.UTC)):
        assert identifiers.check_resident_id(number) == number


@pytest.mark.parametrize("body", ["81000019780101001", "83000019780101001", "91115619900101001", "51160219700101001"])
def test_people_older_than_their_county_and_holders_of_permits_are_people_too(body: str) -> None:
    number = resident_id(body)
    assert identifiers.check_resident_id(number) == number
    assert identifiers.date_of_birth(number).year in {1978, 1990, 1970}


def test_a_credit_code_is_read_however_it_is_spelt() -> None:
    assert identifiers.check_uscc("9 1 110000 600037341l") == "91110000600037341L"


def test_rural_collectives_have_codes_that_begin_with_n() -> None:
    code = "N2511602MF1234567"
    code += uscc.calc_check_digit(code)
    assert identifiers.check_uscc(code) == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("91110000600037341", "uscc_form"),
        ("9111000060003734IL", "uscc_form"),
        ("91110000600037341M", "uscc_check"),
        ("B1110000600037341L", "uscc_form"),
    ],
)
def test_what_is_no_credit_code_says_why(text: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        identifiers.check_uscc(text)
    assert refused.value.reason == reason


@given(st.integers())
def test_made_numbers_are_valid_and_repeat_with_their_seed(seed: int) -> None:
    code, number = identifiers.make_uscc(seed), identifiers.make_resident_id(seed)
    assert identifiers.check_uscc(code) == code == identifiers.make_uscc(seed) == uscc.validate(code)
    assert identifiers.check_resident_id(number) == number == identifiers.make_resident_id(seed)


def test_a_made_person_can_be_given_a_birthday_and_a_place() -> None:
    number = identifiers.make_resident_id(7, region="110101", born=dt.date(1984, 2, 29))
    assert number.startswith("11010119840229")
    assert identifiers.date_of_birth(identifiers.check_resident_id(number)) == dt.date(1984, 2, 29)


@given(st.integers(0, 10_000), st.integers(0, 16), st.integers(0, 9))
def test_one_mistyped_digit_of_an_identity_number_is_noticed(seed: int, place: int, digit: int) -> None:
    number = identifiers.make_resident_id(seed)
    mistyped = number[:place] + str(digit) + number[place + 1 :]
    if mistyped != number:
        with pytest.raises(InvalidIdentifier):
            identifiers.check_resident_id(mistyped)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８ １２３４ ５６７８", "13812345678"),
        ("0826-2345678", "0826-2345678"),
        ("(010) 65123456", "010-65123456"),
        ("+86 21 65123456", "021-65123456"),
        ("400 123 4567", "400-1234567"),
        ("+49 30 1234560", "+49301234560"),
    ],
)
def test_a_phone_number_has_one_form(text: str, kept: str) -> None:
    assert identifiers.check_phone(text) == kept
    assert identifiers.check_phone(kept) == kept


@pytest.mark.parametrize("text", ["", "12345", "12812345678", "1381234567", "phone", "2345678", "٠١٢٣٤٥٦٧٨٩٠", "+86 1"])
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        identifiers.check_phone(text)


def test_tracking_codes_are_long_differ_and_are_read_as_people_type_them() -> None:
    codes = {identifiers.tracking_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    for code in codes:
        plain = code.replace("-", "")
        assert len(plain) == 26
        assert not set(plain) & set("ILOU")
        assert identifiers.check_tracking_code(plain.lower().replace("0", "o").replace("1", "l")) == code
    # 26 characters carry 130 bits, so the first says 3 of 128; all other places use the whole alphabet.
    assert {code[0] for code in codes} <= set("01234567")


@pytest.mark.parametrize("text", ["", "abc", "U" * 26, "1" * 27])
def test_what_cannot_be_a_tracking_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        identifiers.check_tracking_code(text)


def test_masks_hide() -> None:
    assert identifiers.mask_name("王老五") == "王**"
    assert identifiers.mask_name("王") == "*"
    assert identifiers.mask_name("") == ""
    assert identifiers.mask_id("360426199101010071") == "360*************71"
    assert identifiers.mask_id("12345678") == "********"
    assert identifiers.mask_phone("13812345678") == "138****5678"
    assert identifiers.mask_phone("12345") == "*****"


def test_the_seeds_stay_apart() -> None:
    chance = random.Random(1)
    seeds = chance.sample(range(10**9), 2_000)
    assert len({identifiers.make_uscc(seed) for seed in seeds}) == 2_000
