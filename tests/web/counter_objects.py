"""Objects of windows, for `objects`: the colleague sits at one, and the owner has come."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tests.service.applications.applying import picture
from tests.web.applying import ANSWERS, SERVICE
from tests.web.built import Target, built
from tests.web.desk_objects import a_case
from tests.web.personas import POST, Persona, World
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.actor import MACHINE, Actor, actor_of, officer
from yiwang.foundation.directory.in_person import Card
from yiwang.foundation.directory.models import Appointment
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.service.applications import actions as applications
from yiwang.service.applications import drafts
from yiwang.service.counters import actions, appointments, queries
from yiwang.service.counters.actions import Visitor


def the_clerk(world: World) -> Actor:
    if not Appointment.objects.filter(user=world.colleague, post__code="clerk").exists():
        directory.appoint(world.colleague.pk, "service-hall/clerk", by=MACHINE)
    by = officer(world.colleague.pk, [POST, "service-hall/clerk"])
    actions.open_window("wangjiang", 1, by=by)
    return by


def a_visit(world: World, by: Actor) -> int:
    person = world.owner.person
    assert person is not None
    there = queries.shift(by)
    if there is not None and there.visit is not None:
        return there.visit
    return actions.welcome(Visitor(Card(person.name, person.resident_id), True, True), by=by)


def a_file(world: World) -> DocumentRef:
    return documents.receive(picture(), "a.png", world.colleague, "applications.material")


def a_full_draft(world: World, by: Actor, visit: int) -> UUID:
    draft = actions.begin(visit, SERVICE, by=by)
    applications.answer(draft, ANSWERS, by=by)
    for wanted in drafts.read(draft, by).progress.to_bring:
        applications.bring(draft, wanted.material.key, [a_file(world).id], by=by)
    return draft


@built("counters:visit", "counters:end", "counters:sign-in")
def visit(world: World) -> Target:
    return Target({"visit": a_visit(world, the_clerk(world))}, whose=Persona.COLLEAGUE)


@built("counters:caller")
def caller(world: World) -> Target:
    return Target({"visit": a_visit(world, the_clerk(world))}, {"code": "123456"}, whose=Persona.COLLEAGUE)


@built("counters:begin")
def begun(world: World) -> Target:
    return Target({"visit": a_visit(world, the_clerk(world))}, {"code": SERVICE}, whose=Persona.COLLEAGUE)


@built("counters:sign")
def to_sign(world: World) -> Target:
    by = the_clerk(world)
    return Target({"draft": a_full_draft(world, by, a_visit(world, by))}, whose=Persona.COLLEAGUE)


@built("counters:receipt")
def received(world: World) -> Target:
    by = the_clerk(world)
    draft = a_full_draft(world, by, a_visit(world, by))
    done = actions.send_signed(draft, drafts.read(draft, by).version, a_file(world), by=by)
    return Target({"number": done.number}, whose=Persona.COLLEAGUE)


@built("counters:hand-out")
def result(world: World) -> Target:
    by = the_clerk(world)
    number = a_case(world)
    cases.accept(PartRef(number, "drainage"), by=by)
    cases.decide(PartRef(number, "drainage"), True, "符合条件", by=by)
    parameters: Mapping[str, object] = {"visit": a_visit(world, by), "number": number, "part": "drainage"}
    return Target(parameters, {"means": "collection"}, whose=Persona.COLLEAGUE)


@built("counters:book")
def a_hall(world: World) -> Target:
    return Target({"hall": "wangjiang"}, {"at": "2000-01-03T09:00"})


@built("counters:cancel")
def an_appointment(world: World) -> Target:
    day = appointments.days("wangjiang")[-1]
    (slot, *_later) = appointments.slots("wangjiang", day)
    return Target({"booking": appointments.book("wangjiang", slot.starts_at, by=actor_of(world.owner))})
