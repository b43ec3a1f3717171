from collections.abc import Iterator

import pytest

from tests.casework.cases.world import MONDAY, World
from yiwang.foundation.kernel.time import FrozenClock, frozen


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """A Monday morning in the city; tests move it."""
    with frozen(MONDAY) as clock:
        yield clock


@pytest.fixture
def world(db: None, clock: FrozenClock) -> World:
    return World()
