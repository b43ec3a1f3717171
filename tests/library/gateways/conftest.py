"""The police as a department, behind its gateway's Protocol in both of its forms."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.library.gateways.police import Police, police_of
from tests.library.gateways.registers import RESIDENTS


@pytest.fixture(params=["in this process", "as its own service"])
def department(request: pytest.FixtureRequest, tmp_path: Path, clock: Any) -> Iterator[Any]:
    """Opens the police with a given contract."""
    with ExitStack() as opened:
        yield lambda product=RESIDENTS: opened.enter_context(
            police_of(tmp_path, product, remote=request.param == "as its own service")
        )


@pytest.fixture
def police(department: Any) -> Police:
    found: Police = department()
    return found
