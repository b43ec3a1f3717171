"""What the walks through the access table share: the demonstration city, and somebody who may read its documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction

from tests.conftest import NOON
from tests.web import told
from tests.web.personas import DEPARTMENT, World, world
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import ports
from yiwang.foundation.kernel import time
from yiwang.web import loading

CITY = Path(settings.ROOT) / "city"


@pytest.fixture(scope="module")
def inhabited_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The city of `city/` and the personas, made once for a module; each of its tests runs in a savepoint above."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time.frozen(NOON):
            assert loading.load(CITY) == 0
            here = world()
        yield here
        transaction.set_rollback(True)


@pytest.fixture
def department_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents count as papers of a case of the personas' department."""

    def may_read(user: User, document_id: UUID, /) -> bool:
        return DEPARTMENT in actor_of(user).departments

    monkeypatch.setattr(ports, "_readers", [may_read])


@pytest.fixture(autouse=True)
def what_builders_open_is_closed() -> Iterator[None]:
    yield
    told.CLEAN_UP.close()
