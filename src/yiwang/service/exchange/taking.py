"""A reported step becomes a deed: the ordinary verbs of a case, by the department's system."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import events
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.record import STREAM, CaseRef, PartRef, Report, plan_of
from yiwang.casework.cases.refusals import Changed, NoSuchCase, NotPermitted, NotPossible
from yiwang.casework.cases.state import from_bytes
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ledger.replay import history
from yiwang.service.exchange import order
from yiwang.service.exchange.refusals import CHANGED, NO_PROJECT, NOT_YOURS, Refusal
from yiwang.service.exchange.steps import Reported, StepKind


class NotTaken(Exception):
    """The step is not taken in: `code` and `words` say why; `early`: it may be, later."""

    def __init__(self, refusal: Refusal, *, early: bool = False) -> None:
        super().__init__(refusal[0])
        self.code, self.words = refusal
        self.early = early


def do(step: Reported, case: Case, part: str, by: Actor) -> None:
    """Let it happen, in the caller's transaction. Raises NotTaken; then nothing happened."""
    try:
        while True:
            seen = _seen(step, case.pk, part, str(by))
            ref = PartRef(case.number, part, seen, Report(step.number, step.at))
            try:
                _DEEDS[step.kind](step, ref, by)
                return
            except Changed as changed:
                # What the system itself did since does not count against it.
                if seen is None or _others_acted(case.pk, part, step.seen or 0, changed.revision, str(by)):
                    raise NotTaken(_what_changed(changed)) from changed
    except NotPossible as hindered:
        raise NotTaken((hindered.code, hindered.words), early=_early(step, case.pk, part)) from hindered
    except NotPermitted as refused:
        raise NotTaken(NOT_YOURS) from refused
    except NoSuchCase as gone:
        raise NotTaken(NO_PROJECT) from gone


def _seen(step: Reported, case_id: int, part: str, actor: str) -> int | None:
    """The revision to act on: what the system saw, moved on by what it did itself since."""
    if step.seen is None:
        return None
    now = _revision(case_id, part)
    return step.seen if _others_acted(case_id, part, step.seen, now, actor) else now


def _revision(case_id: int, part: str) -> int:
    state = Case.objects.filter(pk=case_id).values_list("state", flat=True).first()
    found = from_bytes(state).parts.get(part) if state else None
    return found.revision if found else -1


UNCOUNTED = (events.Linked, events.Noted, events.Reported, events.DueSoon, events.PromiseMissed, events.StatuteMissed)
"""What makes no new revision of a part."""


def _others_acted(case_id: int, part: str, seen: int, now: int, actor: str) -> bool:
    """Whether anybody else is behind the revisions after `seen`."""
    if seen == now:
        return False
    if seen > now:
        return True
    counted = [
        recorded.actor
        for recorded in history(STREAM, case_id)
        if getattr(recorded.body, "part", None) == part and not isinstance(recorded.body, UNCOUNTED)
    ]
    return len(counted) < now - seen or any(who != actor for who in counted[-(now - seen) :])


def _what_changed(changed: Changed) -> Refusal:
    code, words = CHANGED
    did = "、".join(dict.fromkeys(change.type.rpartition(".")[2] for change in changed.changes))
    return (code, Words(f"{words.zh}（{did}）", f"{words.en} ({did})")) if did else CHANGED


def _early(step: Reported, case_id: int, part: str) -> bool:
    row = Case.objects.get(pk=case_id)
    return order.may_come(step, from_bytes(row.state).parts[part], plan_of(row.plan_id).by_key[part])


Deed = Callable[[Reported, PartRef, Actor], CaseRef]

_DEEDS: dict[StepKind, Deed] = {
    StepKind.ACCEPT: lambda step, ref, by: cases.accept(ref, by=by),
    StepKind.CORRECTION: lambda step, ref, by: cases.request_correction(ref, step.items, by=by),
    StepKind.NOT_ACCEPT: lambda step, ref, by: cases.refuse_acceptance(ref, step.words, by=by),
    StepKind.PROCESS: lambda step, ref, by: cases.complete(ref.task(step.task), by=by, words=step.words),
    StepKind.SPECIAL_BEGIN: lambda step, ref, by: cases.start_special_procedure(ref, step.procedure, step.words, by=by),
    StepKind.SPECIAL_END: lambda step, ref, by: cases.end_special_procedure(ref, step.words, by=by),
    StepKind.RESULT: lambda step, ref, by: cases.decide(
        ref, bool(step.granted), step.words, by=by, facts=step.facts if step.granted else {}
    ),
    StepKind.DELIVER: lambda step, ref, by: cases.deliver(ref, step.means, by=by),
}
