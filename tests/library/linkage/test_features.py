"""A value is levelled once however many records say it, and by a short way where there is one: it comes out alike."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from yiwang.foundation.kernel.identifiers import InvalidIdentifier, check_resident_id, resident_id_check_character
from yiwang.library.linkage import values
from yiwang.library.linkage.comparisons import comparisons
from yiwang.library.linkage.features import Register, common_meanings, features
from yiwang.library.linkage.meanings import KNOWN
from yiwang.library.linkage.names import is_han, levelled

SAID = {
    "person.name": ("王小明", "張偉國", "欧阳 锋", "Müller, Ann", "", " - ", "ann muller", "李晓明"),
    "person.sex": ("男", "女", "m", "", "?"),
    "person.birth_date": ("1990-03-07", "19900307", "1990年3月7日", "", "?", "32939", "1990/13/45"),
    "person.resident_id": (
        "11010519491231002X",
        "11010519491231002x",
        "510811650101234",
        "",
        "1101051949123100",
        "Ａ１",
    ),
    "person.phone": ("13812345678", "+86 138-1234-5678", "0826-2345678", "12", "", "1３812345678"),
    "person.address": ("广安区建设路12号3单元4", "建设路12号", "12 Main Street", "", "城南街道五号楼", "…"),
    "enterprise.name": ("广安市好吃餐饮有限公司", "Good Food Ltd", ""),
    "enterprise.uscc": ("91310100MA00000001", "", "x"),
    "person.email": ("A@b.cn", ""),
}
records = st.lists(st.tuples(*map(st.sampled_from, SAID.values())), min_size=1, max_size=30)


def register(name, rows):
    columns = {element: [row[at] for row in rows] for at, element in enumerate(SAID)}
    return Register(name, [str(at) for at in range(len(rows))], columns, {element: KNOWN[element] for element in SAID})


@given(records, records)
def test_a_record_is_levelled_alike_alone_and_among_others(some, others):
    registers = [register("some", some), register("others", others)]
    compared = comparisons([KNOWN[element] for element in SAID])
    together = features(registers, compared, first=7).to_pylist()
    assert [row.pop("r") for row in together] == list(range(7, 7 + len(some) + len(others)))
    assert [row.pop("source") for row in together] == [0] * len(some) + [1] * len(others)
    for row, each in zip([*some, *others], together, strict=True):
        alone = features([register("alone", [row])], compared).to_pylist()[0]
        assert {name: value for name, value in alone.items() if name not in ("r", "source")} == each


def test_who_says_nothing_anywhere_is_compared_by_nothing():
    rows = [("",) * len(SAID)] * 3
    assert common_meanings([register("silent", rows)]) == ()
    compared = comparisons([KNOWN[element] for element in SAID])
    told = features([register("silent", rows)], compared)
    assert all(not value for row in told.drop(["r", "source"]).to_pylist() for value in row.values())


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_that_of_the_standard(digits):
    assert resident_id_check_character(digits) == ric.calc_check_digit(digits + "0")


def test_nobody_is_born_after_today():
    number = "51160220250312001"
    number += resident_id_check_character(number)
    assert check_resident_id(number, today=date(2025, 3, 12)) == number
    with pytest.raises(InvalidIdentifier, match="date of birth"):
        check_resident_id(number, today=date(2025, 3, 11))


PIECES = (
    *(
        "四川省",
        "广安市",
        "广安区",
        "城南街道",
        "建设路",
        "人民大道",
        "和平街",
        "三村",
        "五",
        "一号楼",
        "12",
        "0３",
        "7号",
        "栋",
    ),
    *("甲", " ", "-", "(", "main street", "單元", "社区", "٣", "室", "路"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_an_address_is_read_alike_by_its_front_and_as_a_whole(text):
    found = values.address(text)
    assert (found and tuple(found)) == read_whole(text)


def read_whole(text):
    """An address without the short way: areas off, number words made digits, then road and numbers."""
    level = levelled(text)
    if not level:
        return None
    if not is_han(level):
        words = [word for word in level.split() if not word.isdigit()]
        return level, " ".join(words), "-".join(str(int(found)) for found in re.findall(r"\d+", level))
    rest = level.replace(" ", "-") if re.search(r"\d \d", level) else level.replace(" ", "")
    while (area := values._AREAS.match(rest)) and area.end() < len(rest):
        rest = rest[area.end() :]
    rest = values._WORD_NUMBER.sub(lambda it: it[0].translate(values._CHINESE_DIGITS), rest)
    first = re.search(r"\d+", rest)
    road = values._ROAD.search(rest)
    head = rest[: first.start()] if first else rest
    return rest, road[1] if road else head, "-".join(str(int(found)) for found in re.findall(r"\d+", rest))
