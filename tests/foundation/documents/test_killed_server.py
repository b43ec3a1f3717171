"""A server killed with SIGKILL while a file arrives leaves no half document, and the night tidies up after it."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from tests.foundation.documents import files
from tests.foundation.documents.conftest import stored
from tests.foundation.jobs.databases import url_of_the_test_database
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import queries
from yiwang.foundation.documents.actions import receive
from yiwang.foundation.documents.jobs import delete_unneeded_documents
from yiwang.foundation.documents.models import Document

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("stage", ["while it arrives", "before it is inspected", "after it is stored"])
def test_a_killed_server_leaves_no_half_document(store: Path, wang: User, clock, tmp_path: Path, stage: str) -> None:
    sent = tmp_path / "sent.pdf"
    sent.write_bytes(files.pdf())
    environment = os.environ | {"YIWANG_DATABASE_URL": url_of_the_test_database(), "YIWANG_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.foundation.documents.mortal_receiver", str(sent), str(wang.pk), stage]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"waiting\n"
        server.kill()
    assert not Document.objects.filter(state="accepted").exists()
    again = receive(ContentFile(sent.read_bytes()), "a.pdf", wang, "test")
    assert queries.open_content(again.id).read() == sent.read_bytes()
    for path in (store / "quarantine").iterdir():
        os.utime(path, (clock.now().timestamp(), clock.now().timestamp()))
    Document.objects.filter(state="quarantine").update(created_at=clock.now())
    clock.advance(timedelta(days=2))
    delete_unneeded_documents()
    assert list(Document.objects.values_list("state", flat=True)) == ["accepted"]
    assert [path.name for path in stored(store)] == [again.sha256]
