"""Whether each place of the city has one competent office for a matter, with the posts that its plan wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from yiwang.foundation.directory import offices as levels
from yiwang.foundation.directory.published_offices import PublishedDepartment
from yiwang.foundation.places.published import Place
from yiwang.foundation.standards.elements import Element
from yiwang.foundation.standards.reading import near
from yiwang.service.catalogue.package import Matter

Report = Callable[..., None]
WHERE = ("competent",)


def check_competence(
    matter: Matter, departments: Iterable[PublishedDepartment], places: Iterable[Place], report: Report
) -> None:
    """Report a rule on what is not asked of everybody or is no place, places without an office, and offices without a
    post that the plan wants."""
    if matter.competent is None:
        return
    _check_rule(matter, report)
    level = matter.competent.level
    branches = {(each.parent, each.place): each for each in departments if each.parent}
    there = [each for each in places if each.kind.value == level]
    uncovered = [each for each in there if (matter.department, each.code) not in branches]
    if uncovered:
        names = ", ".join(f"{each.name.zh} {each.code}" for each in uncovered[:5]) + (", ..." if uncovered[5:] else "")
        message = f"No office of “{matter.department}” is competent in {names}."
        report(WHERE, message, f"Add them to “branches: {{{level}: ...}}” of the department in departments.yaml.")
    for where, post in _posts(matter):
        department, _slash, name = post.partition("/")
        acting = {levels.nearest(set(branches), department, each.code) for each in there} - {department}
        without = [each for each in branches.values() if each.code in acting and name not in _names(each)]
        if without:
            message = f"{without[0].name.zh} and {len(without) - 1} more offices have no post “{name}”."
            report(where, message if without[1:] else f"{without[0].name.zh} has no post “{name}”.", _remedy(without))


def _check_rule(matter: Matter, report: Report) -> None:
    assert matter.competent is not None
    by, level = matter.competent.by, matter.competent.level
    asked = {question.element.code: question for question in matter.questions}
    if by not in asked:
        known = [code for code, question in asked.items() if _is_place(question.element)]
        report(WHERE, f"The competent office follows from “{by}”, which is never asked.", near(by, known, "Ask one of"))
        return
    question = asked[by]
    if question.element.choices and not _is_place(question.element):
        report(WHERE, f"“{by}” is no place.", "Name an element with “places: district” or “places: street”.")
    elif level == "street" and any(levels.level_of(choice.code) != level for choice in question.element.choices):
        report(WHERE, f"“{by}” tells the district only.", "Write “level: district”, or ask for the street.")
    if question.when is not None or not question.required:
        report(WHERE, f"Not everybody answers “{by}”.", "Ask it without “when” and “required: false”.")


def _is_place(element: Element) -> bool:
    return bool(element.around)


def _posts(matter: Matter) -> list[tuple[tuple[str, ...], str]]:
    """Every post that the matter names, and where."""
    found: list[tuple[tuple[str, ...], str]] = [(("plan", task.key, "by"), task.by) for task in matter.tasks]
    if matter.accept_by:
        found.append((("accept_by",), matter.accept_by))
    if matter.result.delivered_by:
        found.append((("result", "delivered_by"), matter.result.delivered_by))
    if matter.commitment:
        found.append((("commitment", "by"), matter.commitment.check_by))
    return found


def _names(office: PublishedDepartment) -> set[str]:
    return {post.code for post in office.posts}


def _remedy(without: Sequence[PublishedDepartment]) -> str:
    return f"Add it to the posts of the branches of “{without[0].parent}” in departments.yaml."
