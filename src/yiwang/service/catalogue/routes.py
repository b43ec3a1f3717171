"""Two ways to the same result: on a signed promise (告知承诺), or the ordinary one, which is always offered. Pure.

The ordinary way has the matter's ordinary tasks, limits and materials, no promise and no instant decision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from yiwang.casework.cases.plan import promised_path, working_days
from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.service.catalogue.package import Bundle, Matter, Service
from yiwang.service.catalogue.plan_check import check_plan
from yiwang.service.catalogue.service import parts_of, plan_for

Report = Callable[..., None]


def ordinary_matter(matter: Matter) -> Matter:
    """The matter as it is without a promise; one that has none is this already."""
    ordinary = matter.commitment.ordinary if matter.commitment else None
    if ordinary is None:
        return matter
    return replace(
        matter,
        statute=ordinary.statute,
        promise=ordinary.promise,
        tasks=ordinary.tasks,
        materials=(*matter.materials, *ordinary.materials),
        commitment=None,
        rule=None,
    )


def choices_of(service: Service) -> frozenset[str]:
    """The parts at which one may choose between a promise and the ordinary way."""
    return frozenset(
        part.key for part in parts_of(service) if part.matter.commitment and part.matter.commitment.ordinary
    )


def on_routes(service: Service, ordinary: frozenset[str]) -> Service:
    """The service with these parts on the ordinary way."""
    if isinstance(service, Bundle):
        parts = tuple(
            replace(part, matter=ordinary_matter(part.matter)) if part.key in ordinary else part
            for part in service.parts
        )
        return _kept(replace(service, parts=parts))
    return ordinary_matter(service) if service.code in ordinary else service


def _kept(bundle: Bundle) -> Bundle:
    """A bundle promises no less than its parts take one after the other; the ordinary way may take longer."""
    longest = math.ceil(promised_path(plan_for(bundle)))
    if longest <= working_days(bundle.promise):
        return bundle
    return replace(bundle, promise=Limit(longest, Unit.WORKING_DAY))


def check_routes(matter: Matter, report: Report) -> None:
    """The ordinary way must be there and must run (国办发〔2020〕42号: nobody is made to promise)."""
    if matter.commitment is None:
        return
    if matter.commitment.ordinary is None:
        message = "Who does not want to promise has no other way."
        report(("commitment",), message, "Add “ordinary:” with statute, promise and plan; nobody is made to promise.")
        return

    def below(_where: tuple[str, ...], message: str, remedy: str, severity: str = "error") -> None:
        report(("commitment", "ordinary"), f"On the ordinary way: {message}", remedy, severity)

    check_plan(ordinary_matter(matter), below)
