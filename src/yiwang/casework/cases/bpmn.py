"""A case's plan as BPMN 2.0 with diagram interchange, for bpmn-js and for other systems. Pure.

Every part is a lane set of its own row; columns follow the longest chain of needs. States are drawn with colours of
the BPMN-in-Colour extension and also said in the task's name, so that colour is never alone.
Standard: OMG BPMN 2.0.2 (formal/2013-12-09).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from yiwang.casework.cases.plan import PartPlan, Plan, TaskKind
from yiwang.casework.cases.state import CaseState, TaskState
from yiwang.casework.cases.state_words import TASKS
from yiwang.foundation.kernel.text import Words

MEDIA_TYPE = "application/xml; charset=utf-8"
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
COLOUR = "http://www.omg.org/spec/BPMN/non-normative/color/1.0"

BOX, GAP, ROW, LEFT, TOP = (156, 88), 40, 108, 20, 20

_COLOURS = {
    TaskState.WAITING: ("#FFFFFF", "#737D79"),
    TaskState.READY: ("#FFF3D1", "#7A4B00"),
    TaskState.DONE: ("#E3F1EC", "#0B6B57"),
    TaskState.SKIPPED: ("#EFECE4", "#737D79"),
    TaskState.DROPPED: ("#EFECE4", "#737D79"),
}
"""Fill and stroke."""

_ELEMENTS = {
    TaskKind.ARRIVAL: "receiveTask",
    TaskKind.RULE: "businessRuleTask",
    TaskKind.DELIVER: "sendTask",
}


@dataclass(frozen=True, slots=True)
class _Box:
    id: str
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> tuple[int, int]:
        return self.x + self.width, self.y + self.height // 2

    @property
    def left(self) -> tuple[int, int]:
        return self.x, self.y + self.height // 2


def document(
    plan: Plan, state: CaseState | None, language: str, departments: Mapping[str, Words], part: str = ""
) -> bytes:
    """The plan as an XML document; with `state`, only the chosen parts, each task with its state; `part`: only that."""
    for prefix, space in (("", MODEL), ("bpmndi", DI), ("dc", DC), ("di", DD), ("color", COLOUR)):
        ElementTree.register_namespace(prefix, space)
    return _Drawing(plan, state, language, departments, part).render()


def _direct(part: PartPlan, key: str) -> list[str]:
    """The needs of a task that no other need of it implies: one arrow for each says everything."""
    implied: set[str] = set()
    for need in part.by_key[key].needs:
        waiting = list(part.by_key[need].needs)
        while waiting:
            before = waiting.pop()
            implied.add(before)
            waiting.extend(part.by_key[before].needs)
    return [need for need in part.by_key[key].needs if need not in implied]


class _Drawing:
    def __init__(
        self, plan: Plan, state: CaseState | None, language: str, departments: Mapping[str, Words], part: str
    ) -> None:
        self.language = language
        self.departments = departments
        self.state = state
        chosen = [each for each in plan.parts if state is None or each.key in state.parts]
        self.parts = [each for each in chosen if part in ("", each.key)]
        self.root = ElementTree.Element(f"{{{MODEL}}}definitions", {"id": "plan", "targetNamespace": "urn:yiwang:plan"})
        self.process = self._add(self.root, "process", {"id": "case", "isExecutable": "false"})
        self.process.set("name", plan.name.in_language(language))
        diagram = ElementTree.SubElement(self.root, f"{{{DI}}}BPMNDiagram", {"id": "diagram"})
        self.plane = ElementTree.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": "case"})
        self.boxes: dict[str, _Box] = {}
        self.flows = 0

    def render(self) -> bytes:
        rows = self._rows()
        start = self._event("startEvent", "start", LEFT, TOP + (BOX[1] - 36) // 2)
        first_column = LEFT + 36 + GAP
        part_end: dict[str, str] = {}
        columns = self._columns()
        for part in self.parts:
            for task in part.tasks:
                x = first_column + columns[part.key, task.key] * (BOX[0] + GAP)
                y = TOP + rows[part.key, task.key] * ROW
                self._task(part, task.key, x, y)
            part_end[part.key] = f"{part.key}.{part.decision.key}"
        for part in self.parts:
            needed = [need for need in part.needs if need in part_end]
            for source in [part_end[need] for need in needed] or [start.id]:
                self._flow(source, f"{part.key}.accept")
            for task in part.tasks:
                for need in _direct(part, task.key):
                    self._flow(f"{part.key}.{need}", f"{part.key}.{task.key}")
        last = max((box.x + box.width for box in self.boxes.values()), default=LEFT) + GAP
        end = self._event("endEvent", "end", last, TOP + (BOX[1] - 36) // 2)
        waited = {need for part in self.parts for need in part.needs}
        for part in self.parts:
            finals = {task.key for task in part.tasks} - {need for task in part.tasks for need in task.needs}
            for key in sorted(finals):
                if not (key == part.decision.key and part.key in waited):
                    self._flow(f"{part.key}.{key}", end.id)
        ElementTree.indent(self.root)
        return ElementTree.tostring(self.root, encoding="utf-8", xml_declaration=True)

    def _columns(self) -> dict[tuple[str, str], int]:
        columns: dict[tuple[str, str], int] = {}
        ends: dict[str, int] = {}
        keys = {part.key for part in self.parts}
        waiting = list(self.parts)
        while waiting:
            part = next(each for each in waiting if all(need in ends for need in each.needs if need in keys))
            waiting.remove(part)
            begin = max((ends[need] + 1 for need in part.needs if need in keys), default=0)
            open_tasks = list(part.tasks)
            while open_tasks:
                task = next(t for t in open_tasks if all((part.key, need) in columns for need in t.needs))
                open_tasks.remove(task)
                before = [columns[part.key, need] + 1 for need in task.needs]
                columns[part.key, task.key] = max(before, default=begin)
            ends[part.key] = columns[part.key, part.decision.key]
        return columns

    def _rows(self) -> dict[tuple[str, str], int]:
        """Every part gets as many rows as it has tasks side by side."""
        columns = self._columns()
        rows: dict[tuple[str, str], int] = {}
        top = 0
        for part in self.parts:
            taken: dict[int, int] = {}
            for task in part.tasks:
                column = columns[part.key, task.key]
                rows[part.key, task.key] = top + taken.get(column, 0)
                taken[column] = taken.get(column, 0) + 1
            top += max(taken.values(), default=1)
        return rows

    def _task(self, part: PartPlan, key: str, x: int, y: int) -> None:
        task = part.by_key[key]
        identity = f"{part.key}.{key}"
        progress = self.state.parts[part.key].tasks[key] if self.state else None
        acting = self.state.parts[part.key].post(task) if self.state else task.by
        department = self.departments.get(acting.partition("/")[0])
        lines = [task.name.in_language(self.language)]
        if len(self.parts) > 1 and key in ("accept", part.decision.key):
            lines.insert(0, part.name.in_language(self.language))
        elif department is not None:
            lines.append(department.in_language(self.language))
        attributes = {}
        if progress is not None:
            fill, stroke = _COLOURS[progress.state]
            lines.append(f"[{TASKS[progress.state].in_language(self.language).lower()}]")
            attributes = {
                f"{{{COLOUR}}}background-color": fill,
                f"{{{COLOUR}}}border-color": stroke,
            }
        element = self._add(self.process, _ELEMENTS.get(task.kind, "userTask"), {"id": identity})
        element.set("name", "\n".join(lines))
        self._shape(identity, x, y, *BOX, attributes)

    def _event(self, element: str, identity: str, x: int, y: int) -> _Box:
        self._add(self.process, element, {"id": identity})
        return self._shape(identity, x, y, 36, 36, {})

    def _shape(self, identity: str, x: int, y: int, width: int, height: int, attributes: dict[str, str]) -> _Box:
        shape = ElementTree.SubElement(
            self.plane, f"{{{DI}}}BPMNShape", {"id": f"{identity}_di", "bpmnElement": identity, **attributes}
        )
        bounds = {"x": str(x), "y": str(y), "width": str(width), "height": str(height)}
        ElementTree.SubElement(shape, f"{{{DC}}}Bounds", bounds)
        box = _Box(identity, x, y, width, height)
        self.boxes[identity] = box
        return box

    def _flow(self, source: str, target: str) -> None:
        self.flows += 1
        identity = f"flow_{self.flows}"
        self._add(self.process, "sequenceFlow", {"id": identity, "sourceRef": source, "targetRef": target})
        edge = ElementTree.SubElement(
            self.plane, f"{{{DI}}}BPMNEdge", {"id": f"{identity}_di", "bpmnElement": identity}
        )
        (x1, y1), (x2, y2) = self.boxes[source].right, self.boxes[target].left
        bend = x2 - GAP // 2
        points = [(x1, y1), (x2, y2)] if y1 == y2 else [(x1, y1), (bend, y1), (bend, y2), (x2, y2)]
        for x, y in points:
            ElementTree.SubElement(edge, f"{{{DD}}}waypoint", {"x": str(x), "y": str(y)})

    def _add(self, parent: ElementTree.Element, name: str, attributes: dict[str, str]) -> ElementTree.Element:
        return ElementTree.SubElement(parent, f"{{{MODEL}}}{name}", attributes)
