"""Objects for the walk through the access table: for each route with parameters, how to make what it shows.

Add a route by a function of the world that returns the parameters of its address, or a `Target` when it needs a body to
be reached by POST, or when somebody else than the owner owns it:

    @built("applications:draft")
    def draft(world: World) -> dict[str, object]:
        return {"draft": actions.start(world.owner, "drainage-permit").id}

Whatever is built belongs to `world.owner` and lies with `world.colleague`'s post, POST of `personas`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa

from tests.library.centre import city as library
from tests.web import counter_objects, desk_objects, exchange_objects, office_objects, told  # noqa: F401
from tests.web.applying import LATER, SERVICE, a_draft, a_picture, an_application
from tests.web.built import BUILDERS, Target, build, built, json_of
from tests.web.personas import DEPARTMENT, POST, World
from yiwang.foundation.directory import actions as directory
from yiwang.foundation.directory.actor import MACHINE, actor_of
from yiwang.foundation.directory.models import Appointment, Mandate, Passkey, Person
from yiwang.foundation.jobs.models import Job, State
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import make_resident_id
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.ledger.models import Parked
from yiwang.foundation.notifications.actions import tell
from yiwang.library.centre import actions as centre
from yiwang.library.centre import granting, open_data, questions
from yiwang.library.centre.models import Purpose, Question, QuestionState
from yiwang.library.centre.sharing import Wanted
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import CLEAR, Grant
from yiwang.library.subjects.models import Review
from yiwang.service.applications.models import LookUp

__all__ = ["BUILDERS", "Target", "build", "built", "json_of"]

# directory


@built("directory:revoke-token", "api:revoke-token")
def token(world: World) -> Mapping[str, object]:
    return {"token_id": directory.issue_token(world.owner, "script").id}


@built("directory:end-appointment")
def appointment(world: World) -> Mapping[str, object]:
    return {"appointment_id": Appointment.objects.get(user=world.colleague).pk}


@built("directory:move", "directory:leave", "directory:renew-sign-in")
def officer_who_moves(world: World) -> Mapping[str, object]:
    return {"user_id": world.colleague.pk}


@built("directory:agree-to-mandate", "directory:end-mandate")
def mandate(world: World) -> Mapping[str, object]:
    """Asked of the owner; who asked may end it, and is nobody of the walk."""
    agent = Person.objects.create(name="陈静", resident_id=make_resident_id(4711))
    at = time.now()
    made = Mandate.objects.create(
        principal=world.owner.person,
        agent=agent,
        kind="family",
        asked_at=at,
        asked_by="resident:0",
        until=at + timedelta(days=30),
    )
    return {"mandate": made.pk}


@built("directory:remove-passkey")
def a_passkey(world: World) -> Mapping[str, object]:
    key = Passkey.objects.create(user=world.owner, name="phone", credential="c", public_key="p", added_at=time.now())
    return {"number": key.pk}


# web: the works


@built("web:retry-job")
def failed_job(world: World) -> Mapping[str, object]:
    at = time.now()
    failed = Job.objects.create(
        name="directory.forget", args={}, state=State.FAILED, run_at=at, created_at=at, finished_at=at
    )
    return {"number": failed.pk}


@built("web:hear-again")
def parked_stream(world: World) -> Mapping[str, object]:
    at = time.now()
    parked = Parked.objects.create(
        consumer="notifications", stream="case", stream_id=1, position=1, error="broken", since=at, next_try=at
    )
    return {"number": parked.pk}


# notifications


@built("notifications:read", "api:read-message")
def message(world: World) -> Mapping[str, object]:
    return {"number": tell(world.owner.pk, Words("题", "Subject"), Words("文", "Body"), "/", "key")}


# documents


@built("documents:download", "documents:preview")
def document(world: World) -> Mapping[str, object]:
    return {"document_id": a_picture(world)}


@built("api:read-document")
def document_of_program(world: World) -> Mapping[str, object]:
    return {"document": a_picture(world)}


@built("api:read-messages")
def messages_of_program(world: World) -> Target:
    return Target(data={"up_to": 1})


@built("api:read-papers")
def papers_of_program(world: World) -> Mapping[str, object]:
    return {"number": an_application(world)}


# catalogue


@built("catalogue:service", "api:read-matter", "api:service-schema")
def service(world: World) -> Mapping[str, object]:
    return {"code": SERVICE}


# applications


@built("applications:start")
def apply(world: World) -> Mapping[str, object]:
    return {"code": SERVICE}


@built("applications:draft", "applications:review", "applications:discard")
def draft(world: World) -> Mapping[str, object]:
    return {"draft": a_draft(world)}


@built("applications:question")
def a_question(world: World) -> Target:
    return Target({"draft": a_draft(world), "element": "premises.floor_area"}, {"premises.floor_area": "120"})


@built("applications:material")
def material(world: World) -> Mapping[str, object]:
    return {"draft": a_draft(world), "key": "hidden_works_pledge"}


@built("applications:commitment")
def commitment(world: World) -> Mapping[str, object]:
    return {"draft": a_draft(world, "fire-safety-before-opening")}


@built("applications:application", "applications:receipt")
def application(world: World) -> Mapping[str, object]:
    return {"number": an_application(world)}


@built("applications:bring")
def bring(world: World) -> Mapping[str, object]:
    return {"number": an_application(world), "key": LATER}


@built("applications:correct", "applications:pay", "applications:withdraw", "applications:hearing")
def part_of_application(world: World) -> Mapping[str, object]:
    return {"number": an_application(world), "part": SERVICE}


@built("applications:consent")
def consent(world: World) -> Mapping[str, object]:
    return {"draft": a_draft(world)}


@built("applications:record")
def record(world: World) -> Mapping[str, object]:
    return {"draft": told.a_draft_that_was_told(world), "product": "natural-resources.property"}


@built("applications:dispute")
def dispute(world: World) -> Mapping[str, object]:
    draft = told.a_draft_that_was_told(world)
    LookUp.objects.filter(draft=draft).update(chosen=0)
    return {"draft": draft, "element": "premises.address"}


@built("api:agree")
def agree_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world)}, {"consents": {}})


@built("api:choose-record")
def choose_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world)}, {"product": "natural-resources.property@1", "chosen": 0})


@built("api:dispute-record")
def dispute_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world)}, {"element": "premises.address", "value": "望江区滨江路 9 号"})


# my data


@built("centre:my-receipt", "api:my-receipt")
def look(world: World) -> Mapping[str, object]:
    """The owner has looked at their own record."""
    return told.an_own_look(world)


@built("centre:my-dispute")
def own_dispute(world: World) -> Mapping[str, object]:
    return {"product": "public-security.residents@1", "field": "address"}


@built("api:read-draft", "api:discard-draft")
def draft_of_program(world: World) -> Mapping[str, object]:
    return {"draft": a_draft(world)}


@built("api:start-draft")
def start_by_program(world: World) -> Target:
    return Target(data={"code": SERVICE})


@built("api:answer")
def answer_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world)}, {"answers": {"premises.floor_area": 120}})


@built("api:bring-material")
def bring_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world), "key": "hidden_works_pledge"}, {"documents": []})


@built("api:sign-promises")
def sign_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world)}, {"parts": []})


@built("api:submit-draft")
def submit_by_program(world: World) -> Target:
    return Target({"draft": a_draft(world)}, {"version": 1, "declared": True})


@built("api:read-application")
def application_of_program(world: World) -> Mapping[str, object]:
    return {"number": an_application(world)}


@built("api:correct-application")
def correct_by_program(world: World) -> Target:
    return Target({"number": an_application(world), "part": SERVICE}, {"answers": {}, "declared": True})


@built("api:withdraw-application")
def withdraw_by_program(world: World) -> Target:
    return Target({"number": an_application(world), "part": SERVICE}, {"reason": ""})


@built("api:ask-hearing")
def hearing_by_program(world: World) -> Target:
    return Target({"number": an_application(world), "part": SERVICE}, {"reason": "我想当面说明"})


@built("api:answer-hearing")
def hearing_answer_by_program(world: World) -> Target:
    return Target({"number": an_application(world), "part": SERVICE}, {"comes": True})


@built("api:bring-deferred")
def bring_deferred_by_program(world: World) -> Target:
    return Target({"number": an_application(world), "key": LATER}, {"documents": [str(a_picture(world))]})


# centre: the library


def shared_products() -> tuple[Product, Product]:
    """A product of another department and one of the personas' own."""
    residents = replace(library.RESIDENTS, department="market")
    own = replace(library.SHOPS, department=DEPARTMENT, name="drains")
    centre.publish([residents, own])
    if not Purpose.objects.filter(code="application").exists():
        Purpose.objects.create(code="application", name_zh="办理申请", name_en="Deciding an application")
    return residents, own


def a_share_request(world: World) -> str:
    """The number of a request of the colleague's post for another department's product."""
    residents, _own = shared_products()
    wanted = Wanted(
        product=residents.reference,
        post=POST,
        fields={"name": CLEAR},
        purpose="application",
        basis="城镇排水与污水处理条例 第二十一条",
        reason="核对姓名",
        until=time.city_date(time.now()),
    )
    return centre.ask_to_share(wanted, by=actor_of(world.colleague)).number


@built("centre:product", "centre:ask")
def product(world: World) -> Mapping[str, object]:
    return {"code": shared_products()[0].code}


@built("centre:request", "centre:ruling")
def share_request(world: World) -> Mapping[str, object]:
    return {"number": a_share_request(world)}


@built("centre:grant")
def grant(world: World) -> Mapping[str, object]:
    residents, _own = shared_products()
    granted = Grant(
        id="drains-residents",
        department=DEPARTMENT,
        post=POST,
        product=residents.reference,
        fields={"name": CLEAR},
        purpose="application",
        basis="城镇排水与污水处理条例 第二十一条",
        expires=time.now() + timedelta(days=30),
    )
    granting.issue(granted, residents.department, ("officer:1", "officer:2"), by=MACHINE)
    return {"code": granted.id}


@built("centre:open-product", "api:read-open-rows")
def open_product(world: World) -> Mapping[str, object]:
    _residents, drains = shared_products()
    open_data.keep(drains, pa.table({field.name: ["1"] for field in drains.fields}))
    return {"code": drains.code}


@built("centre:open-download")
def open_file(world: World) -> Mapping[str, object]:
    return {**open_product(world), "form": "csv"}


@built("centre:question", "centre:give-up", "centre:answer-csv")
def question(world: World) -> Mapping[str, object]:
    asked = Question.objects.create(
        asked_by=world.colleague,
        post=POST,
        purpose="analysis",
        text="select count(*) as people from market.residents",
        state=QuestionState.DONE,
        asked_at=time.now(),
        finished_at=time.now(),
        rows=1,
    )
    questions.keep(asked.pk, pa.table({"people": [3]}))
    return {"number": asked.pk}


@built("subjects:review", "api:read-review", "api:give-opinion")
def review(world: World) -> Target:
    residents, _own = shared_products()
    granted = Grant(
        id="drains-linkage",
        department=DEPARTMENT,
        post=POST,
        product=residents.reference,
        fields={"resident_id": CLEAR, "name": CLEAR},
        purpose="linkage",
        basis="政务数据共享条例",
        expires=time.now() + timedelta(days=30),
        needs_case=False,
    )
    granting.issue(granted, residents.department, ("officer:1", "officer:2"), by=MACHINE)
    doubtful = Review.objects.create(
        kind="person",
        one="0" * 64,
        other="1" * 64,
        one_product=residents.reference,
        other_product=residents.reference,
        reason="near",
        needs=1,
        found_at=time.now(),
    )
    return Target({"number": doubtful.pk}, {"answer": "different"})
