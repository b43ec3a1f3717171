"""The bytes of a document over the API, for whoever may download it on the pages."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Router

from yiwang.foundation.directory.api import Problem
from yiwang.foundation.documents import views
from yiwang.foundation.documents.inspection import EXTENSIONS

router = Router(tags=["documents"])


@router.get(
    "/documents/{document}",
    url_name="read-document",
    response={404: Problem},
    summary="Download a document",
    openapi_extra={
        "responses": {
            200: {
                "description": "The document as an attachment",
                "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(EXTENSIONS)},
            }
        }
    },
)
def read_document(request: HttpRequest, document: UUID) -> FileResponse:
    """One's own, and for officers those of the parts on which their department works. Compare `sha256`."""
    return views.download(request, document)
