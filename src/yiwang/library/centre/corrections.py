"""A correction (数据更正): the person concerned says that a record about them is wrong; its owner looks and answers.

民法典 art. 1037 and 个人信息保护法 art. 46 give the right. It is a case of the owner's data steward with a clock of its
own; what comes of it is told to the person. Whether the record is changed is decided there and nowhere else: the
centre holds no department's data.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from yiwang.casework.cases import actions as cases
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.plan import PartPlan, Plan, Task, TaskKind
from yiwang.casework.cases.receipt import Applicant, Receipt, receive
from yiwang.casework.cases.record import CaseRef, PartRef
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import MACHINE, Actor
from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.places import queries as places
from yiwang.library.centre.models import Correction
from yiwang.library.centre.sharing import STEWARD
from yiwang.library.gateways.contract import Field, Product

CORRECTION = "data-correction"
PART = "correct"
ANSWERED = Limit(5, Unit.WORKING_DAY)
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Wrong:
    """What the record says, what the person says it should, as people read both; `words` are the person's own."""

    product: Product
    field: Field
    held: str
    said: str
    words: str = ""


def ask_for_correction(wrong: Wrong, *, by: Actor) -> CaseRef:
    """Open a correction at the owner; one that is open for the same field takes the new words and stays one case."""
    assert by.id is not None
    person = directory.identity_of_person(by.person) if by.person is not None else None
    told = by.id if person is None or person.user_id is None else person.user_id
    product, named = wrong.product, wrong.field
    with transaction.atomic():
        open_one = (
            Correction.objects.select_for_update(of=("self",))
            .filter(user=told, product=product.reference, field=named.name, case__closed_at__isnull=True)
            .select_related("case")
            .first()
        )
        if open_one is not None:
            Correction.objects.filter(pk=open_one.pk).update(held=wrong.held, said=wrong.said, words=wrong.words)
            return CaseRef(open_one.case_id, open_one.case.number)
        city = places.city()
        case = receive(
            Receipt(
                kind=CORRECTION,
                title=_title(product),
                plan=correction_plan(product),
                parts=(ChosenPart(PART),),
                applicant=Applicant(by.person, person.name if person else "", person.resident_id if person else ""),
                area=city.code if city else "000000",
            ),
            by=by,
        )
        # Nobody has to accept what somebody says of their own record: the check is open at once.
        cases.accept(PartRef(case.number, PART), by=MACHINE)
        Correction.objects.create(
            case_id=case.id,
            user_id=told,
            product=product.reference,
            field=named.name,
            name_zh=named.words.zh,
            name_en=named.words.en,
            held=wrong.held,
            said=wrong.said,
            words=wrong.words,
        )
    return case


def correction_plan(product: Product) -> Plan:
    """One part: the owner's data steward checks, then says whether the record is changed."""
    steward = f"{product.department}/{STEWARD}"
    title = _title(product)
    part = PartPlan.build(
        key=PART,
        matter=CORRECTION,
        name=title,
        department=product.department,
        statute=ANSWERED,
        promise=ANSWERED,
        tasks=[
            Task("check", Words("核对登记的内容", "Check of the record"), steward),
            Task(
                "decide",
                Words("认定要不要更正", "Say whether it is changed"),
                steward,
                ("check",),
                None,
                TaskKind.DECIDE,
            ),
        ],
        verdicts=(
            Words("登记有误，已经更正", "The record was wrong and is corrected"),
            Words("登记无误，不作更正", "The record is right and stays"),
        ),
    )
    return Plan(title, (part,))


def of_case(case_id: int) -> Correction | None:
    return Correction.objects.filter(pk=case_id).first()


def _title(product: Product) -> Words:
    return Words(f"数据更正：{product.title.zh}", f"Correction: {product.title.en}")
