"""What is known of a document, and its bytes."""

import io
from uuid import UUID

from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import ports, store
from yiwang.foundation.documents.actions import DocumentRef, reference
from yiwang.foundation.documents.models import Document, State

_MOST_VERSIONS = 100


def document(document_id: UUID) -> DocumentRef | None:
    """The accepted document of this number. Asks nobody's right: for packages that own the use of it."""
    row = Document.objects.filter(pk=document_id, state=State.ACCEPTED).first()
    return reference(row) if row else None


def readable(document_id: UUID, user: User) -> DocumentRef | None:
    """The accepted document when it is the user's own or a package grants them the reading; else None."""
    row = Document.objects.filter(pk=document_id, state=State.ACCEPTED).first()
    if row is None:
        return None
    own = row.owner_id == user.pk and not ports.withheld(user, document_id)
    if not own and not ports.granted(user, document_id):
        return None
    return reference(row)


def versions(document_id: UUID) -> tuple[DocumentRef, ...]:
    """The document and those it replaces, the newest first; one query each, at most 100."""
    found: list[DocumentRef] = []
    following: UUID | None = document_id
    while following is not None and len(found) < _MOST_VERSIONS:
        row = Document.objects.filter(pk=following, state=State.ACCEPTED).first()
        if row is None:
            break
        found.append(reference(row))
        following = row.replaces_id
    return tuple(found)


def open_content(document_id: UUID) -> io.BytesIO:
    """The bytes of an accepted document, compared with their hash.

    Raises Document.DoesNotExist; FileNotFoundError or ValueError when the store has lost or altered them.
    """
    row = Document.objects.only("sha256").get(pk=document_id, state=State.ACCEPTED)
    return io.BytesIO(store.read(row.sha256))
