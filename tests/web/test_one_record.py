"""One application, four channels: whichever way it comes, the record is the same (一窗受理).

For each service of the demonstration city one applicant applies over the web, at a window, by telephone and over the
API. All that the case runs on is compared: answers, papers, promises, chosen parts, the plan, facts, what was worked
out. Who typed, the channel and the applicant's own yes differ, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.service.counters.serving import WANG, code_on_phone, comes
from tests.web.personas import World
from tests.web.programs import Program, a_photo
from tests.web.test_every_service import APPLICANT, SERVICES, an_answer, applies
from yiwang.casework.cases.models import Case
from yiwang.casework.cases.record import STREAM
from yiwang.foundation.directory.actor import Actor, actor_of
from yiwang.foundation.directory.levels import Level
from yiwang.foundation.directory.models import Person, User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.kernel.time import FrozenClock
from yiwang.foundation.ledger.replay import history
from yiwang.service.applications import actions as applications
from yiwang.service.applications import drafts, submission
from yiwang.service.applications.models import Application, ApplicationMaterial
from yiwang.service.applications.progress import Kind
from yiwang.service.applications.reception import CONFIRMED, SIGNATURE
from yiwang.service.counters import actions as counters
from yiwang.service.counters.actions import Visitor

pytestmark = pytest.mark.django_db
OWN = (SIGNATURE, CONFIRMED)


def record(number: str) -> dict[str, Any]:
    """All that an application says and runs on."""
    case = Case.objects.get(number=number)
    row = Application.objects.get(case=case)
    received = history(STREAM, case.pk)[0].body
    papers = ApplicationMaterial.objects.filter(application=row).values_list("key", "document__sha256")
    return {
        "applicant": row.applicant_id,
        "service": (row.service, row.service_version),
        "answers": row.answers,
        "worked_out": sorted(row.worked_out),
        "promises": sorted(key for key in row.signed if key not in OWN),
        "papers": sorted(paper for paper in papers if paper[0] not in OWN),
        "plan": received.plan,
        "parts": received.parts,
        "facts": received.facts,
        "district": received.district,
        "kind": received.kind,
    }


def fills_in(draft: UUID, user: User, *, most: bool, picture: Callable[[], UUID]) -> drafts.OpenDraft:
    by = actor_of(user)
    for _round in range(40):
        held = drafts.read(draft, by)
        if not held.progress.missing:
            return held
        for step in held.progress.missing:
            match step.kind:
                case Kind.QUESTION:
                    applications.answer(draft, {step.key: an_answer(step.key, most=most)}, by=by)
                case Kind.MATERIAL:
                    applications.bring(draft, step.key, [picture()], by=by)
                case Kind.COMMITMENT:
                    signed = [each.part for each in held.progress.promises if each.signed]
                    applications.sign(draft, [*signed, step.key], by=by)
    raise AssertionError("never had enough")


def a_picture(user: User) -> DocumentRef:
    return documents.receive(a_photo(), "照片.jpg", user, "applications.material")


def over_the_web(service: str, *, most: bool) -> str:
    user = User.objects.get(username=APPLICANT)
    draft, _new = applications.start(service, by=actor_of(user))
    held = fills_in(draft, user, most=most, picture=lambda: a_picture(user).id)
    return submission.submit(draft, held.version, declared=True, by=actor_of(user)).number


def at_a_window(service: str, *, most: bool) -> str:
    user, by = sits_down("he.window", "wangjiang")
    visit = comes(WANG, by)
    draft = counters.begin(visit, service, by=by)
    held = fills_in(draft, user, most=most, picture=lambda: a_picture(user).id)
    return counters.send_signed(draft, held.version, a_picture(user), by=by).number


def by_telephone(service: str, *, most: bool) -> str:
    user, by = sits_down("ni.phone", "telephone")
    visit = counters.welcome(Visitor(WANG), by=by)
    counters.confirm_caller(visit, code_on_phone(), by=by)
    draft = counters.begin(visit, service, by=by)
    held = fills_in(draft, user, most=most, picture=lambda: a_picture(user).id)
    counters.read_out(draft, by=by)
    return counters.send_confirmed(draft, held.version, code_on_phone(), by=by).number


def sits_down(username: str, hall: str) -> tuple[User, Actor]:
    user = User.objects.get(username=username)
    counters.open_window(hall, 3, by=actor_of(user))
    return user, actor_of(user)


@pytest.mark.parametrize("most", [False, True], ids=["least", "most"])
@pytest.mark.parametrize("service", SERVICES)
def test_the_record_is_the_same_over_web_window_telephone_and_api(
    service: str, most: bool, inhabited_city: World, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIWANG_SMS_URL", "outbox:")
    # What one is at the window, one is everywhere: the level is not what is compared here.
    Person.objects.filter(resident_id=WANG.resident_id).update(level=Level.FACE_TO_FACE)
    by_channel = {
        "web": record(over_the_web(service, most=most)),
        "counter": record(at_a_window(service, most=most)),
        "phone": record(by_telephone(service, most=most)),
        "api": record(applies(Program(APPLICANT), service, most=most)),
    }
    for channel, found in by_channel.items():
        assert found == by_channel["web"], channel
    assert sorted(Case.objects.values_list("channel", flat=True)) == ["api", "counter", "phone", "web"]
