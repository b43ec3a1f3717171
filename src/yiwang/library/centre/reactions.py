"""What follows when a request to share is decided. Hearing of it twice changes nothing."""

from __future__ import annotations

from django.urls import reverse

from yiwang.casework.cases import events
from yiwang.casework.cases.record import plan_of
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ledger.events import Recorded
from yiwang.foundation.ledger.hearing import hears
from yiwang.foundation.ledger.replay import history
from yiwang.foundation.notifications.actions import tell
from yiwang.library.centre import bodies, corrections, granting, queries
from yiwang.library.centre.models import Grant as GrantRow
from yiwang.library.centre.models import ShareRequest

RULE = "rule:unconditional"


class OnePersonApproved(Exception):
    """A decision that one person alone prepared and took signs nothing."""


@hears(events.Decided, name="centre.grant")
def issue_grant(heard: Recorded) -> None:
    """A granted request, or a ruling for it, becomes a signed grant with the two who approved it."""
    request = _request(heard)
    if request is None or not heard.body.granted or GrantRow.objects.filter(request=request).exists():
        return
    terms = bodies.grant_of(request.terms)
    approved_by = _approvers(request, heard)
    granting.issue(terms, request.product.partition(".")[0], approved_by, by=MACHINE, request=request)


@hears(events.Decided, name="centre.tell")
def tell_asker(heard: Recorded) -> None:
    """Who asked reads what was decided; after a refusal, that a ruling may be called for."""
    request = _request(heard)
    if request is None:
        return
    title = queries.title_of(request.product)
    if heard.body.granted:
        subject = Words(f"同意共享：{title.zh}", f"Shared: {title.en}")
        body = Words("授权已经签发，可以使用了。", "The grant is signed: you may read under it now.")
    else:
        subject = Words(f"没有同意共享：{title.zh}", f"Not shared: {title.en}")
        again = request.refused_id is None
        body = Words(
            f"请看理由。{'不同意的，可以提请数据主管部门裁决。' if again else '裁决是最终的。'}",
            f"Read why. {'If you disagree, call for a ruling.' if again else 'The ruling is final.'}",
        )
    link = reverse("centre:request", args=[request.case.number])
    tell(request.asked_by_id, subject, body, link, f"centre:decided:{request.pk}")


@hears(events.Decided, name="centre.corrected")
def tell_person(heard: Recorded) -> None:
    """Who disputed a record reads what its owner found."""
    wrong = corrections.of_case(heard.stream_id) if heard.stream == "case" else None
    if wrong is None:
        return
    if heard.body.granted:
        subject = Words(f"已经更正：{wrong.name_zh}", f"Corrected: {wrong.name_en}")
        body = Words(
            "登记确实有误，部门已经改好。以后查到的就是新的内容。", "The record was wrong and is put right from now on."
        )
    else:
        subject = Words(f"核对过，登记无误：{wrong.name_zh}", f"Checked, the record stands: {wrong.name_en}")
        body = Words(
            "部门核对了原始资料，认为登记无误。不服可以申请复议或起诉。",
            "The department checked its documents and finds the record right. You may ask for a review or go to court.",
        )
    tell(wrong.user_id, subject, body, reverse("centre:my-facts"), f"centre:corrected:{wrong.pk}")


@hears(events.Revoked, name="centre.revoke")
def revoke_grant(heard: Recorded) -> None:
    """A decision that is taken back takes its grant with it."""
    request = _request(heard)
    row = GrantRow.objects.filter(request=request).first() if request is not None else None
    if row is not None:
        granting.revoke(row, "决定已撤销 / the decision was revoked", by=MACHINE)


def _request(heard: Recorded) -> ShareRequest | None:
    if heard.stream != "case":
        return None
    return ShareRequest.objects.filter(pk=heard.stream_id).select_related("case").first()


def _approvers(request: ShareRequest, heard: Recorded) -> tuple[str, ...]:
    """Who prepared the decision and who took it, as the ledger has them."""
    if heard.body.by_rule:
        return (RULE,)
    part = plan_of(request.case.plan_id).by_key[heard.body.part]
    prepared = [
        recorded.actor
        for recorded in history(heard.stream, heard.stream_id)
        if isinstance(recorded.body, events.TaskCompleted) and recorded.body.task in part.decision.apart_from
    ]
    approved_by = (*prepared, heard.actor)
    if len(set(approved_by)) < 2:
        raise OnePersonApproved(request.case.number)
    return approved_by
