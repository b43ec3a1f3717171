"""Handing documents out. They come from strangers: a browser saves them and never runs what is in them."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import queries
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.documents.inspection import TEXT

_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A document that a browser shows after all gets no origin, no script, no form, and loads nothing."""


@require_safe
def download(request: HttpRequest, document_id: UUID) -> FileResponse:
    """The document as an attachment, under our name and media type; 404 for whoever may not read it."""
    found = _readable(request, document_id)
    return _hand_out(found, as_attachment=True)


@require_safe
def preview(request: HttpRequest, document_id: UUID) -> FileResponse:
    """A picture to be shown in a page, or a text of ours; every other kind is only handed out as an attachment."""
    found = _readable(request, document_id)
    if not found.media_type.startswith("image/") and found.media_type != TEXT:
        raise Http404
    return _hand_out(found, as_attachment=False)


def _readable(request: HttpRequest, document_id: UUID) -> DocumentRef:
    found = queries.readable(document_id, request.user) if isinstance(request.user, User) else None
    if found is None:
        raise Http404
    return found


def _hand_out(found: DocumentRef, *, as_attachment: bool) -> FileResponse:
    content_type = f"{TEXT}; charset=utf-8" if found.media_type == TEXT else found.media_type
    response = FileResponse(
        queries.open_content(found.id), as_attachment=as_attachment, filename=found.name, content_type=content_type
    )
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
