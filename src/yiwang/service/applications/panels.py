"""What the officer's desk shows of an application and of an on-site check: the port `cases.kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.casework.cases.facts import described
from yiwang.casework.cases.kinds import Panel
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.identifiers import make_uscc
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.language import language
from yiwang.foundation.ui.shapes import Row
from yiwang.service.applications import answers, arrivals, queries, sources
from yiwang.service.applications.desk_papers import asked_in
from yiwang.service.applications.progress import Papers as Filled
from yiwang.service.applications.progress import Progress
from yiwang.service.applications.queries import Papers
from yiwang.service.applications.submission import area
from yiwang.service.catalogue.service import MaterialStatus, elements_of, parts_of


class ApplicationPanel:
    """Answers, materials and promises of the parts that the officer may see."""

    name = Words("申请", "Application")

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        arrivals.recheck(case_id, parts)
        papers = queries.papers(case_id)
        return None if papers is None else Panel("applications/panel.html", _context(papers, parts))

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        """A credit code for a new enterprise (in the demonstration: made, not assigned), and the name asked for."""
        papers = queries.papers(case_id)
        if papers is None:
            return {}
        name = str(papers.answers.get("enterprise.proposed_name", ""))
        return {"enterprise.uscc": make_uscc(case_id, region=area()), **({"enterprise.name": name} if name else {})}


class CheckPanel:
    """The promise that was signed, and what the applicant said about the place to check."""

    name = Words("现场核查", "Check on site")

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        checked = queries.checked(case_id)
        if checked is None:
            return None
        context = _context(checked.papers, frozenset({checked.part}))
        return Panel("applications/panel.html", {**context, "checked": checked.number})

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        return {}


def _context(papers: Papers, parts: frozenset[str]) -> dict[str, Any]:
    brought = frozenset(file.key for file in papers.files if file.replaced_at is None)
    filled = Filled(papers.answers, brought, told=papers.told)
    progress = Progress(papers.published, filled)
    mine = [part for part in parts_of(papers.published.service) if part.key in parts]
    service = papers.published.service
    asked = asked_in(service, parts)
    elements = elements_of(service)
    departments = directory.department_names()
    earlier: dict[str, Any] = {}
    for change in papers.changed:
        for code, value in change.answers.items():
            earlier.setdefault(code, value)
    rows = [
        Row(
            elements[code].name,
            answers.shown(elements[code], papers.answers[code], language()),
            source=_was(answers.shown(elements[code], earlier[code], language()))
            if code in earlier
            else sources.of_answer(
                elements[code],
                papers.answers[code],
                progress.known.get(code),
                departments,
                papers.worked_out.get(code),
            ),
        )
        for code in elements
        if code in papers.answers and code in asked
    ]
    named = described(papers.facts)
    facts = [
        Row(named[fact].name, value, source=_created_by(part.matter.name))
        for part in parts_of(service)
        for fact in part.matter.creates
        if (value := papers.facts.get(fact))
    ]
    materials = [
        {
            "name": each.material.name,
            "files": [file for file in papers.files if file.key == each.material.key and file.replaced_at is None],
            "replaced": [file for file in papers.files if file.key == each.material.key and file.replaced_at],
            "exempt": each.status is MaterialStatus.EXEMPT,
            "proof": sources.of_proof(papers.told, each.material.key, departments),
            "owed": each.status is MaterialStatus.AWAITED,
            "source": departments.get(each.source, Words(each.source, each.source)),
        }
        for each in progress.materials
        if parts & set(each.parts)
    ]
    return {
        "rows": facts + rows,
        "materials": materials,
        "promises": [
            {
                "name": part.matter.name,
                "text": part.matter.commitment.text,
                "at": datetime.fromisoformat(papers.signed[part.key]),
            }
            for part in mine
            if part.matter.commitment is not None and part.key in papers.signed
        ],
    }


def _created_by(matter: Words) -> Words:
    return Words(f"来自{matter.zh}", f"from: {matter.en}")


def _was(before: str) -> Words:
    return Words(f"补正前：{before or '没有填'}", f"before the correction: {before or 'not answered'}")
