"""The checks over the API: of a draft for its applicant, of a case for its officers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from yiwang.casework.cases.api_shapes import DeskProblem, Number
from yiwang.casework.cases.queries import case_view
from yiwang.casework.cases.refusals import NoSuchCase
from yiwang.foundation.directory.actor import actor_of
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.language import said
from yiwang.service.applications import checking, drafts
from yiwang.service.applications.api_refusals import refusing
from yiwang.service.applications.api_shapes import ApplicationProblem
from yiwang.service.applications.checking import Found
from yiwang.service.applications.checks import Remark
from yiwang.service.applications.pages import actor

router = Router(tags=["applications"])
desk_router = Router(tags=["desk"])


class RemarkOut(Schema):
    """`weight`: wrong, look or note. `said` is the answer, `held` what stands against it in a paper or a register."""

    rule: str
    weight: str
    key: str
    words: Words
    where: Words
    parts: list[str]
    said: str
    held: str
    basis: str

    @staticmethod
    def of(each: Remark) -> RemarkOut:
        return RemarkOut(
            rule=each.rule,
            weight=each.weight.value,
            key=each.key,
            words=each.words,
            where=each.where,
            parts=list(each.parts),
            said=each.said,
            held=each.held,
            basis=each.basis,
        )


class FoundOut(Schema):
    """`unread`: papers that were not read in time. `checked_at` is empty before the rules have run."""

    remarks: list[RemarkOut]
    unread: int
    checked_at: datetime | None

    @staticmethod
    def of(found: Found | None, parts: frozenset[str] | None = None) -> FoundOut:
        remarks = found.remarks if found is not None else ()
        mine = [each for each in remarks if parts is None or not each.parts or parts & set(each.parts)]
        return FoundOut(
            remarks=[RemarkOut.of(each) for each in mine],
            unread=found.unread if found is not None else 0,
            checked_at=found.at if found is not None else None,
        )


@router.get(
    "/drafts/{draft}/checks",
    url_name="check-draft",
    response={200: FoundOut, 404: ApplicationProblem, 409: ApplicationProblem},
    summary="What rules find in a draft, as advice before it is sent",
)
@refusing
def check_draft(request: HttpRequest, draft: UUID) -> Status:
    """Advice only: nothing here keeps it from being sent. Pictures are not read."""
    return Status(200, FoundOut.of(checking.of_draft(drafts.read(draft, actor(request)))))


@desk_router.get(
    "/cases/{number}/checks",
    url_name="read-checks",
    response={200: FoundOut, 404: DeskProblem},
    summary="What rules found in a submission, for the parts of my departments",
)
def read_checks(request: HttpRequest, number: Number) -> Status:
    try:
        view = case_view(number, actor_of(request.user))
    except NoSuchCase:
        words = Words("没有这个办件，或者不归您办。", "There is no such case, or it is not yours.")
        return Status(404, DeskProblem(code="not_found", detail=said(words)))
    full = frozenset(part.key for part in view.parts if part.full)
    return Status(200, FoundOut.of(checking.of_application(view.id), full))
