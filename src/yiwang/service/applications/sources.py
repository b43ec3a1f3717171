"""Where an answer or a proof comes from, in words."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.ui.wording import moment_text
from yiwang.service.applications.answers import Answer, shown
from yiwang.service.applications.known import Known, LookUp, Told
from yiwang.service.catalogue.package import Suggestion

Names = Mapping[str, Words]


def of_lookup(lookup: LookUp, departments: Names) -> Words:
    """来自不动产登记（登记它的部门），11月25日 10:32 查到"""
    name = departments.get(lookup.department, Words(lookup.department, lookup.department))
    zh, en = moment_text(lookup.at, "zh-hans"), moment_text(lookup.at, "en")
    of = lookup.enterprise_name or lookup.enterprise
    about = Words(f"，查的是{of}", f", about {of}") if of else Words("", "")
    return Words(
        f"来自{lookup.title.zh}（{name.zh}）{about.zh}，{zh} 查到",
        f"From “{lookup.title.en}” ({name.en}){about.en}, looked up {en}",
    )


def of_suggestion(suggestion: Suggestion) -> Words:
    """按已有的回答推算：做热食就有油污水"""
    because = suggestion.because
    return Words(f"按已有的回答推算：{because.zh}", f"Worked out from other answers: {because.en}")


def of_answer(
    element: Element,
    answer: Answer | None,
    known: Known | None,
    departments: Names,
    suggestion: Suggestion | None = None,
) -> Words | str:
    """The source of an answer that a department gave or a suggestion filled; where the applicant says otherwise than a
    department, both values."""
    if known is None:
        return _of_nobody(suggestion)
    source = of_lookup(known.lookup, departments)
    checked = _rechecked(known)
    if answer == known.value:
        return Words(f"{source.zh}{checked.zh}", f"{source.en}{checked.en}")
    held = _held(element, known)
    case = known.dispute.case if known.dispute is not None else ""
    if case:
        return Words(
            f"申请人说登记有误。登记的是“{held.zh}”，{source.zh}；更正在办：{case}{checked.zh}",
            f"The applicant says the record is wrong. It says “{held.en}”. {source.en}; correction {case}{checked.en}",
        )
    return Words(
        f"申请人填的。登记的是“{held.zh}”，{source.zh}{checked.zh}",
        f"As the applicant says. The record says “{held.en}”. {source.en}{checked.en}",
    )


def of_applicant(
    element: Element,
    answer: Answer | None,
    known: Known | None,
    departments: Names,
    suggestion: Suggestion | None = None,
) -> Words | str:
    """As the applicant reads it beside their own answer."""
    if known is None:
        return _of_nobody(suggestion)
    if answer == known.value:
        return of_lookup(known.lookup, departments)
    held = _held(element, known)
    if known.dispute is not None:
        return Words(
            f"您说登记的“{held.zh}”不对，更正在办：{known.dispute.case}",
            f"You say that the recorded “{held.en}” is wrong; correction {known.dispute.case} is under way",
        )
    return Words(f"您填的；登记的是“{held.zh}”", f"Your answer; the record says “{held.en}”")


def of_proof(told: Told, material: str, departments: Names) -> Words | None:
    """Which register proves a material, and when it was read."""
    found = told.proof_of(material) if material in told.held.proved else None
    return None if found is None else of_lookup(found, departments)


def _of_nobody(suggestion: Suggestion | None) -> Words | str:
    """Where no department was asked."""
    return of_suggestion(suggestion) if suggestion is not None else ""


def _held(element: Element, known: Known) -> Words:
    """What the department's record says."""
    return Words(shown(element, known.value, "zh-hans"), shown(element, known.value, "en"))


def _rechecked(known: Known) -> Words:
    recheck = known.lookup.recheck
    if recheck is None:
        return Words("", "")
    zh, en = moment_text(recheck.at, "zh-hans"), moment_text(recheck.at, "en")
    if known.element in recheck.changed:
        return Words(f"；{zh} 再查，已经变了", f"; looked up again {en}: it has changed")
    return Words(f"；{zh} 再查，没有变", f"; looked up again {en}: unchanged")
