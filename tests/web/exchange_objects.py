"""Objects of the exchange for the walk through the access table: the personas' department has a system of its own."""

from __future__ import annotations

from collections.abc import Mapping

from tests.web.applying import a_picture
from tests.web.built import Target, built
from tests.web.personas import DEPARTMENT, POST, Persona, World
from yiwang.foundation.kernel import time
from yiwang.service.exchange import actions as exchange
from yiwang.service.exchange import steps
from yiwang.service.exchange.models import Difference, Paper, System


def a_system() -> System:
    """The own system of the personas' department, open: its account is the persona's."""
    System.objects.get_or_create(
        department=DEPARTMENT, defaults={"name_zh": "水务系统", "name_en": "Water system", "posts": [POST]}
    )
    return exchange.open_exchange(DEPARTMENT)


@built("api:exchange-sheets", "api:read-refusals")
def exchanged(world: World) -> Mapping[str, object]:
    a_system()
    return {}


@built("api:exchange-document")
def exchanged_document(world: World) -> Target:
    picture = a_picture(world)
    Paper.objects.create(system=a_system(), document_id=picture)
    return Target({"document": picture}, whose=Persona.SYSTEM)


@built("api:report-steps")
def a_reported_step(world: World) -> Target:
    a_system()
    fields = {"step_no": "1", "project_no": "x", "event_name": "accept", "event_end_time": "2025-03-12 10:00:00"}
    return Target(data={"steps": [fields]})


@built("api:read-step")
def a_kept_step(world: World) -> Target:
    at = time.now().isoformat()
    fields = {"step_no": "1", "project_no": "x", "event_name": "accept", "event_end_time": at}
    exchange.report(a_system(), [steps.of_fields(fields)])
    return Target({"step_no": "1"}, whose=Persona.SYSTEM)


@built("api:send-counts")
def counts(world: World) -> Target:
    a_system()
    return Target({"day": time.city_date(time.now()).isoformat()}, {"counts": []})


@built("exchange:system", "exchange:differences-csv", "exchange:resend")
def system_of_department(world: World) -> Target:
    system, at = a_system(), time.now()
    fields = {"step_no": "PS-1", "project_no": "=1+1", "event_name": "accept", "event_end_time": at.isoformat()}
    exchange.report(system, [steps.of_fields(fields)])
    counted = {"ours": 2, "theirs": 1, "day": time.city_date(at), "found_at": at}
    Difference.objects.get_or_create(system=system, project="x", kind="sheets", defaults=counted)
    return Target({"department": DEPARTMENT}, {"project": "x"}, whose=Persona.ADMINISTRATOR)
