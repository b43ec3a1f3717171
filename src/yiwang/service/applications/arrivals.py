"""What silent departments owe arrives by itself, and what is old by the time of the decision is looked at once more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.plan import TaskKind
from yiwang.casework.cases.record import PartRef, plan_of
from yiwang.casework.cases.state import TaskState, from_bytes
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE
from yiwang.foundation.directory.queries import Identity
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.kernel.time import now
from yiwang.library.centre import gateways
from yiwang.library.centre.facts import Looked, Wanted, facts_of
from yiwang.library.gateways.contract import Subject as About
from yiwang.service.applications import asking, evidence, lookups
from yiwang.service.applications.addressees import tell_all
from yiwang.service.applications.known import LookUp, State, Told
from yiwang.service.applications.models import Application
from yiwang.service.applications.models import LookUp as LookUpRow
from yiwang.service.applications.routes import published_of
from yiwang.service.catalogue.service import parts_of

AT_ONCE = 200
TRY_AGAIN = timedelta(minutes=1)


def ask_again(limit: int = AT_ONCE) -> int:
    """Ask for what open cases await of departments, the longest not asked first; how many applications were helped."""
    if not gateways.departments():
        return 0
    due = LookUpRow.objects.filter(
        state=State.OFFLINE,
        at__lte=now() - TRY_AGAIN,
        application__isnull=False,
        application__case__closed_at__isnull=True,
    )
    found = list(due.order_by("at", "id").values_list("application", flat=True)[:limit])
    return sum(_ask_for(each) for each in dict.fromkeys(found))


def _ask_for(application_id: int) -> bool:
    application = Application.objects.select_related("case").get(pk=application_id)
    person = directory.identity_of_person(application.applicant_id)
    owed = [each for each in lookups.of_application(application_id).lookups if each.state is State.OFFLINE]
    state = from_bytes(application.case.state)
    awaited = {key for part in state.parts.values() if part.stage.is_open for key in part.awaiting}
    wanted = {key: (each.post,) for each in owed for key in each.materials if key in awaited}
    if not wanted:
        # What was owed for a question has been answered by hand; what is awaited no more need not come.
        LookUpRow.objects.filter(pk__in=[each.id for each in owed]).update(at=now() + timedelta(days=1))
        return False
    agreed = [each.product for each in owed if each.agreed]
    by = asking.asker(person.resident_id, str(MACHINE), application.case.number, agreed)
    helped = False
    for enterprise in dict.fromkeys((each.enterprise, each.enterprise_name) for each in owed):
        mine = [each for each in owed if each.enterprise == enterprise[0]]
        keys = {key for each in mine for key in each.materials}
        facts = facts_of(
            enterprise[0] or person.resident_id,
            Wanted({}, {key: posts for key, posts in wanted.items() if key in keys}),
            by,
            consented=agreed,
            of=About.ENTERPRISE if enterprise[0] else About.PERSON,
        )
        for looked in facts.looked:
            _arrived(application_id, looked, [each for each in mine if each.product == looked.product])
        helped = helped or bool(facts.looked)
    LookUpRow.objects.filter(pk__in=[each.id for each in owed]).update(at=now())
    return helped


def _arrived(application_id: int, found: Looked, owed: list[LookUp]) -> None:
    """A department has answered: what it proves arrives, the rest the applicant brings."""
    enterprise = next(((each.enterprise, each.enterprise_name) for each in owed), lookups.PERSON)
    told = lookups.looked(found, enterprise=enterprise, agreed=any(each.agreed for each in owed))
    proved = [key for key, rows in found.proofs.items() if rows]
    with transaction.atomic():
        application = Application.objects.select_for_update(of=("self",)).select_related("case").get(pk=application_id)
        evidence.set_aside(application)
        rows = LookUpRow.objects.filter(pk__in=[each.id for each in owed], state=State.OFFLINE)
        asked_as = rows.values_list("asked_as", flat=True).first()
        if asked_as is None:
            return
        rows.delete()
        state = State.READ if proved else State.UNPROVED
        LookUpRow.objects.create(
            application_id=application_id, asked_as=asked_as, **{**lookups.columns(told), "state": state.value}
        )
        submitted = evidence.commit_to(application_id) if proved else ""
        number = application.case.number
        parts = from_bytes(application.case.state).parts
        for key in proved:
            for part in (each for each, stage in parts.items() if key in stage.awaiting and stage.stage.is_open):
                cases.arrive(PartRef(number, part), key, by=MACHINE, submission=submitted)
    names = _names(application)
    department = directory.department_names().get(found.department, Words(found.department, found.department))
    link = reverse("applications:application", args=[number])
    for key in found.proofs:
        name = names.get(key, Words(key, key))
        if key in proved:
            subject = Words(f"{name.zh}已经补上", f"{name.en}: it has come")
            body = Words(
                f"{department.zh}答复了，您不用做什么。", f"{department.en} has answered; you need do nothing."
            )
        else:
            subject = Words(f"请补交{name.zh}", f"Please bring: {name.en}")
            body = Words(
                f"{department.zh}那里没有查到，请您自己交一份。",
                f"{department.en} has no record of it: bring it yourself.",
            )
        tell_all(application, subject, body, link, f"applications:owed:{application_id}:{key}:{found.record}")


def recheck(case_id: int, parts: Iterable[str]) -> None:
    """Before a decision: look again at facts that are older than their product's freshness, each once within it."""
    application = Application.objects.filter(pk=case_id).select_related("case").first()
    if application is None or not gateways.departments() or not _about_to_decide(application, parts):
        return
    old = [each for each in lookups.of_application(case_id).lookups if _is_old(each)]
    person = directory.identity_of_person(application.applicant_id) if old else None
    if person is None:
        return
    for each in old:
        _look_again(each, application, person)


def _look_again(old: LookUp, application: Application, person: Identity) -> None:
    agreed = [old.product] if old.agreed else []
    facts = facts_of(
        old.enterprise or person.resident_id,
        Wanted(dict.fromkeys(old.elements, (old.post,)), dict.fromkeys(old.materials, (old.post,))),
        asking.asker(person.resident_id, str(MACHINE), application.case.number, agreed),
        consented=agreed,
        of=About.ENTERPRISE if old.enterprise else About.PERSON,
    )
    for found in facts.looked:
        if found.product != old.product:
            continue
        about = (old.enterprise, old.enterprise_name)
        new = lookups.settled(lookups.looked(found, enterprise=about), Told((old,)))
        row, before = new.row or {}, old.row or {}
        changed = [code for code, name in old.elements.items() if before and row.get(name) != before.get(name)]
        changed += [key for key in old.proofs if bool(old.proofs[key]) != bool(found.proofs.get(key))]
        LookUpRow.objects.filter(pk=old.id).update(
            rechecked={"at": found.read_at.isoformat(), "record": found.record, "changed": sorted(changed)}
        )


def _about_to_decide(application: Application, parts: Iterable[str]) -> bool:
    plan, state = plan_of(application.case.plan_id), from_bytes(application.case.state)
    return any(
        progress.state is TaskState.READY and plan.by_key[key].by_key[task].kind is TaskKind.DECIDE
        for key in parts
        if key in state.parts and state.parts[key].stage.is_open
        for task, progress in state.parts[key].tasks.items()
    )


def _is_old(each: LookUp) -> bool:
    product = asking.product_of(each) if each.state is State.READ else None
    if product is None or product.fresh_within is None:
        return False
    last = each.recheck.at if each.recheck is not None else each.at
    return now() - last > product.fresh_within


def _names(application: Application) -> dict[str, Words]:
    published = published_of(application)
    return {each.key: each.name for part in parts_of(published.service) for each in part.matter.materials}
