from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from django.db import transaction

from yiwang.foundation.kernel.time import FrozenClock, frozen
from yiwang.foundation.ledger import hearing
from yiwang.foundation.ledger.actions import Step, append
from yiwang.foundation.ledger.events import event


@event("test.Happened")
class Happened(msgspec.Struct, frozen=True):
    number: int


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    with frozen(datetime(2025, 3, 12, 4, 0, tzinfo=UTC)) as clock:
        yield clock


@pytest.fixture
def consumers() -> Iterator[None]:
    """Only the consumers that the test declares."""
    kept = dict(hearing._consumers)
    hearing._consumers.clear()
    yield
    hearing._consumers.clear()
    hearing._consumers.update(kept)


def happen(stream_id: int, version: int, number: int = 0) -> None:
    with transaction.atomic():
        append(
            "test",
            stream_id,
            after_version=version - 1,
            steps=[Step(Happened(number=number), b"{}")],
            at=datetime(2025, 3, 12, 4, 0, tzinfo=UTC),
            actor="machine",
        )
