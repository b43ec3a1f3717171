import pytest

from yiwang.foundation.jobs import declarations


@pytest.fixture(autouse=True)
def _no_schedules_of_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations, "_schedules", {})
