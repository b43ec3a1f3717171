"""The inbox over the API: one's own messages, and that one has read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from yiwang.foundation.directory.api import Problem
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.notifications import actions, queries
from yiwang.foundation.notifications.views import LARGEST_NUMBER, reader_of

router = Router(tags=["messages"])

Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]


class MessageOut(Schema):
    """What happened (`subject`), what to do about it (`body`), and the page where (`link`, a path of this site)."""

    number: int
    subject: Words
    body: Words
    link: str
    at: datetime
    unread: bool


class InboxOut(Schema):
    """A page of 20, newest first; `older` asks for the next (`before`). `unread` counts all of them."""

    messages: list[MessageOut]
    unread: int
    older: int | None


class UpToIn(Schema):
    up_to: Annotated[int, Field(ge=1, le=LARGEST_NUMBER, description="The newest message that you have shown")]


class ReadOut(Schema):
    read: int


@router.get("/messages", url_name="list-messages", response=InboxOut, summary="My messages")
def list_messages(
    request: HttpRequest,
    before: int | None = Query(None, ge=1, le=LARGEST_NUMBER, description="Only messages with lower numbers"),
) -> object:
    """What the inbox shows. Reading them here does not mark them as read."""
    return queries.inbox(reader_of(request), before=before)


@router.post(
    "/messages/{number}/read",
    url_name="read-message",
    response={204: None, 404: Problem},
    summary="Mark a message as read",
)
def read_message(request: HttpRequest, number: Number) -> Status:
    """Once more changes nothing."""
    try:
        actions.mark_read(reader_of(request), number)
    except actions.NoSuchMessage as missing:
        raise Http404 from missing
    return Status(204, None)


@router.post("/messages/read", url_name="read-messages", response=ReadOut, summary="Mark my messages as read")
def read_messages(request: HttpRequest, body: UpToIn) -> ReadOut:
    """All up to this one: what came in since you looked stays unread. Answers how many were unread."""
    return ReadOut(read=actions.mark_all_read(reader_of(request), body.up_to))
