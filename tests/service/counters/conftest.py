"""A clerk at a window and an operator on the telephone of the demonstration city."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.applications.conftest import chen, jinlan, wang
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.models import User
from yiwang.service.counters import actions

__all__ = ["chen", "jinlan", "wang"]


@pytest.fixture
def clerk(jinlan: None, db: None, clock: Any) -> Actor:
    """He Xiaolan, at window 3."""
    by = actor_of(User.objects.get(username="he.window"))
    actions.open_window("wangjiang", 3, by=by)
    return by


@pytest.fixture
def operator(jinlan: None, db: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Ni Jiayin, on seat 5 of the service line."""
    monkeypatch.setenv("YIWANG_SMS_URL", "outbox:")
    by = actor_of(User.objects.get(username="ni.phone"))
    actions.open_window("telephone", 5, by=by)
    return by
