from pathlib import Path

import pytest

from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import ports


@pytest.fixture
def store(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of its own, and no package that grants reading."""
    settings.YIWANG_DATA_DIR = tmp_path
    monkeypatch.setattr(ports, "_readers", [])
    return tmp_path / "documents"


@pytest.fixture
def views_alone(settings) -> None:
    """The views without the platform's table of access in front, which has its own tests."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("yiwang.web.")]


@pytest.fixture
def wang(clock) -> User:
    return User.objects.create_user("wang", name="王五", registered_at=clock.now())


@pytest.fixture
def li(clock) -> User:
    return User.objects.create_user("li", name="李四", registered_at=clock.now())


def stored(store: Path) -> list[Path]:
    """Every file under the store, except the lock."""
    return [path for path in store.rglob("*") if path.is_file() and path.name != "lock"]
