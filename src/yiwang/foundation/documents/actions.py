"""Take a file in, say that it is needed or no longer needed, delete what nobody needs."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import store
from yiwang.foundation.documents.inspection import EXTENSIONS, TEXT, Inspection
from yiwang.foundation.documents.inspector import examine
from yiwang.foundation.documents.models import Document, State
from yiwang.foundation.documents.names import canonical_name
from yiwang.foundation.documents.refusals import LARGEST_FILE, Refused
from yiwang.foundation.kernel.time import now

MOST_UNATTACHED = 100
"""Uploads of one person that nothing needs yet."""
_MOST_DELETED = 10_000
_STILL_NEW = timedelta(days=1)
"""How long a text of ours that nothing needs may be handed out again: far from being deleted."""


class NoSuchDocument(Exception):
    """No accepted document of this person bears this number."""


class Upload(Protocol):
    """An uploaded file as Django gives it. What it says about itself is not believed."""

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True)
class DocumentRef:
    """An accepted document: `name` and `media_type` are ours, made from what the file really is; `size` in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    pages: int


def receive(upload: Upload, name: str, owner: User, purpose: str, *, replaces: UUID | None = None) -> DocumentRef:
    """Take an upload into quarantine, have it inspected, and keep it; it still has to be attached to something.

    Not to be called inside a transaction: an inspection takes up to half a minute. `replaces` names the owner's
    document of which this is a new version. Raises Refused (with words for the person), NoSuchDocument.
    """
    if (getattr(upload, "size", 0) or 0) > LARGEST_FILE:
        raise Refused("too_large")
    number = uuid.uuid4()
    with transaction.atomic(durable=True):
        if Document.objects.filter(owner=owner, attached_at__isnull=True).count() >= MOST_UNATTACHED:
            raise Refused("too_many_files")
        if replaces is not None and not _accepted(replaces, owner).exists():
            raise NoSuchDocument(replaces)
    taken = store.take_in(number, upload.chunks())
    try:
        document = _quarantine(number, taken, name, owner, purpose, replaces)
        inspection = _look(document, taken)
        store.keep(taken)
    finally:
        store.discard(number)
    return _accept(document, inspection)


def write(text: str, name: str, owner: User, purpose: str) -> DocumentRef:
    """Make a document of a text of ours, which nobody needs to inspect; like an upload it has to be attached. The same
    text again, as for a request that is repeated, is the same document until something needs it.

    Not to be called inside a transaction. Raises Refused where it cannot be stored.
    """
    content = text.encode()
    alike = Document.objects.filter(owner=owner, purpose=purpose, sha256=hashlib.sha256(content).hexdigest())
    unneeded = alike.filter(state=State.ACCEPTED, attached_at__isnull=True, created_at__gt=now() - _STILL_NEW).first()
    if unneeded is not None:
        return reference(unneeded)
    number = uuid.uuid4()
    taken = store.take_in(number, [content])
    try:
        document = _quarantine(number, taken, name, owner, purpose, None)
        store.keep(taken)
    finally:
        store.discard(number)
    return _accept(document, Inspection(TEXT, 1))


def _quarantine(
    number: UUID, taken: store.Quarantined, name: str, owner: User, purpose: str, replaces: UUID | None
) -> Document:
    """The row is there before the file is opened: it keeps the store from deleting equal bytes meanwhile."""
    document = Document(
        id=number,
        owner=owner,
        purpose=purpose,
        name=canonical_name(name, "bin"),
        sha256=taken.sha256,
        size=taken.size,
        replaces_id=replaces,
        created_at=now(),
    )
    with transaction.atomic(durable=True):
        document.save(force_insert=True)
    return document


def _look(document: Document, taken: store.Quarantined) -> Inspection:
    try:
        return examine(taken.path)
    except Refused as refusal:
        document.state, document.reason = State.REFUSED, refusal.reason
        document.save(update_fields=["state", "reason"])
        raise


def _accept(document: Document, inspection: Inspection) -> DocumentRef:
    document.state = State.ACCEPTED
    document.media_type, document.pages = inspection.media_type, inspection.pages
    document.name = canonical_name(document.name, EXTENSIONS[inspection.media_type])
    document.save(update_fields=["state", "media_type", "pages", "name"])
    return reference(document)


def _accepted(document_id: UUID, owner: User) -> QuerySet[Document]:
    return Document.objects.filter(pk=document_id, owner=owner, state=State.ACCEPTED)


def reference(document: Document) -> DocumentRef:
    return DocumentRef(
        id=document.pk,
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        sha256=document.sha256,
        pages=document.pages,
    )


def attach(document_id: UUID, owner: User) -> None:
    """Say that something needs this document of `owner`'s: it is kept from now on. Raises NoSuchDocument."""
    with transaction.atomic():
        document = _accepted(document_id, owner).select_for_update().first()
        if document is None:
            raise NoSuchDocument(document_id)
        if document.attached_at is None:
            document.attached_at = now()
            document.save(update_fields=["attached_at"])


def release(document_id: UUID) -> None:
    """Say that nothing needs this document any more: it is deleted a week after its upload."""
    Document.objects.filter(pk=document_id).update(attached_at=None)


def delete_unneeded(unattached_before: datetime, unfinished_before: datetime) -> int:
    """Delete uploads that nothing needs, and what a killed server left in quarantine; returns how many documents.

    A document that a row elsewhere still refers to stays.
    """
    found = Document.objects.filter(attached_at__isnull=True, created_at__lt=unattached_before).values_list("pk")
    left = Document.objects.filter(state=State.QUARANTINE, created_at__lt=unfinished_before).values_list("pk")
    deleted = 0
    for (number,) in [*found[:_MOST_DELETED], *left[:_MOST_DELETED]]:
        deleted += _delete(number)
    store.discard_older(unfinished_before)
    return deleted


def _delete(number: UUID) -> bool:
    with store.deleting():
        try:
            with transaction.atomic():
                document = Document.objects.select_for_update().filter(pk=number, attached_at__isnull=True).first()
                if document is None:
                    return False
                document.delete()
        except ProtectedError:
            return False
        store.discard(number)
        if not Document.objects.filter(sha256=document.sha256).exclude(state=State.REFUSED).exists():
            store.remove(document.sha256)
    return True
