"""Look-ups as rows, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.foundation.kernel.text import Words
from yiwang.library.centre.facts import Looked, Missing, plain
from yiwang.service.applications.known import Dispute, LookUp, Recheck, State, Told, same_row
from yiwang.service.applications.models import LookUp as LookUpRow

PERSON = ("", "")
"""What a look-up about the person has in the place of an enterprise's code and name."""


def of_draft(draft_id: UUID) -> Told:
    return Told(tuple(read(row) for row in LookUpRow.objects.filter(draft=draft_id).order_by("id")))


def of_application(case_id: int) -> Told:
    return Told(tuple(read(row) for row in LookUpRow.objects.filter(application=case_id).order_by("id")))


def read(row: LookUpRow) -> LookUp:
    body = row.body
    return LookUp(
        id=row.pk,
        product=row.product,
        title=Words.from_json(body["title"]),
        department=row.department,
        post=row.post,
        state=State(row.state),
        elements=body["elements"],
        materials=tuple(body["materials"]),
        at=row.at,
        rows=tuple(body.get("rows", ())),
        proofs={key: tuple(numbers) for key, numbers in body.get("proofs", {}).items()},
        record=row.record,
        as_of=_moment(body.get("as_of")),
        chosen=row.chosen,
        disputes={
            code: Dispute(each["said"], each["held"], datetime.fromisoformat(each["at"]), each["case"])
            for code, each in row.disputed.items()
        },
        recheck=_recheck(row.rechecked),
        enterprise=row.enterprise,
        enterprise_name=body.get("enterprise_name", ""),
        agreed=body.get("agreed", False),
    )


def looked(found: Looked, *, enterprise: tuple[str, str] = PERSON, agreed: bool = False) -> LookUp:
    """A reading as it will be kept; `enterprise` is the code and name of that which it is about."""
    return LookUp(
        id=0,
        product=found.product,
        title=found.title,
        department=found.department,
        post=found.post,
        state=State.READ,
        elements=dict(found.elements),
        materials=tuple(found.proofs),
        at=found.read_at,
        rows=tuple({name: plain(value) for name, value in row.items()} for row in found.rows),
        proofs=dict(found.proofs),
        record=found.record,
        as_of=found.as_of,
        enterprise=enterprise[0],
        enterprise_name=enterprise[1],
        agreed=agreed,
    )


def missed(found: Missing, at: datetime, *, enterprise: tuple[str, str] = PERSON, agreed: bool = False) -> LookUp:
    return LookUp(
        id=0,
        product=found.product,
        title=found.title,
        department=found.department,
        post=found.post,
        state=State.REFUSED if found.refused else State.OFFLINE,
        elements=dict.fromkeys(found.elements, ""),
        materials=found.materials,
        at=at,
        enterprise=enterprise[0],
        enterprise_name=enterprise[1],
        agreed=agreed,
    )


def columns(each: LookUp) -> dict[str, Any]:
    """What of a look-up stands in its row, apart from whose it is."""
    return {
        "enterprise": each.enterprise,
        "product": each.product,
        "department": each.department,
        "post": each.post,
        "state": each.state.value,
        "record": each.record,
        "body": {
            "title": each.title.to_json(),
            "elements": dict(each.elements),
            "materials": list(each.materials),
            "rows": [dict(row) for row in each.rows],
            "proofs": {key: list(numbers) for key, numbers in each.proofs.items()},
            "agreed": each.agreed,
            "enterprise_name": each.enterprise_name,
            "as_of": each.as_of.isoformat() if each.as_of else None,
        },
        "chosen": each.chosen,
        "disputed": {
            code: {"said": one.said, "held": one.held, "at": one.at.isoformat(), "case": one.case}
            for code, one in each.disputes.items()
        },
        "rechecked": None,
        "at": each.at,
    }


def committed(told: Told) -> list[list[Any]]:
    """What of the look-ups an event commits to: which product was read where, what it said, which row is meant."""
    return sorted(
        [each.product, each.post, each.state.value, each.record, [dict(row) for row in each.rows], each.chosen]
        for each in told.lookups
        if each.state is State.READ
    )


def settled(new: LookUp, before: Told) -> LookUp:
    """A new reading of a product with what was chosen and disputed on an earlier one, where that still fits."""
    earlier = [each for each in before.lookups if (each.product, each.enterprise) == (new.product, new.enterprise)]
    chosen: int | None = None
    for each in earlier:
        if each.chosen is None:
            continue
        chosen = each.chosen if each.chosen < 0 else same_row(new.rows, each.rows[each.chosen])
    disputes = {code: one for each in earlier for code, one in each.disputes.items() if code in new.elements}
    return replace(new, chosen=chosen, disputes=disputes)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _recheck(body: dict[str, Any] | None) -> Recheck | None:
    if body is None:
        return None
    return Recheck(datetime.fromisoformat(body["at"]), body["record"], tuple(body["changed"]))
