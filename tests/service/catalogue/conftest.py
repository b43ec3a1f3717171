from pathlib import Path

import pytest

from tests.service.catalogue.little_city import LittleCity
from yiwang.foundation.directory import loading as directory
from yiwang.foundation.places import loading as places
from yiwang.service.catalogue import loading


@pytest.fixture
def city(tmp_path: Path) -> LittleCity:
    return LittleCity.build(tmp_path)


@pytest.fixture
def published_city(city: LittleCity, db: None) -> LittleCity:
    """The little city, loaded."""
    places.load(city.folder)
    directory.load(city.folder)
    loading.load(city.folder)
    return city
