import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from yiwang.foundation.documents.refusals import LARGEST_FILE
from yiwang.foundation.documents.uploads import LARGEST_REQUEST


def sizes(request: HttpRequest) -> HttpResponse:
    return JsonResponse({name: [file.size, len(file.read()), file.name] for name, file in request.FILES.items()})


urlpatterns = [path("", sizes)]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.usefixtures("views_alone")]


@pytest.fixture(autouse=True)
def _bounded(settings) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["yiwang.foundation.documents.uploads.BoundedUploadHandler"]


def test_files_of_a_request_arrive_whole_up_to_what_a_document_may_be() -> None:
    sent = {"a": SimpleUploadedFile("甲.pdf", b"a" * 200_000), "b": SimpleUploadedFile("b.pdf", b"b" * LARGEST_FILE)}
    assert Client().post("/", sent).json() == {
        "a": [200_000, 200_000, "甲.pdf"],
        "b": [LARGEST_FILE, LARGEST_FILE, "b.pdf"],
    }


def test_what_is_too_much_of_a_file_is_counted_but_not_kept() -> None:
    answer = Client().post("/", {"a": SimpleUploadedFile("a.pdf", b"a" * (LARGEST_FILE + 5_000_000))}).json()
    assert answer["a"][:2] == [LARGEST_FILE + 5_000_000, LARGEST_FILE + 1]


def test_a_request_of_many_large_files_is_cut_off() -> None:
    count = LARGEST_REQUEST // LARGEST_FILE + 1
    sent = {str(n): SimpleUploadedFile("a.pdf", b"a" * LARGEST_FILE) for n in range(count)}
    answer = Client().post("/", sent).json()
    assert len(answer) < count
