"""A disk that is full or broken: clear words, and nothing half-stored."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from tests.foundation.documents import files
from tests.foundation.documents.conftest import stored
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import queries
from yiwang.foundation.documents.actions import receive
from yiwang.foundation.documents.models import Document
from yiwang.foundation.documents.refusals import Refused

pytestmark = pytest.mark.django_db


def refused(wang: User, content: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        receive(ContentFile(content), "a.pdf", wang, "test")
    assert "12345" in refusal.value.words.zh
    return refusal.value.reason


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_write_that_fails_leaves_nothing_behind(store: Path, wang: User, monkeypatch, call: str, number: int) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(f"yiwang.foundation.documents.store.os.{call}", fail)
    assert refused(wang, files.pdf()) == "not_stored"
    monkeypatch.undo()
    assert stored(store) == []
    assert not Document.objects.exclude(state="quarantine").exists()


def test_a_disk_that_fills_up_in_the_middle_of_a_file_leaves_nothing_behind(
    store: Path, wang: User, monkeypatch
) -> None:
    real, room = os.write, [1500]

    def write(descriptor: int, data: bytes) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(descriptor, bytes(data)[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr("yiwang.foundation.documents.store.os.write", write)
    assert refused(wang, files.picture("PNG")) == "not_stored"
    monkeypatch.undo()
    assert stored(store) == []


def test_a_store_that_cannot_take_the_inspected_file_leaves_nothing_behind(
    store: Path, wang: User, monkeypatch
) -> None:
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if "store" in target.parts:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert refused(wang, files.pdf()) == "not_stored"
    monkeypatch.undo()
    assert stored(store) == []
    assert not Document.objects.filter(state="accepted").exists()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("a small disk can be mounted by root only")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_real_disk_that_is_full_takes_files_again_once_there_is_room(
    store: Path, wang: User, settings, tiny_disk: Path
) -> None:
    settings.YIWANG_DATA_DIR = tiny_disk
    assert refused(wang, files.picture("PNG", (800, 600))) == "not_stored"
    assert stored(tiny_disk) == []
    content = files.pdf()
    found = receive(ContentFile(content), "a.pdf", wang, "test")
    assert queries.open_content(found.id).read() == content
