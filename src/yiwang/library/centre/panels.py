"""What the officer's desk shows of a request to share: the port `cases.kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.casework.cases.kinds import Panel
from yiwang.foundation.kernel.text import Words
from yiwang.library.centre import asked, bodies


class RequestPanel:
    """Who asks for which fields, why, on which law; and for a ruling, what was refused."""

    name = Words("数据共享申请", "Request to share data")

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        request = asked.of_case(case_id) if parts else None
        if request is None:
            return None
        context: dict[str, Any] = {
            "terms": asked.terms(bodies.grant_of(request.terms)),
            "reason": request.reason,
            "refused": request.refused.case.number if request.refused is not None else "",
        }
        return Panel("centre/request_panel.html", context)

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        return {}


class RulingPanel(RequestPanel):
    name = Words("共享争议裁决", "Ruling on sharing")
