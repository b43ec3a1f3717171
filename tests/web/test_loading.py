from pathlib import Path

import pytest

from tests.service.catalogue.little_city import LittleCity
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.places import queries as places
from yiwang.service.catalogue import queries as catalogue
from yiwang.web import loading

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(tmp_path: Path) -> LittleCity:
    return LittleCity.build(tmp_path)


def test_loading_says_which_services_are_new_or_changed_or_gone(
    city: LittleCity, capsys: pytest.CaptureFixture[str]
) -> None:
    assert loading.load(city.folder) == 0
    assert "New or changed services: drainage, registration, senior-card, open-a-shop." in capsys.readouterr().out
    assert loading.load(city.folder) == 0
    assert "No service and no data product has changed." in capsys.readouterr().out
    city.with_text("matters/drainage/matter.yaml", "promise: 5 working days", "promise: 4 working days")
    assert loading.load(city.folder) == 0
    assert "New or changed services: drainage, open-a-shop." in capsys.readouterr().out
    (city.folder / "matters" / "senior-card" / "matter.yaml").unlink()
    assert loading.load(city.folder) == 0
    assert capsys.readouterr().out.endswith("is loaded. Offered no longer: senior-card.\n")


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("matters/drainage/matter.yaml", "visits: 0", "visits: many"),
        ("departments.yaml", "zh: 市场局, en: Market Bureau", "zh: 市场局"),
        ("places.yaml", '"999901": {zh: 东区', '"99990": {zh: 东区'),
    ],
)
def test_one_mistake_anywhere_and_nothing_is_loaded(
    city: LittleCity, file: str, right: str, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = city.with_text(file, right, wrong)
    assert loading.load(city.folder) == 1
    said = capsys.readouterr().err
    assert f"{file}:{line}: " in said
    assert "Nothing was loaded." in said
    assert places.city() is None
    assert directory.departments() == ()
    assert catalogue.listed() == ()


def test_a_folder_that_is_no_city_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert loading.load(tmp_path) == 1
    assert "holds no places.yaml" in capsys.readouterr().err
