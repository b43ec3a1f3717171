from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from tests.foundation.documents import files
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import ports
from yiwang.foundation.documents.actions import DocumentRef, receive

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.foundation.documents.urls"),
    pytest.mark.usefixtures("views_alone"),
]


@pytest.fixture
def paper(store: Path, wang: User) -> DocumentRef:
    return receive(ContentFile(files.pdf()), "营业执照.pdf", wang, "test")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_document_comes_as_an_attachment_that_no_browser_runs(paper: DocumentRef, wang: User) -> None:
    answer = signed_in(wang).get(f"/documents/{paper.id}/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%90%A5")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Cache-Control"] == "private, no-store"
    assert int(answer["Content-Length"]) == paper.size


def test_a_document_of_somebody_else_does_not_exist(paper: DocumentRef, li: User) -> None:
    assert signed_in(li).get(f"/documents/{paper.id}/").status_code == 404
    assert Client().get(f"/documents/{paper.id}/").status_code == 404
    assert signed_in(li).get(f"/documents/{uuid4()}/").status_code == 404


def test_a_package_can_grant_the_reading_of_what_it_uses(paper: DocumentRef, li: User) -> None:
    asked: list[tuple[User, UUID]] = []

    def on_the_case(user: User, document_id: UUID) -> bool:
        asked.append((user, document_id))
        return True

    ports.register(on_the_case)
    ports.register(on_the_case)
    assert signed_in(li).get(f"/documents/{paper.id}/").status_code == 200
    assert asked == [(li, paper.id)]


def test_a_picture_can_be_looked_at_in_a_sandbox_and_a_pdf_cannot(paper: DocumentRef, wang: User) -> None:
    client = signed_in(wang)
    photo = receive(ContentFile(files.picture("JPEG")), "店面.jpg", wang, "test")
    answer = client.get(f"/documents/{photo.id}/preview/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/documents/{paper.id}/preview/").status_code == 404


def test_handing_out_is_only_reading(paper: DocumentRef, wang: User) -> None:
    assert signed_in(wang).post(f"/documents/{paper.id}/").status_code == 405
    assert signed_in(wang).head(f"/documents/{paper.id}/").status_code == 200
