from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from tests.foundation.documents import files
from tests.foundation.documents.conftest import stored
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import queries
from yiwang.foundation.documents.actions import (
    MOST_UNATTACHED,
    NoSuchDocument,
    attach,
    delete_unneeded,
    receive,
    release,
    write,
)
from yiwang.foundation.documents.jobs import delete_unneeded_documents
from yiwang.foundation.documents.models import Document, State
from yiwang.foundation.documents.refusals import LARGEST_FILE, Refused

pytestmark = pytest.mark.django_db


def upload(content: bytes) -> ContentFile:
    return ContentFile(content)


def sweep(clock, days: int) -> None:
    clock.advance(timedelta(days=days))
    delete_unneeded_documents()


def test_a_sound_file_is_kept_under_its_hash_and_read_back_unchanged(store: Path, wang: User) -> None:
    content = files.pdf(2)
    found = receive(upload(content), "..\\营业执照.JPG", wang, "applications.material")
    assert (found.name, found.media_type, found.pages) == ("营业执照.pdf", "application/pdf", 2)
    assert (found.size, found.sha256) == (len(content), sha256(content).hexdigest())
    assert queries.open_content(found.id).read() == content
    assert queries.document(found.id) == found
    (path,) = stored(store)
    assert path.name == found.sha256
    assert path.stat().st_mode & 0o777 == 0o400


def test_a_refused_file_leaves_its_reason_and_no_bytes(store: Path, wang: User) -> None:
    with pytest.raises(Refused) as refused:
        receive(upload(files.pdf_with_script()), "a.pdf", wang, "applications.material")
    assert refused.value.reason == "active_content"
    assert "PDF" in refused.value.words.zh
    assert stored(store) == []
    row = Document.objects.get()
    assert (row.state, row.reason) == (State.REFUSED, "active_content")
    assert queries.document(row.pk) is None


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"%PDF-" + b"0" * LARGEST_FILE, "too_large")], ids=["empty", "large"]
)
def test_an_empty_or_too_large_file_is_refused_while_it_arrives(store: Path, wang: User, content, reason) -> None:
    class Stream:
        """Says nothing about its size."""

        def chunks(self):
            yield from (content[start : start + 65536] for start in range(0, len(content), 65536))

    for sent in (upload(content), Stream()):
        with pytest.raises(Refused) as refused:
            receive(sent, "a.pdf", wang, "applications.material")
        assert refused.value.reason == reason
    assert stored(store) == []
    assert not Document.objects.exists()


def test_equal_bytes_lie_in_the_store_once_and_stay_while_anybody_needs_them(
    store: Path, wang: User, li: User, clock
) -> None:
    content = files.pdf()
    mine = receive(upload(content), "a.pdf", wang, "test")
    theirs = receive(upload(content), "b.pdf", li, "test")
    assert mine.id != theirs.id
    assert len(stored(store)) == 1
    attach(theirs.id, li)
    sweep(clock, 8)
    assert queries.document(mine.id) is None
    assert queries.open_content(theirs.id).read() == content


def test_an_upload_that_nothing_needs_is_deleted_after_a_week(store: Path, wang: User, clock) -> None:
    kept = receive(upload(files.pdf()), "kept.pdf", wang, "test")
    orphan = receive(upload(files.pdf(2)), "orphan.pdf", wang, "test")
    attach(kept.id, wang)
    sweep(clock, 6)
    assert queries.document(orphan.id) is not None
    sweep(clock, 2)
    assert queries.document(orphan.id) is None
    assert queries.document(kept.id) == kept
    assert [path.name for path in stored(store)] == [kept.sha256]


def test_a_released_document_goes_the_way_of_the_unneeded(store: Path, wang: User, clock) -> None:
    found = receive(upload(files.pdf()), "a.pdf", wang, "test")
    attach(found.id, wang)
    sweep(clock, 100)
    release(found.id)
    sweep(clock, 1)
    assert queries.document(found.id) is None
    assert stored(store) == []


def test_refused_and_unfinished_uploads_are_forgotten_too(store: Path, wang: User, clock) -> None:
    with pytest.raises(Refused):
        receive(upload(b"MZ"), "a.pdf", wang, "test")
    Document.objects.create(owner=wang, purpose="test", name="x", sha256="0" * 64, size=1, created_at=clock.now())
    assert delete_unneeded(clock.now() - timedelta(days=7), clock.now() - timedelta(days=1)) == 0
    sweep(clock, 2)
    assert Document.objects.get().state == State.REFUSED
    sweep(clock, 6)
    assert not Document.objects.exists()


def test_only_its_owner_attaches_a_document_and_only_an_accepted_one(store: Path, wang: User, li: User, clock) -> None:
    found = receive(upload(files.pdf()), "a.pdf", wang, "test")
    with pytest.raises(NoSuchDocument):
        attach(found.id, li)
    waiting = Document.objects.create(
        owner=wang, purpose="test", name="x", sha256="0" * 64, size=1, created_at=clock.now()
    )
    with pytest.raises(NoSuchDocument):
        attach(waiting.pk, wang)


def test_a_new_version_remembers_those_before_it(store: Path, wang: User, li: User) -> None:
    first = receive(upload(files.pdf()), "a.pdf", wang, "test")
    second = receive(upload(files.pdf(2)), "a.pdf", wang, "test", replaces=first.id)
    third = receive(upload(files.pdf(3)), "a.pdf", wang, "test", replaces=second.id)
    assert queries.versions(third.id) == (third, second, first)
    with pytest.raises(NoSuchDocument):
        receive(upload(files.pdf()), "a.pdf", li, "test", replaces=third.id)


def test_nobody_fills_the_disk_with_files_that_nothing_needs(store: Path, wang: User, clock) -> None:
    Document.objects.bulk_create(
        Document(owner=wang, purpose="test", name="x", sha256="0" * 64, size=1, created_at=clock.now())
        for _ in range(MOST_UNATTACHED)
    )
    with pytest.raises(Refused) as refused:
        receive(upload(files.pdf()), "a.pdf", wang, "test")
    assert refused.value.reason == "too_many_files"


def test_bytes_that_the_disk_has_altered_are_never_handed_out(store: Path, wang: User) -> None:
    found = receive(upload(files.pdf()), "a.pdf", wang, "test")
    (path,) = stored(store)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ValueError, match="damaged"):
        queries.open_content(found.id)


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_not_inspected_inside_a_transaction(store: Path, wang: User) -> None:
    from django.db import transaction

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        receive(upload(files.pdf()), "a.pdf", wang, "test")
    assert not connection.in_atomic_block
    assert stored(store) == []


def test_a_text_of_ours_is_a_document_like_any_other_and_no_upload_passes_for_one(store: Path, wang: User) -> None:
    made = write("本店承诺照此执行。\n", "制度", wang, "test")
    assert (made.name, made.media_type, made.pages) == ("制度.txt", "text/plain", 1)
    assert queries.open_content(made.id).read().decode() == "本店承诺照此执行。\n"
    assert write("本店承诺照此执行。\n", "制度", wang, "test").id == made.id, "a repeated request makes no second one"
    attach(made.id, wang)
    assert write("本店承诺照此执行。\n", "制度", wang, "test").id != made.id
    with pytest.raises(Refused) as refused:
        receive(upload("本店承诺照此执行。".encode()), "制度.txt", wang, "test")
    assert refused.value.reason == "unknown_type"
