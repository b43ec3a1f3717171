"""What the officer's desk shows of a request to share: the port `cases.kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.casework.cases.kinds import Panel
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ui.shapes import Row
from yiwang.library.centre import asked, bodies, corrections, queries, unusual_access


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


class CorrectionPanel:
    """What the record says, and what the person concerned says it should."""

    name = Words("数据更正", "Correction of data")

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        wrong = corrections.of_case(case_id) if parts else None
        if wrong is None:
            return None
        rows = [
            Row(Words("数据产品", "Data product"), queries.title_of(wrong.product)),
            Row(Words("字段", "Field"), Words(wrong.name_zh, wrong.name_en)),
            Row(Words("登记的内容", "The record says"), wrong.held),
            Row(Words("本人的说法", "The person says"), wrong.said),
        ]
        if wrong.words:
            rows.append(Row(Words("本人的说明", "In their words"), wrong.words))
        return Panel("centre/correction_panel.html", {"rows": rows})

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        return {}


class UnusualPanel:
    """Why the accesses are unusual, and what the owner's log has of them."""

    name = Words("异常查阅", "Unusual access")

    def panel(self, case_id: int, parts: frozenset[str]) -> Panel | None:
        view = unusual_access.of_case(case_id) if parts else None
        if view is None:
            return None
        rows = [
            Row(Words("为什么异常", "Why it is unusual"), view.reason.words),
            Row(Words("要弄清楚的", "What to find out"), view.reason.question),
            Row(Words("查阅的岗位", "Post that looked"), view.post),
            Row(Words("日期", "Day"), view.day.isoformat()),
            Row(Words("记录数", "Number of records"), str(view.number)),
        ]
        return Panel("centre/unusual_panel.html", {"rows": rows, "view": view})

    def proposed_facts(self, case_id: int, part: str) -> Mapping[str, str]:
        return {}
