"""Objects of the desk, for `objects`: a case of one part, its letter, what each verb is told."""

from __future__ import annotations

from collections.abc import Mapping

from tests.web.built import Builder, Target, built
from tests.web.personas import DEPARTMENT, POST, World
from yiwang.casework.cases import actions as cases
from yiwang.casework.cases import receipt
from yiwang.casework.cases.events import ChosenPart
from yiwang.casework.cases.models import Letter
from yiwang.casework.cases.plan import LetterSpec, PartPlan, Plan, Task, TaskKind
from yiwang.casework.cases.record import PartRef
from yiwang.foundation.directory.actor import MACHINE, actor_of
from yiwang.foundation.directory.models import Appointment, Department, Post
from yiwang.foundation.kernel.calendar import Limit
from yiwang.foundation.kernel.text import Words


def a_case(world: World) -> str:
    """The number of a new case with one part, whose every task is the colleague's post's."""
    part = PartPlan.build(
        key="drainage",
        matter="drainage-permit",
        name=Words("排水许可", "Drainage permit"),
        department=DEPARTMENT,
        statute=Limit.parse("15 working days"),
        promise=Limit.parse("5 working days"),
        tasks=[Task("decide", Words("决定", "Decision"), POST, kind=TaskKind.DECIDE)],
        delivery_by=POST,
        letters=LetterSpec(),
    )
    arrived = receipt.Receipt(
        kind="application",
        title=Words("排水许可", "Drainage permit"),
        plan=Plan(name=Words("排水许可", "Drainage permit"), parts=(part,)),
        parts=(ChosenPart("drainage"),),
        applicant=receipt.Applicant(world.owner.person_id, world.owner.name),
        area="319900",
    )
    return receipt.receive(arrived, by=actor_of(world.owner)).number


@built("cases:case", "cases:plan", "api:read-case", "api:read-plan")
def case(world: World) -> Mapping[str, object]:
    return {"number": a_case(world)}


@built("cases:letter", "cases:letter-pdf", "api:read-letter")
def letter(world: World) -> Mapping[str, object]:
    number = a_case(world)
    cases.accept(PartRef(number, "drainage"), by=MACHINE)
    return {"letter_id": Letter.objects.get(case__number=number).pk}


@built("cases:part-verb")
def part_verb(world: World) -> Mapping[str, object]:
    return {"number": a_case(world), "part": "drainage", "verb": "accept"}


@built("cases:task-verb")
def task_verb(world: World) -> Mapping[str, object]:
    return {"number": a_case(world), "part": "drainage", "task": "accept", "verb": "pick"}


@built("api:desk")
def queue(world: World) -> Target:
    return Target(query={"department": DEPARTMENT})


BODIES: Mapping[str, Mapping[str, object]] = {
    "accept": {},
    "request-correction": {"items": ["补一页"]},
    "refuse-acceptance": {"reason": "不属于本部门"},
    "transfer": {"place": "319902", "reason": "地址在桂园区"},
    "start-special-procedure": {"procedure": "test", "told": "送检"},
    "end-special-procedure": {"result": "合格"},
    "extend": {"reason": "复杂"},
    "call-hearing": {"at": "2099-01-01T09:30:00+08:00", "place": "二楼", "subject": "噪声", "chair": 1},
    "decline-hearing": {"reason": "不属于听证范围"},
    "cancel-hearing": {"reason": "改期"},
    "record-minutes": {"minutes": "笔录", "attended": True, "signed": True},
    "decide": {"granted": True, "reason": "符合条件"},
    "deliver": {"means": "post"},
    "take-fee": {"receipt": "00012345"},
    "revoke": {"reason": "承诺不实"},
    "note": {"text": "记一笔"},
    "pick": {},
    "assign": {"officer": None},
    "hand-over": {"post": POST, "reason": "换人"},
    "complete": {"words": ""},
}
"""What each verb of the desk's API wants to be told."""


def make_head(world: World) -> None:
    """Only the agency's head may extend a limit: the colleague becomes it."""
    department = Department.objects.get(code=DEPARTMENT)
    post, _ = Post.objects.get_or_create(
        department=department, code="head", defaults={"name_zh": "局长", "name_en": "Head"}
    )
    since = Appointment.objects.filter(user=world.colleague).values_list("since", flat=True)[0]
    Appointment.objects.get_or_create(
        user=world.colleague, post=post, defaults={"since": since, "appointed_by": "test"}
    )


def _verb_target(verb: str) -> Builder:
    of_task = verb in ("pick", "assign", "hand-over", "complete")

    def build_it(world: World) -> Target:
        if verb == "extend":
            make_head(world)
        parameters = {"number": a_case(world), "part": "drainage"}
        return Target({**parameters, "task": "accept"} if of_task else parameters, BODIES[verb])

    return build_it


for each in BODIES:
    built(f"api:{each}")(_verb_target(each))
