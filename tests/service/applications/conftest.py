"""The demonstration city, loaded once for all tests of a module; each test runs in a savepoint above it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.conftest import NOON
from tests.service.applications.applying import Applicant
from yiwang.foundation.directory.models import User
from yiwang.foundation.kernel import time
from yiwang.web import loading


@pytest.fixture(scope="module")
def jinlan(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        with time.frozen(NOON):
            assert loading.load(Path(settings.ROOT) / "city") == 0
        yield
        transaction.set_rollback(True)


@pytest.fixture
def wang(jinlan: None, db: None, clock: Any) -> Applicant:
    """A resident of thirty-five who wants to open a restaurant."""
    return Applicant(User.objects.get(username="wang"))


@pytest.fixture
def chen(jinlan: None, db: None, clock: Any) -> Applicant:
    """A resident of seventy-three."""
    return Applicant(User.objects.get(username="chen"))


@pytest.fixture
def web(wang: Applicant) -> Client:
    """Wang's browser."""
    client = Client()
    client.force_login(wang.user)
    return client
