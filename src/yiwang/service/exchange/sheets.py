"""A sheet: the whole file of one part of a case as it is, under the national field names.

It carries the case, the applicant, the answers that this part asks, the materials by reference, the tasks, the special
procedures and the result. Times are the city's wall clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiwang.casework.cases import clock as clocks
from yiwang.casework.cases.models import Case, Party, Statement
from yiwang.casework.cases.plan import PartPlan, Plan
from yiwang.casework.cases.queries import known_facts
from yiwang.casework.cases.record import plan_of
from yiwang.casework.cases.state import CaseState, PartState, Stage, TaskState, from_bytes
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.calendar import CHINA
from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import now, to_city
from yiwang.service.applications import answers, queries
from yiwang.service.applications.desk_papers import asked_in
from yiwang.service.applications.queries import Papers
from yiwang.service.catalogue.competence import task_code_in
from yiwang.service.catalogue.package import Matter
from yiwang.service.catalogue.service import elements_of, parts_of
from yiwang.service.exchange.arrangement import Arrangement

CHINESE = "zh-hans"
"""The language of exchange tables, as everywhere in the country."""
RESULTS = {Stage.GRANTED: "1", Stage.REVOKED: "2", Stage.REFUSED: "0", Stage.NOT_ACCEPTED: "0"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sheet before it has a number; `documents` are those that its system may then read."""

    part: str
    revision: int
    body: dict[str, Any]
    documents: tuple[Any, ...]

    @property
    def digest(self) -> str:
        return digest_of(self.body)


def digest_of(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical_json(body)).hexdigest()


def project_of(number: str, part: str) -> str:
    """What the other side calls one part of a case: each matter is a project there."""
    return f"{number}.{part}"


def split_project(project: str) -> tuple[str, str]:
    """A case's number and the part; empty for what names none."""
    number, dot, part = project.partition(".")
    return (number, part) if dot else ("", "")


def concerned(state: CaseState, plan: Plan, arrangement: Arrangement) -> list[str]:
    """The parts in which one of the arranged posts has, or has had, a task to do."""
    found = []
    for key, part in state.parts.items():
        part_plan = plan.by_key[key]
        if arrangement.matters and part_plan.matter not in arrangement.matters:
            continue
        for task in part_plan.tasks:
            progress = part.tasks[task.key]
            begun = progress.state in (TaskState.READY, TaskState.DONE) or progress.ready_at is not None
            if begun and part.post(task) in arrangement.posts:
                found.append(key)
                break
    return found


def draw(row: Case, parts: list[str]) -> list[Drawn]:
    """Sheets of these parts of a case as it stands. Some ten queries."""
    state, plan = from_bytes(row.state), plan_of(row.plan_id)
    said = dict(Statement.objects.filter(case=row.pk).values_list("number", "body"))
    facts = known_facts(state, {number: body for number, body in said.items() if isinstance(body, str)})
    party = Party.objects.filter(pk=row.pk).first()
    papers, checked = queries.papers(row.pk), None
    if papers is None and (checked := queries.checked(row.pk)) is not None:
        papers = checked.papers
    department_names = directory.department_names()
    drawn = []
    for key in parts:
        part, part_plan = state.parts[key], plan.by_key[key]
        asked = checked.part if checked else key
        matter = _matter(papers, asked)
        holder = directory.identity_of_person(papers.applicant) if papers else None
        office = part.office(part_plan.department)
        name = department_names.get(office)
        body: dict[str, Any] = {
            "project_no": project_of(row.number, key),
            "revision": part.revision,
            "catalog_code": matter.catalogue_code if matter else "",
            "task_code": task_code_in(matter, part.place) if matter else "",
            "matter": part_plan.matter,
            "task_name": part_plan.name.zh,
            "dept_code": office,
            "dept_name": name.zh if name else office,
            "apply_date": _city(row.received_at),
            **_dates(part, part_plan),
            "case_state": part.stage.value,
            "result_type": RESULTS.get(part.stage, ""),
            "result_date": _city(part.ended_at) if part.stage in RESULTS else "",
            "result_explain": _text(said.get(part.reason or 0)),
            "correction": _text(said.get(part.correction or 0)),
            "applyer_name": party.name if party else "",
            "applyer_id": party.identifier if party else "",
            "contact_name": holder.name if holder else "",
            "contact_phone": holder.phone if holder else "",
            "facts": facts,
            "items": _items(papers, asked),
            "materials": _materials(papers, matter),
            "processes": _processes(part, part_plan),
            "special_procedures": _procedures(part, part_plan),
        }
        documents = tuple(each["document_id"] for each in body["materials"])
        drawn.append(Drawn(key, part.revision, body, documents))
    return drawn


def _matter(papers: Papers | None, part: str) -> Matter | None:
    if papers is None:
        return None
    return next((each.matter for each in parts_of(papers.published.service) if each.key == part), None)


def _dates(part: PartState, plan: PartPlan) -> dict[str, str]:
    clock = clocks.part_clock(part, plan, CHINA, part.ended_at or now())
    return {
        "accept_date": _city(part.accepted_at),
        "promise_date": clock.promise.day.isoformat() if clock.promise else "",
        "anticipate_date": clock.statute.day.isoformat() if clock.statute else "",
    }


def _items(papers: Papers | None, part: str) -> list[dict[str, Any]]:
    if papers is None:
        return []
    service = papers.published.service
    asked = asked_in(service, frozenset({part}))
    return [
        {
            "item_code": code,
            "item_name": element.name.zh,
            "item_value": papers.answers[code],
            "item_text": str(answers.shown(element, papers.answers[code], CHINESE)),
        }
        for code, element in elements_of(service).items()
        if code in papers.answers and code in asked
    ]


def _materials(papers: Papers | None, matter: Matter | None) -> list[dict[str, Any]]:
    if papers is None or matter is None:
        return []
    names = {material.key: material.name.zh for material in matter.materials}
    return [
        {
            "material_code": file.key,
            "material_name": names[file.key],
            "document_id": str(file.document.id),
            "file_name": file.document.name,
            "media_type": file.document.media_type,
            "file_size": file.document.size,
            "sha256": file.document.sha256,
        }
        for file in papers.files
        if file.key in names and file.replaced_at is None
    ]


def _processes(part: PartState, plan: PartPlan) -> list[dict[str, Any]]:
    return [
        {
            "process_name": task.key,
            "process_title": task.name.zh,
            "post_code": part.post(task),
            "process_state": part.tasks[task.key].state.value,
            "event_start_time": _city(part.tasks[task.key].ready_at),
            "event_end_time": _city(part.tasks[task.key].done_at),
        }
        for task in plan.tasks
    ]


def _procedures(part: PartState, plan: PartPlan) -> list[dict[str, Any]]:
    """Those that the matter lists; one that has begun has its times."""
    begun = {stop.procedure: stop for stop in part.stops}
    return [
        {
            "special_type": each.key,
            "special_name": each.name.zh,
            "special_time": _city(begun[each.key].start) if each.key in begun else "",
            "end_time": _city(begun[each.key].end) if each.key in begun else "",
        }
        for each in plan.special_procedures
    ]


def _city(moment: datetime | None) -> str:
    return f"{to_city(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _text(body: Any) -> str:
    return "\n".join(body) if isinstance(body, list) else str(body or "")
