"""What the desk shows of the checks: before answers and papers are read, what rules found in them."""

from __future__ import annotations

from yiwang.casework.cases.kinds import Panel
from yiwang.casework.cases.queries import CaseView, PartView
from yiwang.foundation.directory.actor import Actor
from yiwang.service.applications import checking


def checked(view: CaseView, part: PartView, by: Actor) -> Panel | None:
    """What was found of the part, for an officer who sees it in full while it is open."""
    if view.kind != "application" or not part.full or not part.is_open:
        return None
    found = checking.of_application(view.id)
    return Panel(
        "applications/checks_panel.html",
        {"found": found, "remarks": found.of_part(part.key) if found is not None else ()},
    )
