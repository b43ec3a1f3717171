"""The package's front: one question in SQL, answered."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.gateway import Gateway
from yiwang.library.gateways.stopping import Stop
from yiwang.library.reading import statistics
from yiwang.library.reading.answer import Answer, Bounds, Step, Tell, Where
from yiwang.library.reading.decision import Decisions
from yiwang.library.reading.execution import execute
from yiwang.library.reading.granted import Shelf
from yiwang.library.reading.refused import Refused

DECISIONS = Decisions()
"""This process's. Decisions are kept by grants, so that askers with the same grants share them and no others do."""


def answer(
    sql: str,
    *,
    shelf: Shelf,
    gateways: Mapping[str, Gateway],
    asker: Asker,
    bounds: Bounds = Bounds(),
    tell: Tell | None = None,
    stop: Stop | None = None,
    decisions: Decisions = DECISIONS,
    where: Where = Where.AUTO,
) -> Answer:
    """Answer one question over the products on the asker's shelf: rows, or an owner's figures where it gives no rows.

    `tell` is called from several threads; `stop` gives the question up, from any thread. Raises Refused (the question),
    NotGranted (a gateway said no), Cancelled (given up, or out of time) and Offline (a product is missing without which
    the answer would be untrue).
    """
    try:
        decided = decisions.decide(sql, shelf)
    except Refused as refused:
        if refused.code != "statistics_only":
            raise
        asked = statistics.understand(sql, shelf)
        return statistics.answer(asked, gateways, asker, bounds=bounds, tell=tell, stop=stop)
    return execute(decided, gateways, asker, bounds=bounds, tell=tell, stop=stop, where=where)


def explain(sql: str, *, shelf: Shelf, decisions: Decisions = DECISIONS) -> tuple[Step, ...]:
    """What each department would be asked, without asking it: keys are shipped as the rows come. Raises Refused."""
    try:
        decided = decisions.decide(sql, shelf)
    except Refused as refused:
        if refused.code != "statistics_only":
            raise
        return (statistics.step_of(statistics.understand(sql, shelf)),)
    return tuple(
        Step(
            fragment.product,
            each.reference.granted.product.department,
            each.reference.granted.grant.id,
            fragment,
            keys_from=", ".join(
                dict.fromkeys(
                    edge.origin.granted.product.reference
                    for edge in decided.decision.edges
                    if edge.target is each.reference
                )
            ),
        )
        for each, fragment in zip(decided.decision.inputs, decided.fragments, strict=True)
    )
