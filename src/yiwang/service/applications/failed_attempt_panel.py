"""What the desk shows of a failed attempt: what was said and by whom, to the supervising office alone."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.casework.cases.kinds import Panel
from yiwang.casework.cases.queries import CaseView, PartView
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.shapes import Row
from yiwang.service.applications import failed_attempts
from yiwang.service.catalogue import queries as catalogue


class FailedAttemptPanel:
    """The kind itself shows nothing: an office that was handed a task must not learn who spoke."""

    name = Words("办不成事", "Failed attempt")

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        return None

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        return {}


def who_said_what(view: CaseView, part: PartView, by: Actor) -> Panel | None:
    """The sentence, the service, the application and the person, for officers of the department that answers."""
    if view.kind != failed_attempts.KIND:
        return None
    if part.department not in by.departments:
        return Panel("applications/failed_attempt_asked.html", {})
    found = failed_attempts.of_case(view.id)
    if found is None:
        return None
    person = directory.identity(found.user_id) if found.user_id is not None else None
    rows = [Row(Words("反映的话", "What was said"), found.words)]
    if found.service:
        rows.append(Row(Words("哪件事", "Which service"), _name(found.service)))
    if found.about is not None:
        rows.append(Row(Words("哪个申请", "Which application"), found.about.number))
    rows.append(
        Row(
            Words("反映人", "Who said it"),
            person.name if person is not None else Words("没有登录，凭查询码看答复", "Not signed in; follows by code"),
        )
    )
    return Panel("applications/failed_attempt_panel.html", {"rows": rows})


def _name(code: str) -> Words:
    try:
        return catalogue.service(code).service.name
    except catalogue.NotPublished:
        return Words(code, code)
