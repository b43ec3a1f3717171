from pathlib import Path

import pytest

from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.places import loading, published, queries

CITY = Path(__file__).parents[3] / "city"


def test_the_demonstration_city_has_districts_and_streets(db: None) -> None:
    loading.load(CITY)
    city = queries.city()
    assert city is not None
    assert city.name == Words("锦澜市", "Jinlan")
    districts = queries.districts()
    assert len(districts) >= 5
    assert {district.parent for district in districts} == {city.code}
    for district in districts:
        streets = queries.streets(district.code)
        assert len(streets) >= 3
        assert {street.parent for street in streets} == {district.code}


def test_a_place_is_known_by_its_code(db: None) -> None:
    loading.load(CITY)
    street = queries.place("319901002")
    assert street is not None
    assert (street.name.en, street.kind, street.parent) == ("Zhonglou Street", "street", "319901")
    assert queries.place("000000") is None
    assert queries.names(["319901", "319902", "1"]) == {
        "319901": Words("望江区", "Wangjiang District"),
        "319902": Words("桂园区", "Guiyuan District"),
    }


def test_loading_again_renames_and_keeps_what_left_the_file(tmp_path: Path, db: None) -> None:
    write(tmp_path, '"999900": {zh: 小城, en: Littleton}\n"999901": {zh: 东区, en: East}\n')
    loading.load(tmp_path)
    write(tmp_path, '"999900": {zh: 大城, en: Bigton}\n"999902": {zh: 西区, en: West}\n')
    loading.load(tmp_path)
    assert {place.code for place in queries.districts()} == {"999901", "999902"}
    city = queries.city()
    assert city is not None
    assert city.name.en == "Bigton"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('"999900": {zh: 小城, en: L}\n"9999": {zh: 东区, en: East}\n', 2, "“9999” is not the code of a place."),
        ('"999900": {zh: 小城, en: L}\n"999901": {zh: 东区}\n', 2, "The name is missing in English."),
        ('"999900": {zh: 小城, en: L}\n"999901": 东区\n', 2, "The name is missing in Chinese and English."),
        ('"999900": {zh: 小城, en: L}\n"999900": {zh: 小城, en: L}\n', 2, "The code 999900 names two places."),
        ('"999900": {zh: 小城, en: L}\n"999901001": {zh: 街, en: S}\n', 2, "Street 999901001 lies in no district"),
        ('"999901": {zh: 东区, en: East}\n', 0, "The file names no city, or more than one."),
        ('"999900": {zh: 小\u202e城, en: L}\n', 1, "The name cannot be kept (direction_control)."),
        ('"999900": {zh: 小城, en: L\n', 2, "This is not valid YAML."),
        ("", 0, "The file names no city, or more than one."),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int, message: str, db: None) -> None:
    write(tmp_path, text)
    findings = published.read(tmp_path)[1]
    assert (findings[0].line, findings[0].message[: len(message)]) == (line, message)
    with pytest.raises(Refused):
        loading.load(tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in published.read(tmp_path)[1][0].message


def write(folder: Path, text: str) -> None:
    (folder / "places.yaml").write_text(text, encoding="utf-8")
