"""Reasons of a decision drafted from the case: papers seen, work done, conditions that hold, remarks, the law.

A draft is text in a form: the officer reads, changes and signs it. It says only what the case says; nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.casework.cases.kinds import Draft
from yiwang.casework.cases.plan import TaskKind
from yiwang.casework.cases.queries import CaseView, PartView
from yiwang.casework.cases.state import TaskState
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import city_date
from yiwang.foundation.rules import holds, parse
from yiwang.foundation.ui.wording import date_text
from yiwang.service.applications import checking, queries, sources
from yiwang.service.applications.checks import Remark, Weight
from yiwang.service.applications.progress import Papers as Filled
from yiwang.service.applications.progress import Progress
from yiwang.service.applications.queries import Papers
from yiwang.service.catalogue.condition_words import in_words
from yiwang.service.catalogue.package import Matter
from yiwang.service.catalogue.service import MaterialStatus, elements_of, parts_of, situation

LONGEST = 1900
"""Characters, so that the officer has room to add something."""


def drafted(view: CaseView, part: PartView) -> Draft | None:
    """A draft of either decision; None where nothing was applied for."""
    papers = queries.papers(view.id)
    matter = next(
        (each.matter for each in parts_of(papers.published.service) if each.key == part.key) if papers else iter(()),
        None,
    )
    if papers is None or matter is None:
        return None
    checked = checking.of_application(view.id)
    remarks = checked.of_part(part.key) if checked is not None else ()
    seen, work, fulfilled = _seen(papers, part.key), _work(part), _fulfilled(matter, papers)
    law = "、".join(matter.basis)
    grant, refuse = part.verdicts or (Words("准予许可", "granted"), Words("不予许可", "refused"))
    granting = _joined(
        Words("经审查：", "Found on examination:"),
        _line(Words("已查验材料：", "Papers seen: "), seen),
        _line(Words("办理情况：", "Work done: "), work),
        _line(Words("符合条件：", "Conditions that hold: "), fulfilled),
        _close(law, grant, matter.result.name),
    )
    against = [_against(each) for each in remarks if each.weight is not Weight.NOTE]
    facts = _line(Words("发现：", "Found: "), against) or Words(
        "（请写明事实和理由。）", "(State the facts and reasons.)"
    )
    bases = "、".join(dict.fromkeys([*(each.basis for each in remarks if each.basis), *matter.basis]))
    refusing = _joined(
        Words("经审查：", "Found on examination:"),
        _line(Words("已查验材料：", "Papers seen: "), seen),
        _line(Words("办理情况：", "Work done: "), work),
        facts,
        _close(bases, refuse, matter.result.name),
    )
    return Draft(granting, refusing)


def _seen(papers: Papers, part: str) -> list[Words]:
    """Papers that are there with their day, and those that a department proves."""
    brought = {file.key: file.brought_at for file in papers.files if file.replaced_at is None}
    progress = Progress(papers.published, Filled(papers.answers, frozenset(brought), told=papers.told))
    departments = directory.department_names()
    found = []
    for each in progress.materials:
        name, key = each.material.name, each.material.key
        if part not in each.parts:
            continue
        if key in brought:
            day = city_date(brought[key])
            zh, en = date_text(day, "zh-hans"), date_text(day, "en")
            found.append(Words(f"{name.zh}（{zh}收到）", f"{name.en} (received {en})"))
        elif each.status is MaterialStatus.EXEMPT:
            proof = sources.of_proof(papers.told, key, departments)
            source = departments.get(each.source, Words(each.source, each.source))
            proved = proof if isinstance(proof, Words) else Words(f"由{source.zh}核验", f"held by {source.en}")
            found.append(Words(f"{name.zh}（{proved.zh}）", f"{name.en} ({proved.en})"))
    return found


def _work(part: PartView) -> list[Words]:
    done = [
        task for task in part.tasks if task.state is TaskState.DONE and task.kind in (TaskKind.WORK, TaskKind.ARRIVAL)
    ]
    return [
        Words(f"{task.name.zh}：{task.said}", f"{task.name.en}: {task.said}") if task.said else task.name
        for task in done
    ]


def _fulfilled(matter: Matter, papers: Papers) -> list[Words]:
    """Conditions that the matter publishes and that these answers fulfil, where they can be said in plain words."""
    context = situation(matter, papers.answers)
    conditions = [each.holds for each in matter.checks]
    conditions += [matter.rule.expression] if matter.rule is not None else []
    elements = elements_of(matter)
    said = [in_words(text, elements) for text in conditions if holds(parse(text), context)]
    return [each for each in said if each is not None]


def _against(remark: Remark) -> Words:
    both = (
        Words(f"：填写“{remark.said}”，另载“{remark.held}”", f": answered “{remark.said}”, stands “{remark.held}”")
        if remark.said and remark.held
        else Words("", "")
    )
    return Words(
        f"{remark.where.zh}：{remark.words.zh.rstrip('。')}{both.zh}",
        f"{remark.where.en}: {remark.words.en.rstrip('.')}{both.en}",
    )


def _close(law: str, verdict: Words, result: Words) -> Words:
    return Words(f"依据{law}，{verdict.zh}（{result.zh}）。", f"Under {law}: {verdict.en} ({result.en}).")


def _line(lead: Words, items: Iterable[Words]) -> Words | None:
    listed = list(items)
    if not listed:
        return None
    return Words(
        f"{lead.zh}{'；'.join(each.zh for each in listed)}。", f"{lead.en}{'; '.join(each.en for each in listed)}."
    )


def _joined(*lines: Words | None) -> Words:
    there = [each for each in lines if each is not None]
    return Words("\n".join(each.zh for each in there)[:LONGEST], "\n".join(each.en for each in there)[:LONGEST])
